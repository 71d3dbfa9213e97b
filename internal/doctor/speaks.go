package doctor

import "wsline/internal/lazy"

// What a server wrote for people, and what it speaks of: the one place for such words. They are a good
// guess, and what rests on them alone says "may".
var (
	ofOrigin      = lazy.Regexp(`(?i)\borigin\b`)
	originServer  = lazy.Regexp(`(?i)origin server`) // which is the server
	ofSubprotocol = lazy.Regexp(`(?i)sub-?protocol|Sec-WebSocket-Protocol`)
	ofUpgrade     = lazy.Regexp(`(?i)\bupgrade\b`)
	ofHost        = lazy.Regexp(`(?i)\bHost header\b`)
	ofRequest     = lazy.Regexp(
		`(?i)\b(host header|origin header|subprotocol|sec-websocket-\w+|upgrade|handshake)\b`)
	// ofTLS is whatever makes it worth a try, wantsTLS what says it.
	ofTLS    = lazy.Regexp(`(?i)HTTPS|\b(SSL|TLS)\b`)
	wantsTLS = lazy.Regexp(
		`(?i)(plain )?HTTP request (was sent )?to (an )?HTTPS|plain HTTP to an SSL`)
	// ofLogin are credentials, ofDenial what may be said for want of them, or of an Origin.
	ofLogin = lazy.Regexp(
		`(?i)\b(un|o)?auth|\btoken|\blog[ -]?in\b|credential|\bexpired\b|password|\bsession|\bjwt\b`)
	ofDenial   = lazy.Regexp(`(?i)\bforbidden\b|access denied|permission|not allowed`)
	plainLogin = lazy.Regexp(`(?i)\bunauth|\bauthenticat|\btoken`) // in whatever code
)

// SpeaksOfOrigin reports whether a text is about the Origin.
func SpeaksOfOrigin(text string) bool {
	return ofOrigin().MatchString(originServer().ReplaceAllString(text, ""))
}

// SpeaksOfSubprotocol reports whether a text is about a subprotocol.
func SpeaksOfSubprotocol(text string) bool { return ofSubprotocol().MatchString(text) }

// SpeaksOfHost reports whether a text is about the field Host.
func SpeaksOfHost(text string) bool { return ofHost().MatchString(text) }

// SpeaksOfTLS reports whether a text is about TLS, or may be.
func SpeaksOfTLS(text string) bool { return ofTLS().MatchString(text) }

// SpeaksOfLogin reports whether a text is about credentials.
func SpeaksOfLogin(text string) bool { return ofLogin().MatchString(text) }
