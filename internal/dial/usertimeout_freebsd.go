package dial

import (
	"syscall"
	"time"
)

const userTimeoutUnit = time.Second

// setUserTimeout does nothing before FreeBSD 14, which does not know the option.
func setUserTimeout(fd uintptr, value int) {
	const maxUnackTime = 68 // TCP_MAXUNACKTIME
	_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, maxUnackTime, value)
}
