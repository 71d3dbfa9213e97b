//go:build !linux && !darwin && !freebsd && !windows

package dial

import "time"

const userTimeoutUnit = time.Second

// setUserTimeout leaves it at what the system does.
func setUserTimeout(uintptr, int) {}
