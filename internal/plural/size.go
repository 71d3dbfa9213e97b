package plural

import "strconv"

// Size writes a number of bytes as flags take it: "64K", "10M", or "1000 bytes".
func Size(n int64) string {
	unit := ""
	for _, larger := range []string{"K", "M", "G", "T"} {
		if n == 0 || n%1024 != 0 {
			break
		}
		n, unit = n/1024, larger
	}
	if unit == "" {
		return Of(n, "byte")
	}
	return strconv.FormatInt(n, 10) + unit
}
