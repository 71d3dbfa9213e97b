package curl

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/exit"
)

// cookieWord is the Cookie field of all -b. curl itself sends none over ws.
func (r *request) cookieWord(w *words, u *url.URL) error {
	if r.has("Cookie") {
		return nil
	}
	var all []string
	for _, c := range r.cookies {
		if strings.Contains(c, "=") {
			all = append(all, strings.TrimRight(strings.TrimSpace(c), "; "))
			continue
		}
		if c == "" {
			continue // it turns curl's own engine on
		}
		found, err := r.cookiesIn(c, u)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	if len(all) > 0 {
		w.field("Cookie", strings.Join(all, "; "))
	}
	return nil
}

// cookiesIn are those of a file that go to the URL, the longest paths first (RFC 6265 §5.4).
func (r *request) cookiesIn(name string, u *url.URL) ([]string, error) {
	text, err := r.world.ReadFile(name)
	if err != nil {
		return nil, exit.Usagef("cookies themselves are written -b 'name=value'",
			"curl's -b: cannot read the cookies in %q: %v", name, exit.Cause(err))
	}
	var found []netscapeCookie
	for line := range strings.Lines(string(text)) {
		c, ok := parseNetscape(strings.TrimRight(line, "\r\n"))
		if ok && u != nil && c.goesTo(u) && (c.expires == 0 || c.expires > r.world.Now.Unix()) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b netscapeCookie) int { return len(b.path) - len(a.path) })
	pairs := make([]string, len(found))
	for i, c := range found {
		pairs[i] = c.name + "=" + c.value
	}
	if len(pairs) == 0 {
		r.leaveOut("-b " + name + " (no cookie in it is for this URL)")
	}
	return pairs, nil
}

// A netscapeCookie is a line of the file that browsers' extensions and curl's -c write.
type netscapeCookie struct {
	domain      string
	subdomains  bool
	path        string
	secure      bool
	expires     int64 // 0: with the session
	name, value string
}

func parseNetscape(line string) (netscapeCookie, bool) {
	line = strings.TrimPrefix(line, "#HttpOnly_")
	parts := strings.Split(line, "\t")
	if strings.HasPrefix(line, "#") || len(parts) < 6 {
		return netscapeCookie{}, false
	}
	expires, err := strconv.ParseInt(parts[4], 10, 64)
	if err != nil {
		return netscapeCookie{}, false
	}
	c := netscapeCookie{
		domain: strings.TrimPrefix(parts[0], "."), subdomains: strings.EqualFold(parts[1], "TRUE"),
		path: parts[2], secure: strings.EqualFold(parts[3], "TRUE"), expires: expires, name: parts[5],
	}
	if len(parts) > 6 {
		c.value = parts[6]
	}
	return c, true
}

// goesTo is RFC 6265 §5.4, step 1. What is secure goes over TLS only.
func (c netscapeCookie) goesTo(u *url.URL) bool {
	host, path := strings.ToLower(u.Hostname()), u.EscapedPath()
	if path == "" {
		path = "/"
	}
	domain := strings.ToLower(c.domain)
	inDomain := host == domain || c.subdomains && strings.HasSuffix(host, "."+domain)
	below, inPath := strings.CutPrefix(path, c.path)
	inPath = inPath && (below == "" || strings.HasSuffix(c.path, "/") || below[0] == '/')
	return inDomain && inPath && (!c.secure || u.Scheme == "wss")
}
