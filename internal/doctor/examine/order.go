package examine

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor"
)

// A candidate is something to try.
type candidate struct {
	doctor.Variant
	plain bool // a GET without an upgrade: what it is answered may name a place
	group string
}

// A clue is one row of the order: what is worth a try, when, and how likely it is. Of several
// variants each is a little less likely than the one before.
type clue struct {
	score int
	group string // what is ruled out when none of them is let in
	when  func(e *evidence) bool
	what  func(e *evidence, d *dial.Config) []candidate
}

// Groups of variants that may meet what a server wants, and be refused for something else.
const (
	anOrigin     = "another Origin"
	aHost        = "another Host"
	aSubprotocol = "another subprotocol"
	aHandshake   = "a right handshake"
)

// order is how likely it is that a variant is let in, from what is known: what the answer itself
// names, what the user changed, what known software wants, and then what is common.
var order = []clue{
	{100, "", (*evidence).isOpen, suggested},
	{98, "", (*evidence).hasDebuggingURL, debuggingTarget},
	{97, aHandshake, (*evidence).isRefused, ownFault},
	{96, "", (*evidence).isRedirected, following},
	{95, "", (*evidence).speaksOtherScheme, otherScheme},
	{94, aHost, (*evidence).isHostNamed, localHost},
	{92, anOrigin, (*evidence).isOriginNamed, origins},
	{91, aSubprotocol, (*evidence).isOpen, namedSubprotocols},
	{90, "", (*evidence).mayBeKnown, knownSoftware},
	{80, anOrigin, (*evidence).isOriginDoubted, origins},
	{76, aSubprotocol, (*evidence).isSubprotocolDoubted, subprotocols},
	{74, "another extension", (*evidence).isExtensionDoubted, compression},
	{70, "another path", (*evidence).isLost, paths},
	{64, "another User-Agent", (*evidence).isForbiddenToAll, browser},
	{60, "another path", (*evidence).isBlank, paths},
	{50, anOrigin, (*evidence).isVague, origins},
	{48, "another User-Agent", (*evidence).isVague, browser},
	{46, aSubprotocol, (*evidence).isVague, subprotocols},
	{30, anOrigin, (*evidence).isLost, origins},
	{20, "", (*evidence).isRefused, otherScheme},
}

// next is the likeliest candidate that has not been tried.
func (e *evidence) next() (best candidate, ok bool) {
	if e.isSettled() {
		return candidate{}, false
	}
	score, d := 0, e.at()
	for _, row := range order {
		if row.score <= score || !row.when(e) {
			continue
		}
		left := row.score
		for _, c := range row.what(e, d) {
			if left <= score {
				break
			}
			what := c.What
			if c.Variant = e.place.And(c.Variant); c.plain {
				c.What = what
			}
			if !e.isTried(c) {
				best, score, ok = c, left, true
				best.group = cmp.Or(row.group, groupOf(c.Variant))
				break
			}
			left -= 2
		}
	}
	return best, ok
}

// groupOf is the group of a variant that changes one thing.
func groupOf(v doctor.Variant) string {
	if v.URL != nil || len(v.Add) != 2 {
		return ""
	}
	return map[string]string{"-o": anOrigin, "-s": aSubprotocol, "--host": aHost}[v.Add[0]]
}

func (e *evidence) isTried(c candidate) bool {
	return slices.ContainsFunc(e.tries, func(t try) bool {
		return t.What == c.What && t.plain == c.plain
	})
}

// mayBeKnown reports whether what known software wants may be what is missing.
func (e *evidence) mayBeKnown() bool { return e.isOpen() || e.here.isMute() }

func (e *evidence) hasDebuggingURL() bool { return e.isRefused() && e.debuggingURL() != "" }

func (e *evidence) isRedirected() bool {
	r := e.here.refusal()
	return r != nil && r.Err == nil && e.cfg.Redirects == 0 &&
		(r.Reason == dial.ReasonRedirect || r.Reason == dial.ReasonRedirectLimit)
}

// speaksOtherScheme reports whether the port is known to want the other scheme, or has not been heard
// to speak at all.
func (e *evidence) speaksOtherScheme() bool {
	r := e.here.refusal()
	if r == nil || e.place.URL != nil {
		return false
	}
	switch r.Reason {
	case dial.ReasonPortClosed:
		return !e.isFinal()
	case dial.ReasonNotTLS, dial.ReasonTLSServer, dial.ReasonNotHTTP, dial.ReasonHTTP2,
		dial.ReasonLateTLS:
		return true
	case dial.ReasonStatus:
		return r.Status/100 == 4 && doctor.SpeaksOfTLS(string(r.Body))
	case dial.ReasonBroken, dial.ReasonLateUpgrade:
		return !e.answersHTTP()
	}
	return false
}

func (e *evidence) isHostNamed() bool {
	return e.isOpen() && e.here.status() >= 400 && doctor.SpeaksOfHost(e.here.reason())
}

func (e *evidence) isExtensionDoubted() bool {
	r := e.here.refusal()
	if r == nil {
		return false
	}
	switch r.Reason {
	case dial.ReasonExtension, dial.ReasonNoUpgrade, dial.ReasonAccept:
		return true
	}
	isFit := r.Status == http.StatusBadRequest || r.Status/100 == 5 || e.here.isDropped()
	return e.cfg.Compress && isFit
}

// isForbiddenToAll reports whether a plain GET is refused as well.
func (e *evidence) isForbiddenToAll() bool {
	return e.here.status() == http.StatusForbidden && e.plain.status() == http.StatusForbidden
}

// isVague reports whether nothing says what is wrong.
func (e *evidence) isVague() bool {
	if !e.isOpen() {
		return false
	}
	switch e.here.status() {
	case http.StatusForbidden, http.StatusBadRequest, http.StatusNotAcceptable,
		http.StatusUpgradeRequired, http.StatusInternalServerError, http.StatusNotImplemented:
		return true
	}
	return e.here.isDropped()
}

func variants(list ...doctor.Variant) (candidates []candidate) {
	for _, v := range list {
		candidates = append(candidates, candidate{Variant: v})
	}
	return candidates
}

func suggested(e *evidence, d *dial.Config) []candidate {
	if r := e.here.refusal(); r != nil {
		return variants(doctor.Suggested(r, d)...)
	}
	return nil
}

func debuggingTarget(e *evidence, d *dial.Config) []candidate {
	return variants(doctor.AtPath(d, e.debuggingURL()))
}

// ownFault is the request without what the user changed of its handshake, or of its Host.
func ownFault(e *evidence, d *dial.Config) (list []candidate) {
	if len(d.RawHeader) > 0 {
		list = append(list, variants(doctor.WithoutRawHeader())...)
	}
	if _, given := e.has("Host"); given || d.Host != "" {
		list = append(list, variants(doctor.WithHost(""))...)
	}
	return list
}

func following(*evidence, *dial.Config) []candidate { return variants(doctor.Following()) }

// otherScheme is that of another port, or of this one as long as it has not spoken HTTP.
func otherScheme(e *evidence, d *dial.Config) []candidate {
	if d.URL.Port() != "" && e.answersHTTP() || e.place.URL != nil {
		return nil
	}
	return variants(doctor.OtherScheme(d)...)
}

// namedSubprotocols are those of the answer, then those that a word in the path stands for.
func namedSubprotocols(e *evidence, d *dial.Config) []candidate {
	r := e.here.refusal()
	if r == nil {
		return offering(d, doctor.MeantSubprotocols(d.URL))
	}
	list := variants(doctor.NamedSubprotocols(r, d)...)
	if r.Reason != dial.ReasonSubprotocol {
		return list
	}
	list = append(offering(d, []string{r.Got}), list...) // what it chose without being asked
	if len(d.Subprotocols) > 0 {
		list = append(list, variants(doctor.WithoutSubprotocol())...)
	}
	return list
}

func offering(d *dial.Config, names []string) (list []candidate) {
	for _, name := range names {
		if dial.IsToken(name) && !slices.Contains(d.Subprotocols, name) {
			list = append(list, variants(doctor.Offering(name))...)
		}
	}
	return list
}

// subprotocols are those that servers want most often.
func subprotocols(e *evidence, d *dial.Config) []candidate {
	common := []string{
		"graphql-transport-ws", "graphql-ws", "mqtt", "chat", "v12.stomp", "wamp.2.json",
	}
	switch {
	case e.here.isDropped() && len(d.Subprotocols) > 0: // a broker, most likely
		common = append([]string{"mqtt"}, common...)
		return append(offering(d, common[:4]), variants(doctor.WithoutSubprotocol())...)
	case !e.isSubprotocolDoubted():
		common = common[:3]
		if len(d.Subprotocols) > 0 {
			return append(variants(doctor.WithoutSubprotocol()), offering(d, common)...)
		}
	}
	return offering(d, common)
}

func localHost(_ *evidence, d *dial.Config) []candidate {
	host := "localhost"
	if port := d.URL.Port(); port != "" {
		host += ":" + port
	}
	return variants(doctor.WithHost(host))
}

// origins are the server's own, those of pages in development, and none where one was given.
func origins(e *evidence, d *dial.Config) (list []candidate) {
	given, isGiven := e.has("Origin")
	if isGiven && doctor.SpeaksOfOrigin(e.here.reason()) {
		list = variants(doctor.WithoutOrigin())
	}
	own := doctor.OwnOrigins(d.URL)
	for _, origin := range append(own,
		"http://localhost:3000", "http://localhost:5173", "http://localhost:8080") {
		if origin != given {
			list = append(list, variants(doctor.WithOrigin(origin))...)
		}
	}
	if isGiven {
		list = append(list, variants(doctor.WithoutOrigin())...)
	}
	return list
}

// browser is one of them, for a server that answers at all.
func browser(e *evidence, _ *dial.Config) []candidate {
	if e.here.status() == 0 {
		return nil
	}
	return variants(doctor.AsBrowser())
}

func compression(e *evidence, d *dial.Config) []candidate {
	switch r := e.here.refusal(); {
	case d.Compress:
		return variants(doctor.Compressing(false))
	case r != nil && strings.HasPrefix(r.Got, "permessage-deflate"):
		return variants(doctor.Compressing(true))
	}
	return nil
}
