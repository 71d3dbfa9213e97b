package doctor

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/internal/words"
)

// answerFindings are for answers that are no response at all, and for redirects.
func answerFindings() []finding {
	return []finding{
		{name: "insecure redirect", when: func(e *dial.Error) bool {
			return errors.Is(e, dial.ErrInsecureRedirect)
		}, hint: always("if that is meant, connect to the ws:// URL itself")},
		{name: "redirect to a page", when: func(e *dial.Error) bool {
			return errors.Is(e, dial.ErrRedirectTarget)
		}, hint: always("check the path of the URL: this may be a page for browsers")},
		{name: "redirect from a socket", when: func(e *dial.Error) bool {
			return errors.Is(e, dial.ErrSocketRedirect)
		}, hint: always("if that is meant, connect to the URL itself, without the socket")},
		{name: "redirect to a login", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonRedirect && leadsToLogin(e.Location)
		}, cause: always("it seems to want a login first"),
			hint: always("log in with --auth, --bearer or --cookie; -L follows redirects")},
		{name: "redirect", when: because(dial.ReasonRedirect), hint: always("-L follows redirects")},
		{name: "redirect limit", when: because(dial.ReasonRedirectLimit),
			hint: always("--max-redirects N allows more")},
		{name: "redirect loop", when: because(dial.ReasonRedirectLoop), hint: always(
			"check the path of the URL, and whether the server wants a login (--auth, --cookie)")},
		{name: "not HTTP", when: because(dial.ReasonNotHTTP), cause: otherService,
			hint: always("is this the port of a web server?")},
		{name: "malformed answer", when: because(dial.ReasonMalformed), hint: always(
			"the server, or a proxy before it, writes it wrongly (RFC 9112 §5); -v shows the answer")},
		{name: "TLS port", when: because(dial.ReasonTLSServer), hint: func(e *dial.Error) string {
			return "for a server with TLS: " + withScheme(e.URL, "wss")
		}},
		{name: "HTTP/2", when: because(dial.ReasonHTTP2), hint: always(onlyHTTP1)},
		{name: "half an answer", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonBroken && e.Got != ""
		}, hint: always("the server may have crashed: its log should say more")},
		{name: "no answer", when: because(dial.ReasonBroken), hint: noAnswerHint},
		{name: "head too long", when: because(dial.ReasonHeadTooLong),
			hint: always("this may not be a WebSocket server: check the host and the path of the URL")},
	}
}

// noAnswerHint is for a server that ends a connection as if it had not been asked.
func noAnswerHint(e *dial.Error) string {
	if e.URL != nil && e.URL.Scheme == "wss" {
		return "check the port, then the path: apps on ws (Node.js) and libwebsockets refuse so what " +
			"they do not know; --diagnose tries"
	}
	return "does it want TLS (" + withScheme(e.URL, "wss") + ")? if not, check the port, then the path: " +
		"apps on ws (Node.js) and libwebsockets refuse so what they do not know; --diagnose tries"
}

// leadsToLogin reports whether a redirect goes to a page where one logs in.
func leadsToLogin(location string) bool {
	location = strings.ToLower(location)
	for _, word := range []string{"login", "signin", "sign-in", "auth", "sso"} {
		if strings.Contains(location, word) {
			return true
		}
	}
	return false
}

// otherService recognises what else answers on a port, by its first five bytes.
func otherService(e *dial.Error) string {
	for _, s := range []struct{ begins, what string }{
		{"SSH-", "this is an SSH server"}, {"220", "this may be a mail or an FTP server"},
		{"+OK", "this may be a POP3 server"}, {"* OK", "this may be an IMAP server"},
		{"-ERR", "this may be a Redis server"},
		{"RFB", "this is a VNC server"}, {"RTSP", "this is an RTSP server"},
	} {
		if strings.HasPrefix(e.Got, s.begins) {
			return s.what
		}
	}
	return ""
}

// upgradeFindings are for a 101 that is none.
func upgradeFindings() []finding {
	return []finding{
		{name: "no upgrade", when: because(dial.ReasonNoUpgrade),
			cause: always("the server, or a proxy before it, does not complete the upgrade"),
			hint:  passOn},
		{name: "accept missing", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonAccept && e.Got == ""
		}, hint: always("the server, or something between, does not speak RFC 6455 (§4.2.2)")},
		{name: "accept of another key", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonAccept && foreignAccept(e) != ""
		}, cause: foreignAccept, hint: always(
			"a cache may have answered, or a server that only pretends to know WebSockets")},
		{name: "accept", when: because(dial.ReasonAccept), cause: acceptCause, hint: always(
			"the server, or a proxy before it, computes it wrongly (RFC 6455 §4.2.2)")},
		{name: "subprotocol not offered", when: because(dial.ReasonSubprotocol), hint: subprotocolHint},
		{name: "extension not offered", when: because(dial.ReasonExtension), hint: extensionHint},
	}
}

// acceptCause recognises the mistakes that are easily made with an accept value.
func acceptCause(e *dial.Error) string {
	if e.Handshake == nil {
		return ""
	}
	key := e.Handshake.Key
	encode := base64.StdEncoding.EncodeToString
	keyed := sha1.Sum([]byte(key))
	right, _ := base64.StdEncoding.DecodeString(e.Want)
	switch {
	case e.Got == key:
		return "that is the key itself"
	case e.Got == encode(keyed[:]):
		return "the GUID of the RFC was left out"
	case e.Got == hex.EncodeToString(right), e.Got == encode([]byte(hex.EncodeToString(right))):
		return "the SHA-1 is written in hexadecimal"
	}
	return "that is not the base64 of a SHA-1"
}

// foreignAccept recognises a value that is well made, of another key; "" is any other.
func foreignAccept(e *dial.Error) string {
	got, err := base64.StdEncoding.DecodeString(e.Got)
	if err != nil || len(got) != sha1.Size {
		return ""
	}
	if e.Got == wire.Accept(rfcKey) {
		return "that belongs to the example of RFC 6455, so the answer is a fixed one"
	}
	if e.Handshake != nil {
		if keyed := sha1.Sum([]byte(e.Handshake.Key)); bytes.Equal(got, keyed[:]) {
			return ""
		}
	}
	return "it belongs to another key"
}

// rfcKey is the key of the example in RFC 6455 §1.3.
const rfcKey = "dGhlIHNhbXBsZSBub25jZQ=="

func subprotocolHint(e *dial.Error) string {
	if dial.IsToken(e.Got) && len(e.Got) <= len(short(e.Got)) {
		return "-s " + words.ShellQuote(e.Got) + " offers it"
	}
	return "-s NAME offers a subprotocol; a server may choose one that was offered (RFC 6455 §4.2.2)"
}

func extensionHint(e *dial.Error) string {
	offered := e.Handshake != nil && e.Handshake.OfferedExtensions != ""
	isDeflate := strings.HasPrefix(e.Got, "permessage-deflate")
	switch {
	case strings.HasPrefix(e.Got, "permessage-deflate; client_max_window_bits="):
		return "--compress=bits offers it"
	case isDeflate && offered && strings.Contains(e.Handshake.OfferedExtensions, "server_max_window_bits"):
		return "--compress alone asks for no window (RFC 7692 §7.1.2.1)"
	case isDeflate && !offered:
		return "--compress offers permessage-deflate"
	}
	return "the server may only use an extension that was offered (RFC 6455 §9.1)"
}
