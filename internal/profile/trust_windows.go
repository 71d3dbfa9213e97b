package profile

import "io/fs"

// distrusted: a file has no mode here, and %AppData% is a folder that its user alone, and
// administrators, may write into.
func distrusted(info fs.FileInfo) string {
	if !info.Mode().IsRegular() {
		return "commands are run from a regular file alone"
	}
	return ""
}
