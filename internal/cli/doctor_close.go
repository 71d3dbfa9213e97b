package cli

import "wsline/internal/wire"

// closeHint says what to try after the server closed with a code.
func closeHint(code wire.StatusCode) string {
	switch code {
	case 1002, 1003, 1007:
		return "the server did not understand what was sent"
	case 1008:
		return "it may want a login (--auth, --bearer, --cookie) or another origin (--origin)"
	case 1009:
		return "the server does not take messages of this size"
	case 1011, 1012, 1013, 1014:
		return "try again later"
	}
	return ""
}
