package doctor

import (
	"errors"
	"strconv"
	"strings"

	"wsline/internal/doctor/software"
	"wsline/internal/exit"
	"wsline/session"
)

// httpFault is for a server that refused with HTTP after it had let the connection in.
func httpFault(err error) (exit.Fault, bool) {
	var http *session.HTTPError
	if !errors.As(err, &http) {
		return exit.Fault{}, false
	}
	f := exit.Fault{Code: exit.Broken, Message: "after the 101 the server sent HTTP in place of " +
		"a frame: " +
		short(http.Status), Hint: "the app behind it refused what the URL asks for: check its " +
		"path and query"}
	if body := strings.TrimSpace(http.Body); body != "" {
		f.Message += ", " + strconv.Quote(body)
		if body == "Unsupported protocol version" {
			f.Message += ": so Socket.IO refuses a version of its protocol"
			f.Hint = "EIO=4 in the query is the version of Socket.IO 3 and later: " +
				"'" + software.SocketIO + "'"
		}
	}
	return f, true
}
