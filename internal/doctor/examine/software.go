package examine

import (
	"slices"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/doctor/software"
)

// commonPaths are where WebSockets are, the likely places first.
var commonPaths = []string{
	"/ws", "/websocket", software.SocketIO, "/socket", "/api/ws", "/graphql", "/cable", "/connection/websocket",
	"/chat", "/",
}

// knownSoftware is what the software wants that the evidence shows.
func knownSoftware(e *evidence, d *dial.Config) (list []candidate) {
	for _, p := range software.Places {
		if p.Shows(e.says(), d.URL.Port()) || p.IsIn(d.URL.Path) {
			list = append(list, placed(&p, e, d)...)
		}
	}
	if e.isAfterEngineIO() {
		list = append(list, variants(doctor.AtPath(d, software.SocketIO))...)
	}
	if e.here.isMute() && e.plain.isDropped() {
		list = append(list, offering(d, []string{"mqtt"})...) // so do brokers of libwebsockets
	}
	return list
}

// placed are the places of the software and its subprotocols: here, when the path may be right.
func placed(p *software.Place, e *evidence, d *dial.Config) (list []candidate) {
	offers := p.Protocols[:p.Offers]
	if len(d.Subprotocols) == 0 || !e.here.isMute() {
		if !e.isLost() || p.IsIn(d.URL.Path) {
			list = offering(d, offers)
		}
	}
	if e.here.isMute() {
		return list
	}
	for _, path := range p.Looks {
		if e.debuggingURL() == "" {
			c := candidate{Variant: doctor.AtPath(d, path), plain: true}
			c.What = "a plain GET of " + path
			list = append(list, c)
		}
	}
	for _, path := range p.Paths {
		if below, ok := strings.CutPrefix(path, "."); ok {
			path = strings.TrimRight(d.URL.EscapedPath(), "/") + below
		}
		if isSame := path == d.URL.RequestURI(); isSame {
			continue
		}
		v := doctor.AtPath(d, path)
		if len(offers) > 0 && !slices.Contains(d.Subprotocols, offers[0]) {
			v = v.And(doctor.Offering(offers[0]))
		}
		list = append(list, variants(v)...)
	}
	return list
}

// isAfterEngineIO reports whether TCP ended after the second that Engine.IO gives to whoever else may
// want an upgrade at another path.
func (e *evidence) isAfterEngineIO() bool {
	least, most := software.SocketIOWait[0], software.SocketIOWait[1]
	return e.here.err != nil && e.here.isDropped() && e.here.took >= least && e.here.took <= most
}

// paths are the same path with or without a slash at its end, those that are common, and the first
// of those below the path and beside it, where a proxy may have put an app; none once there is a place
// that refuses as a WebSocket does.
func paths(e *evidence, d *dial.Config) (list []candidate) {
	if e.place.URL != nil {
		return nil
	}
	path := d.URL.EscapedPath()
	below := strings.TrimRight(path, "/")
	all := slices.Clone(commonPaths)
	if below != "" {
		other := below
		if below == path {
			other += "/"
		}
		beside := below[:strings.LastIndexByte(below, '/')]
		ws, websocket := commonPaths[0], commonPaths[1]
		all = slices.Insert(all, 2, below+ws, beside+ws, below+websocket)
		all = slices.Insert(all, 0, other)
	}
	for i, p := range all {
		isSame := p == path || p == d.URL.RequestURI() || p == "/" && path == ""
		if !isSame && slices.Index(all, p) == i {
			list = append(list, variants(doctor.AtPath(d, p))...)
		}
	}
	return list
}
