// Package script runs conversations that are files: what a talk prints is what a test says. A
// Runner does the lines of one against live endpoints or, read the other way, plays the server; a
// Prompt does single ones where they are typed.
//
// How files are read is a matter of script/wst, how what came is compared of script/match, and what
// is told of the results of script/report. How connections are opened, and what their errors are
// called, the caller says.
//
// A run is one goroutine, and as many may go on at the same time as there are conversations; the
// sessions of its connections put what comes into queues of limited size. A Prompt says itself
// whose its methods are.
package script
