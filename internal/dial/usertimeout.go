package dial

import (
	"math"
	"net"
	"time"
)

// limitUnacknowledged is Config.UserTimeout for a connection, which goes on without where the system
// knows no such thing.
func limitUnacknowledged(nc net.Conn, limit time.Duration) {
	tc, ok := nc.(*net.TCPConn)
	if !ok || limit <= 0 {
		return
	}
	raw, err := tc.SyscallConn()
	if err != nil {
		return
	}
	value := min((limit-1)/userTimeoutUnit+1, math.MaxInt32)
	raw.Control(func(fd uintptr) { setUserTimeout(fd, int(value)) })
}
