package dial

import (
	"slices"
	"strings"
)

// userAgent is sent when the user gives no User-Agent.
const userAgent = "wsline"

// request is the upgrade request (RFC 6455 §4.1): first the handshake's own fields with the names
// as the RFC spells them, then the user's in their order and case.
func (a *attempt) request(key, extensions string) []byte {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	b.WriteString("GET " + a.cfg.URL.RequestURI() + " HTTP/1.1\r\n")
	line(a.hostField())
	line("Upgrade", "websocket")
	line("Connection", "Upgrade")
	line("Sec-WebSocket-Key", key)
	line("Sec-WebSocket-Version", "13")
	if extensions != "" {
		line("Sec-WebSocket-Extensions", extensions)
	}
	if protocols := a.ownSubprotocols(); len(protocols) > 0 {
		line("Sec-WebSocket-Protocol", strings.Join(protocols, ", "))
	}
	if _, given := a.field("Authorization"); !given && a.cfg.URL.User != nil {
		line("Authorization", basicAuth(a.cfg.URL.User))
	}
	if _, given := a.field("User-Agent"); !given {
		line("User-Agent", userAgent)
	}
	for _, f := range a.cfg.Header {
		if !strings.EqualFold(f.Name, "Host") {
			line(f.Name, f.Value)
		}
	}
	b.WriteString("\r\n")
	return []byte(b.String())
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

// offered are all the subprotocols that the request names.
func (a *attempt) offered() []string {
	return append(a.ownSubprotocols(), a.fieldSubprotocols()...)
}

// checkConfig says why cfg cannot be dialled: nothing is sent that is not the request meant.
func checkConfig(cfg *Config) error {
	u := cfg.URL
	if u == nil {
		return &UsageError{Text: "there is no URL", Hint: schemeHint}
	}
	if u.Scheme != "ws" && u.Scheme != "wss" {
		return &UsageError{Text: "unknown scheme " + quote(u.Scheme), Hint: schemeHint}
	}
	if _, _, err := ParseURL(u.String()); err != nil {
		return err
	}
	if !isVisible(u.RequestURI()) || !isVisible(u.Host) || cfg.Host != "" && !isVisible(cfg.Host) {
		return &UsageError{
			Text: "a space or control character in the host or the path of " + quote(u.Redacted()),
		}
	}
	for _, p := range cfg.Subprotocols {
		if !IsToken(p) {
			return &UsageError{Text: quote(p) + " is not a name for a subprotocol"}
		}
	}
	for _, f := range cfg.Header {
		if err := f.check(); err != nil {
			return err
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
			cfg.notice("left out the field " + quote(f.Name) + ": the handshake sets its own")
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
