package dial

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const userTimeoutUnit = time.Millisecond

func setUserTimeout(fd uintptr, value int) {
	_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, value)
}
