package dial

import "golang.org/x/sys/windows"

// What the system says when it cannot connect.
const (
	errnoRefused         = windows.WSAECONNREFUSED
	errnoAborted         = windows.WSAECONNABORTED
	errnoReset           = windows.WSAECONNRESET
	errnoPipe            = windows.WSAESHUTDOWN
	errnoNetUnreachable  = windows.WSAENETUNREACH
	errnoHostUnreachable = windows.WSAEHOSTUNREACH
	errnoNoAddress       = windows.WSAEADDRNOTAVAIL
	errnoTimedOut        = windows.WSAETIMEDOUT
)
