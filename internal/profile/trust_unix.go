//go:build unix

package profile

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// distrusted says why commands in a file must not be run, "" for nothing: somebody else could have
// written them.
func distrusted(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return "commands are run from a regular file alone"
	case !ok || int(stat.Uid) != os.Geteuid():
		return "commands are run from a file of your own alone"
	case info.Mode().Perm()&0o177 != 0:
		return fmt.Sprintf("commands are run from a file of mode 600 alone, and this one has %03o",
			info.Mode().Perm())
	}
	return ""
}
