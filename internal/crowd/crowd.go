// Package crowd keeps a process small that has many connections: what a handshake needs is several
// times what a connection keeps, and where nothing is said afterwards the runtime sees no reason to
// collect it.
package crowd

import (
	"runtime/debug"
	"sync"
	"time"
)

const (
	many  = 128         // connections that are worth a collection
	calm  = time.Second // without a new one
	share = 50          // per cent of what is held may be garbage, and not the usual
	usual = 100
)

var (
	mu    sync.Mutex // guards the rest
	came  int        // connections since the last collection
	timer *time.Timer
)

// Came is called for each connection that was opened. When many have come, and no more do, the
// memory that is not needed any more is given back to the system.
func Came() {
	mu.Lock()
	defer mu.Unlock()
	switch came++; {
	case came < many:
	case timer == nil:
		if set := debug.SetGCPercent(share); set != usual {
			debug.SetGCPercent(set) // who sets GOGC knows better
		}
		timer = time.AfterFunc(calm, collect)
	default:
		timer.Reset(calm)
	}
}

func collect() {
	mu.Lock()
	came = 0
	mu.Unlock()
	debug.FreeOSMemory()
}
