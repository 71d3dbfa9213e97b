// Package wst is the language of conversations in files.
//
// Parse reads a file into a Conversation, which prints back to the same bytes; Format lays one out.
// A line that expects a message becomes a Pattern once its variables are known, and a Pattern is
// held against what came. AppendEvent and AppendPattern write lines for what was said. It runs
// nothing, and opens no connection. docs/script.md is the reference of the language, by example.
//
// Files are untrusted as much as what a peer sends: whatever the bytes, reading them takes time and
// memory in proportion to their number, which is limited, and ends in a Conversation or in errors
// that say where.
//
// A Conversation may be read by several goroutines at the same time as long as nothing replaces a
// line; Vars belong to one.
package wst
