package uri

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"wsline/internal/exit"
)

// parseHost returns the form of a host in which it is dialled and stands in a URL; s is for errors.
func parseHost(host, s string) (string, error) {
	if host == "" {
		return "", &exit.UsageError{Text: "no host in " + exit.Quote(s), Hint: SchemeHint}
	}
	if strings.HasPrefix(host, "[") {
		return parseIPv6(host, s)
	}
	name := decode(host)
	if strings.IndexFunc(name, isNotASCII) >= 0 {
		ascii, err := toASCII(name)
		if err != nil {
			return "", badHost(host, s)
		}
		name = ascii
	}
	if !isHostName(name) {
		return "", badHost(host, s)
	}
	return strings.ToLower(name), nil
}

// notA says that host, a part of s, is not what it should be.
func notA(host, what, s string) string {
	article := " is not a "
	if what[0] == 'I' {
		article = " is not an "
	}
	if host == s {
		return exit.Quote(host) + article + what
	}
	return exit.Quote(host) + article + what + ", in " + exit.Quote(s)
}

func badHost(host, s string) error {
	return &exit.UsageError{Text: notA(host, "host name", s)}
}

func parseIPv6(host, s string) (string, error) {
	inner, ok := strings.CutSuffix(host[1:], "]")
	ip, zone, _ := strings.Cut(inner, "%")
	zone = strings.TrimPrefix(zone, "25") // a URL writes the percent sign of a zone so, RFC 6874 §2
	addr, err := netip.ParseAddr(ip)
	if !ok || err != nil || !addr.Is6() || strings.Trim(zone, zoneBytes) != "" {
		return "", &exit.UsageError{
			Text: notA(host, "IPv6 address", s), Hint: ipv6Hint,
		}
	}
	if zone != "" {
		addr = addr.WithZone(zone)
	}
	return "[" + addr.String() + "]", nil
}

const zoneBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

// isHostName takes any name that DNS could know: underscores are common, empty labels impossible.
func isHostName(s string) bool {
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return false
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; !isAlnum(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	return len(s) <= 254
}

// toASCII returns the form in which DNS knows a name in other than ASCII letters (RFC 5891 §5).
func toASCII(name string) (string, error) { return idna.Lookup.ToASCII(name) }

// ASCIIHost puts the host names in s, which may be a host, host:port, an origin or a pattern for
// one, into the form in which they are sent. Labels in ASCII stay as they are. Errors are
// *exit.UsageError.
func ASCIIHost(s string) (string, error) {
	var ascii strings.Builder
	for rest := s; rest != ""; {
		end := strings.IndexAny(rest, ".:/@") + 1
		if end == 0 {
			end = len(rest)
		}
		label := strings.TrimRight(rest[:end], ".:/@")
		if strings.IndexFunc(label, isNotASCII) < 0 {
			ascii.WriteString(rest[:end])
		} else if name, err := toASCII(label); err == nil {
			ascii.WriteString(name + rest[len(label):end])
		} else {
			return "", badHost(label, s)
		}
		rest = rest[end:]
	}
	return ascii.String(), nil
}

func isNotASCII(r rune) bool { return r >= 0x80 }
