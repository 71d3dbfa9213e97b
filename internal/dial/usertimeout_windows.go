package dial

import (
	"time"

	"golang.org/x/sys/windows"
)

const userTimeoutUnit = time.Second

func setUserTimeout(fd uintptr, value int) {
	_ = windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_TCP, windows.TCP_MAXRT, value)
}
