package dial

import (
	"cmp"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"wsline/internal/dial/field"
	"wsline/internal/exit"
)

// acceptKey is the Sec-WebSocket-Accept that a Sec-WebSocket-Key calls for (RFC 6455 §4.2.2).
func acceptKey(key string) string {
	h := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(h[:])
}

// offer is what a request asked for, as far as the answer must match it.
type offer struct {
	key          string
	subprotocols []string
	deflates     []field.Extension // of permessage-deflate: each stands for itself (RFC 7692 §5.1)
	others       []string          // extensions and parameters that a raw field offers, which we cannot do
}

// offerOf reads an offer from the fields of a request. Of several keys the first one counts.
func offerOf(fields []Field) *offer {
	o := new(offer)
	keyed := false
	for _, f := range fields {
		switch strings.ToLower(f.Name) {
		case "sec-websocket-key":
			if !keyed {
				o.key, keyed = strings.Trim(f.Value, " \t"), true
			}
		case "sec-websocket-protocol":
			for p := range strings.SplitSeq(f.Value, ",") {
				if p = strings.Trim(p, " \t"); p != "" {
					o.subprotocols = append(o.subprotocols, p)
				}
			}
		}
	}
	list, _ := field.Extensions(valuesOf(fields, "Sec-WebSocket-Extensions"))
	for _, e := range list {
		if e.Name != deflate {
			o.others = append(o.others, e.Name)
			continue
		}
		o.deflates = append(o.deflates, e)
		for _, p := range e.Params {
			if !isDeflateParam(p, true) {
				o.others = append(o.others, p.Name)
			}
		}
	}
	return o
}

func valuesOf(fields []Field, name string) (values []string) {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// offers reports whether a raw field offered what the server chose, an extension or a parameter.
func (o *offer) offers(chosen string) bool {
	return slices.ContainsFunc(o.others, func(name string) bool {
		name = strings.ToLower(name)
		chosen := strings.ToLower(strings.TrimPrefix(chosen, deflate+"; "))
		return chosen == name || strings.HasPrefix(chosen, name+"=") ||
			strings.HasPrefix(chosen, name+";")
	})
}

// verify checks a 101 response as RFC 6455 §4.1 asks of a client, and fills in what was agreed. The
// error's URL, Addr and the name of the peer before its Text are the caller's.
func (o *offer) verify(resp *http.Response, hs *Handshake) *Error {
	for _, check := range []func(*http.Response, *Handshake) *Error{
		o.checkUpgrade, o.checkAccept, o.checkSubprotocol, o.checkExtensions,
	} {
		if e := check(resp, hs); e != nil {
			e.Kind, e.Status = KindHandshake, resp.StatusCode
			e.Proto, e.Header = resp.Proto, resp.Header
			return e
		}
	}
	return nil
}

func (o *offer) checkUpgrade(resp *http.Response, _ *Handshake) *Error {
	e := &Error{Reason: ReasonNoUpgrade}
	if !resp.ProtoAtLeast(1, 1) {
		e.Got, e.Want = resp.Proto, "HTTP/1.1"
		e.Text = "answered 101 in " + exit.Quote(resp.Proto) + ", which has no upgrade"
		return e
	}
	for _, want := range []struct{ name, value string }{
		{"Upgrade", "websocket"}, {"Connection", "Upgrade"},
	} {
		values := resp.Header[want.name]
		// An Upgrade is one protocol, a Connection a list that Upgrade is in.
		good := len(values) == 1 && strings.EqualFold(values[0], want.value)
		if want.name == "Connection" {
			good = hasToken(values, want.value)
		}
		if !good {
			e.Got, e.Want = strings.Join(values, ", "), want.value
			e.Text = `answered 101 without "` + want.name + ": " + want.value + `"`
			if len(values) > 0 {
				e.Text = "answered 101 with " + exit.Quote(want.name+": "+e.Got) + ` instead of "` +
					want.name + ": " + want.value + `"`
			}
			return e
		}
	}
	return nil
}

// hasToken reports whether one of the elements of a list is token, in any case.
func hasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.Trim(t, " \t"), token) {
				return true
			}
		}
	}
	return false
}

func (o *offer) checkAccept(resp *http.Response, hs *Handshake) *Error {
	values := resp.Header["Sec-Websocket-Accept"]
	hs.AcceptGot = strings.Join(values, ", ")
	if len(values) == 1 && values[0] == hs.Accept {
		return nil
	}
	e := &Error{Reason: ReasonAccept, Got: hs.AcceptGot, Want: hs.Accept}
	if len(values) == 0 {
		e.Text = "answered 101 without Sec-WebSocket-Accept"
	} else {
		e.Text = "answered with a wrong Sec-WebSocket-Accept: " + exit.Quote(e.Got) +
			" instead of " + exit.Quote(e.Want)
	}
	return e
}

// checkSubprotocol compares with case: RFC 6455 §4.1 has no other comparison for subprotocols.
func (o *offer) checkSubprotocol(resp *http.Response, hs *Handshake) *Error {
	values := resp.Header["Sec-Websocket-Protocol"]
	got := strings.Join(values, ", ")
	if got == "" {
		return nil
	}
	if len(values) > 1 || !slices.Contains(o.subprotocols, got) {
		return &Error{
			Reason: ReasonSubprotocol, Got: got, Want: strings.Join(o.subprotocols, ", "),
			Text: "chose the subprotocol " + exit.Quote(got) + ", which was not offered",
		}
	}
	hs.Subprotocol = got
	return nil
}

func (o *offer) checkExtensions(resp *http.Response, hs *Handshake) *Error {
	values := resp.Header["Sec-Websocket-Extensions"]
	raw := strings.Join(values, ", ")
	list, ok := field.Extensions(values)
	if !ok {
		return &Error{
			Reason: ReasonExtension, Got: raw,
			Text: "answered with a malformed Sec-WebSocket-Extensions: " + exit.Quote(raw),
		}
	}
	bad, why := o.badExtension(list)
	if bad != "" {
		if why == "" && o.offers(bad) {
			why = ", which wsline cannot speak"
		}
		return &Error{
			Reason: ReasonExtension, Got: bad,
			Text: "chose the extension " + exit.Quote(bad) + cmp.Or(why, ", which was not offered"),
		}
	}
	if len(list) > 0 {
		hs.Extensions, hs.Compressed = raw, true
	}
	return nil
}

// badExtension returns what is wrong with the extensions that a server chose, "" for nothing, and why,
// where that is more than that it was not offered.
func (o *offer) badExtension(list []field.Extension) (bad, why string) {
	for i, e := range list {
		if e.Name != deflate || len(o.deflates) == 0 || i > 0 {
			return e.String(), ""
		}
		seen := map[string]bool{}
		for _, p := range e.Params {
			if seen[p.Name] || !isDeflateParam(p, false) {
				return e.Name + "; " + p.String(), ""
			}
			seen[p.Name] = true
		}
	}
	if len(list) == 0 {
		return "", ""
	}
	for _, offered := range o.deflates {
		if bad, why = unfit(list[0], offered); bad == "" {
			break
		}
	}
	return bad, why
}

// forLibrary is a response that says what was verified, but for the extensions, which are the session's.
// It accepts the library's own key: a raw field may have put another one in its place.
func (hs *Handshake) forLibrary(req *http.Request) *http.Response {
	h := http.Header{}
	h.Set("Upgrade", "websocket")
	h.Set("Connection", "Upgrade")
	h.Set("Sec-WebSocket-Accept", acceptKey(req.Header.Get("Sec-WebSocket-Key")))
	if hs.Subprotocol != "" {
		h.Set("Sec-WebSocket-Protocol", hs.Subprotocol)
	}
	return &http.Response{
		StatusCode: http.StatusSwitchingProtocols, Status: "101 Switching Protocols",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Request: req,
	}
}
