package doctor

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"wsline/internal/dial"
)

// own is the finding for a request that is no right handshake because the user made it so, with
// --raw-header or a field of -H.
func own(e *dial.Error) (finding, bool) {
	isFit := e.Reason == dial.ReasonBroken && e.Got == ""
	if e.Reason == dial.ReasonStatus {
		switch e.Status {
		case http.StatusBadRequest, http.StatusUpgradeRequired, http.StatusInternalServerError,
			http.StatusNotImplemented, http.StatusLengthRequired, http.StatusExpectationFailed:
			isFit = true
		}
	}
	if !isFit || e.Handshake == nil || len(e.Handshake.Request) == 0 {
		return finding{}, false
	}
	wrong, name := brokenField(sentFields(e))
	if wrong == "" {
		return finding{}, false
	}
	hint := "leave --raw-header " + name + " out, if that was not the point"
	if name == "Content-Length" || name == "Transfer-Encoding" || name == "Expect" {
		hint = "leave -H " + name + " out, if that was not the point"
	}
	if versions := listed(e.Header.Values("Sec-WebSocket-Version")); len(versions) > 0 &&
		name == "Sec-WebSocket-Version" {
		hint = "it speaks version " + short(strings.Join(versions, " or ")) + ": " + hint
	}
	return finding{name: "own request",
		cause: always("this request is no right handshake: " + wrong), hint: always(hint),
		try: func(e *dial.Error, d *dial.Config) []Variant {
			return append(named(e, d, "no --raw-header"), withoutField(name, d)...)
		}}, true
}

// brokenField says what is wrong with a request, and the name of the field (RFC 6455 §4.2.1).
func brokenField(h http.Header) (wrong, name string) {
	for _, f := range []struct {
		name  string
		right func(string) bool
	}{
		{"Host", func(v string) bool { return v != "" }},
		{"Upgrade", func(v string) bool { return strings.EqualFold(v, "websocket") }},
		{"Connection", func(v string) bool {
			return strings.Contains(strings.ToLower(v), "upgrade") &&
				!strings.Contains(strings.ToLower(v), "close")
		}},
		{"Sec-WebSocket-Version", func(v string) bool { return v == "13" }},
		{"Sec-WebSocket-Key", func(v string) bool {
			key, err := base64.StdEncoding.DecodeString(v)
			return err == nil && len(key) == 16
		}},
	} {
		values := h.Values(f.name)
		switch {
		case len(values) == 0:
			return "it has no " + f.name, f.name
		case len(values) > 1:
			return "it has " + strconv.Itoa(len(values)) + " fields " + f.name, f.name
		case !f.right(values[0]):
			return f.name + " is " + strconv.Quote(short(values[0])), f.name
		}
	}
	for _, name := range []string{"Content-Length", "Transfer-Encoding", "Expect"} {
		if v := h.Get(name); v != "" && v != "0" {
			return "it has " + name + ": " + short(v), name
		}
	}
	return "", ""
}

func withoutField(name string, d *dial.Config) []Variant {
	if !givesField(d, name) {
		return nil
	}
	return []Variant{{What: "without -H " + name, Fields: []string{name},
		flags: []string{"leave -H " + name}}}
}
