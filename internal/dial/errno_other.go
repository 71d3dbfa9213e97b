//go:build !windows

package dial

import "syscall"

// What the system says when it cannot connect.
const (
	errnoRefused         = syscall.ECONNREFUSED
	errnoAborted         = syscall.ECONNABORTED
	errnoReset           = syscall.ECONNRESET
	errnoPipe            = syscall.EPIPE
	errnoNetUnreachable  = syscall.ENETUNREACH
	errnoHostUnreachable = syscall.EHOSTUNREACH
	errnoNoAddress       = syscall.EADDRNOTAVAIL
	errnoTimedOut        = syscall.ETIMEDOUT
)
