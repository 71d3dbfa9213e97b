// Command wsline is an interactive command-line WebSocket client.
package main

func main() {}
