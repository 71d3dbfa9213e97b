//go:build windows

// Command keys tells what a console of Windows makes of sequences and of keys, without any of wsline:
// which modes it takes, where the cursor is behind sequences, and what each key that is pressed is, as
// records and, with the argument "bytes", as bytes under ENABLE_VIRTUAL_TERMINAL_INPUT. q ends it.
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

var readConsoleInput = syscall.NewLazyDLL("kernel32.dll").NewProc("ReadConsoleInputW")

// An inputRecord is INPUT_RECORD with a KEY_EVENT_RECORD in it.
type inputRecord struct {
	kind, _                 uint16
	down                    int32
	repeat, key, scan, char uint16
	control                 uint32
}

func main() {
	in, out := windows.Handle(os.Stdin.Fd()), windows.Handle(os.Stdout.Fd())
	var before uint32
	try("GetConsoleMode of stdout", windows.GetConsoleMode(out, &before))
	try("ENABLE_VIRTUAL_TERMINAL_PROCESSING",
		windows.SetConsoleMode(out, before|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING))
	for _, text := range []string{
		"abc", "abc\b\b", "abc\x1b[2D", "abc\r", "abc\r\x1b[1C", "\x1b[1mabc\x1b[0m", "abc\x1b[K",
	} {
		fmt.Print("\n")
		fmt.Print(text)
		var info windows.ConsoleScreenBufferInfo
		err := windows.GetConsoleScreenBufferInfo(out, &info)
		fmt.Printf("\n%q leaves the cursor in column %d (%v)\n", text, info.CursorPosition.X, err)
	}
	var mode uint32
	try("GetConsoleMode of stdin", windows.GetConsoleMode(in, &mode))
	mode &^= windows.ENABLE_LINE_INPUT | windows.ENABLE_ECHO_INPUT | windows.ENABLE_PROCESSED_INPUT
	if len(os.Args) > 1 && os.Args[1] == "bytes" {
		try("ENABLE_VIRTUAL_TERMINAL_INPUT", windows.SetConsoleMode(in, mode|windows.ENABLE_VIRTUAL_TERMINAL_INPUT))
		for b := make([]byte, 64); ; {
			n, err := os.Stdin.Read(b)
			fmt.Printf("bytes %q %v\n", b[:n], err)
			if err != nil || b[0] == 'q' {
				return
			}
		}
	}
	try("no ENABLE_LINE_INPUT", windows.SetConsoleMode(in, mode))
	for {
		var r inputRecord
		var n uint32
		ok, _, err := readConsoleInput.Call(uintptr(in), uintptr(unsafe.Pointer(&r)), 1, uintptr(unsafe.Pointer(&n)))
		if ok == 0 {
			fmt.Println(err)
			return
		}
		if r.kind == 1 && r.down != 0 {
			fmt.Printf("record key %#x scan %#x char %q control %#x\n", r.key, r.scan, rune(r.char), r.control)
			if r.char == 'q' {
				return
			}
		}
	}
}

func try(what string, err error) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		return
	}
	fmt.Printf("%s: well\n", what)
}
