package dial

import (
	"cmp"
	"slices"
	"strings"

	"wsline/internal/dial/uri"
	"wsline/internal/exit"
)

// userAgent is sent when the user gives no User-Agent.
const userAgent = "wsline"

// fields are those of the upgrade request (RFC 6455 §4.1): first the handshake's own with the names
// as the RFC spells them, then the user's in their order and case; Config.RawHeader has the last
// word.
func (a *attempt) fields(key string) (fields []Field) {
	add := func(name, value string) { fields = append(fields, Field{name, value}) }
	add(a.hostField())
	if a.cfg.Plain {
		add("Connection", "close")
	} else {
		add("Upgrade", "websocket")
		add("Connection", "Upgrade")
		add("Sec-WebSocket-Key", key)
		add("Sec-WebSocket-Version", "13")
	}
	if a.cfg.Compress {
		add("Sec-WebSocket-Extensions", a.cfg.deflateOffer())
	}
	if protocols := a.ownSubprotocols(); len(protocols) > 0 {
		add("Sec-WebSocket-Protocol", strings.Join(protocols, ", "))
	}
	if _, given := a.field("Authorization"); !given && a.cfg.URL.User != nil {
		add("Authorization", cmp.Or(a.login, basicAuth(a.cfg.URL.User)))
	}
	if _, given := a.field("User-Agent"); !given {
		add("User-Agent", userAgent)
	}
	for _, f := range a.cfg.Header {
		if strings.EqualFold(f.Name, "Authorization") {
			f.Value = cmp.Or(a.login, f.Value)
		}
		if !strings.EqualFold(f.Name, "Host") {
			fields = append(fields, f)
		}
	}
	if a.steps != nil {
		fields = withCookies(fields, a.steps.cookies.For(a.cfg.URL))
	}
	return replaceRaw(fields, a.cfg.RawHeader)
}

// replaceRaw puts the raw fields in the place of the first field with their name, or else last.
func replaceRaw(fields, raw []Field) []Field {
	var replaced, last []Field
	placed := map[string]bool{}
	named := func(name string) (same []Field) {
		for _, f := range raw {
			if strings.EqualFold(f.Name, name) {
				same = append(same, f)
			}
		}
		return same
	}
	for _, f := range fields {
		same := named(f.Name)
		if len(same) == 0 {
			same = []Field{f}
		} else if name := strings.ToLower(f.Name); placed[name] {
			same = nil
		} else {
			placed[name] = true
		}
		replaced = append(replaced, same...)
	}
	for _, f := range raw {
		if !placed[strings.ToLower(f.Name)] {
			last = append(last, f)
		}
	}
	return append(replaced, last...)
}

// request is the upgrade request as it goes over the wire.
func (a *attempt) request(fields []Field) []byte {
	b := make([]byte, 0, 512)
	b = append(append(append(b, "GET "...), a.cfg.URL.RequestURI()...), " HTTP/1.1\r\n"...)
	for _, f := range fields {
		b = append(append(append(append(b, f.Name...), ": "...), f.Value...), "\r\n"...)
	}
	return append(b, "\r\n"...)
}

// hostField is the Host field: the user's, or the URL's host with a port that is not the default
// one.
func (a *attempt) hostField() (name, value string) {
	for _, f := range a.cfg.Header {
		if strings.EqualFold(f.Name, "Host") {
			return f.Name, f.Value
		}
	}
	if a.cfg.Host != "" {
		return "Host", a.cfg.Host
	}
	u := a.cfg.URL
	host := u.Hostname()
	if strings.Contains(host, ":") {
		address, _, _ := strings.Cut(host, "%") // RFC 6874 §4: a zone is not sent
		host = "[" + address + "]"
	}
	if port := u.Port(); port != "" && port != defaultPort(u.Scheme) {
		host += ":" + port
	}
	return "Host", host
}

// field is the value of the first of the user's fields with that name.
func (a *attempt) field(name string) (value string, given bool) {
	for _, f := range a.cfg.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}

// fieldSubprotocols are those that the user offers with fields of his own.
func (a *attempt) fieldSubprotocols() (protocols []string) {
	for _, f := range a.cfg.Header {
		if strings.EqualFold(f.Name, "Sec-WebSocket-Protocol") {
			for p := range strings.SplitSeq(f.Value, ",") {
				protocols = append(protocols, strings.Trim(p, " \t"))
			}
		}
	}
	return protocols
}

// ownSubprotocols are those of the configuration that the user's fields do not name as well: none
// may be offered twice (RFC 6455 §4.1).
func (a *attempt) ownSubprotocols() (protocols []string) {
	given := a.fieldSubprotocols()
	for _, p := range a.cfg.Subprotocols {
		if !slices.Contains(given, p) && !slices.Contains(protocols, p) {
			protocols = append(protocols, p)
		}
	}
	return protocols
}

// checkConfig says why cfg cannot be dialled: nothing is sent that is not the request meant.
func checkConfig(cfg *Config) error {
	u := cfg.URL
	if u == nil {
		return &exit.UsageError{Text: "there is no URL", Hint: uri.SchemeHint}
	}
	if u.Scheme != "ws" && u.Scheme != "wss" {
		return &exit.UsageError{Text: "unknown scheme " + exit.Quote(u.Scheme), Hint: uri.SchemeHint}
	}
	if _, _, err := uri.Parse(u.String()); err != nil {
		return err
	}
	if !isVisible(u.RequestURI()) || !isVisible(u.Host) || cfg.Host != "" && !isVisible(cfg.Host) {
		return &exit.UsageError{
			Text: "a space or control character in the host or the path of " + exit.Quote(u.Redacted()),
		}
	}
	for _, p := range cfg.Subprotocols {
		if !IsToken(p) {
			return &exit.UsageError{Text: exit.Quote(p) + " is not a name for a subprotocol"}
		}
	}
	for _, f := range cfg.Header {
		if err := f.check(); err != nil {
			return err
		}
	}
	for _, f := range cfg.RawHeader {
		if strings.ContainsAny(f.Name+f.Value, "\r\n\x00") {
			return &exit.UsageError{
				Text: "the raw header field " + exit.Quote(f.Name) + " holds a line end or a NUL",
			}
		}
	}
	return nil
}

// isVisible reports whether s has no byte that could end a word or a line of a request.
func isVisible(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) < 0
}

// withoutOwn returns cfg without the fields that the handshake sets itself, and tells of each.
func withoutOwn(cfg *Config) *Config {
	clean := *cfg
	clean.Header = nil
	for _, f := range cfg.Header {
		if isOwnField(f.Name) {
			cfg.notice("left out the field " + exit.Quote(f.Name) + ": the handshake sets its own")
			continue
		}
		clean.Header = append(clean.Header, f)
	}
	return &clean
}

func isOwnField(name string) bool {
	switch strings.ToLower(name) {
	case "upgrade", "connection",
		"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions":
		return true
	}
	return false
}

func (cfg *Config) notice(text string) {
	if cfg.Notice != nil {
		cfg.Notice(text)
	}
}
