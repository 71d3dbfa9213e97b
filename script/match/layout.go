package match

import "strings"

// layout is how JSON is laid out: on one line, with or without blanks, or on several.
type layout struct {
	indent       string // of each level; "" for one line
	comma, colon string // what follows them
}

// layoutOf finds out how a pattern is laid out.
func layoutOf(pattern []byte) layout {
	var l layout
	text := string(pattern)
	if _, rest, ok := strings.Cut(text, "\n"); ok {
		l.indent = rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
		if l.indent == "" {
			l.indent = "  "
		}
	}
	for p := pattern; len(p) > 0; {
		n := 1
		switch blank := len(p) > 1 && p[1] == ' '; {
		case p[0] == '"':
			n = stringSize(p)
		case p[0] == ':' && blank:
			l.colon = " "
		case p[0] == ',' && blank && l.indent == "":
			l.comma = " "
		}
		p = p[n:]
	}
	return l
}

func (l layout) append(dst []byte, t *tree, depth int) []byte {
	switch {
	case t.text != nil:
		return append(dst, t.text...)
	case t.kind == 0:
		return append(dst, t.token...)
	case t.blanks != nil && len(t.members) > 0:
		return l.appendLike(dst, t, depth)
	}
	dst = append(dst, t.kind)
	for i, member := range t.members {
		if i > 0 {
			dst = append(append(dst, ','), l.comma...)
		}
		dst = l.line(dst, depth+1)
		if t.kind == '{' {
			dst = append(dst, t.names[i]...)
			dst = append(append(dst, ':'), l.colon...)
		}
		dst = l.append(dst, member, depth+1)
	}
	if len(t.members) > 0 {
		dst = l.line(dst, depth)
	}
	return append(dst, t.kind+2) // the bracket that closes
}

// appendLike is append for what was written and has changed: what is new stands as what was there.
func (l layout) appendLike(dst []byte, t *tree, depth int) []byte {
	inner, gap, colon := l, ","+l.comma, ":"+l.colon
	switch {
	case len(t.gaps) > 0:
		gap = t.gaps[len(t.gaps)-1]
	case strings.Contains(t.open, "\n"):
		gap = "," + t.open
	}
	if len(t.colons) > 0 {
		colon = t.colons[len(t.colons)-1]
	}
	if !strings.Contains(t.open+gap, "\n") && l.indent != "" {
		inner = layout{comma: " ", colon: " "}
	}
	dst = append(append(dst, t.kind), t.open...)
	for i, member := range t.members {
		switch {
		case i == 0:
		case i <= len(t.gaps):
			dst = append(dst, t.gaps[i-1]...)
		default:
			dst = append(dst, gap...)
		}
		switch {
		case t.kind != '{' || t.names[i] == nil:
		case i < len(t.colons):
			dst = append(append(dst, t.names[i]...), t.colons[i]...)
		default:
			dst = append(append(dst, t.names[i]...), colon...)
		}
		dst = inner.append(dst, member, depth+1)
	}
	return append(append(dst, t.close...), t.kind+2)
}

func (l layout) line(dst []byte, depth int) []byte {
	if l.indent == "" {
		return dst
	}
	return append(append(dst, '\n'), strings.Repeat(l.indent, depth)...)
}
