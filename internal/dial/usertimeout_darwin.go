package dial

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const userTimeoutUnit = time.Second

// setUserTimeout counts from the first time that something is sent again.
func setUserTimeout(fd uintptr, value int) {
	_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, unix.TCP_RXT_CONNDROPTIME, value)
}
