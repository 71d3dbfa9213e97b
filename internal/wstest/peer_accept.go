package wstest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sort"
	"strconv"
	"strings"

	"wsline/internal/wire"
)

// First is the first byte that the client writes, which stays to be read; ok is false when it goes
// away without one. A ClientHello begins with 22.
func (p *Peer) First() (b byte, ok bool) {
	next, err := p.in.Peek(1)
	if err != nil {
		return 0, false
	}
	return next[0], true
}

// Request reads the head of the upgrade request; later calls return the same. When the client
// goes away before it is complete, or it is not HTTP, the handler ends here.
func (p *Peer) Request() *http.Request {
	if p.request != nil {
		return p.request
	}
	var head []byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		b, err := p.in.ReadByte()
		if err != nil {
			runtime.Goexit()
		}
		head = append(head, b)
	}
	p.RawRequest = head
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		p.T.Errorf("request head %q: %v", head, err)
		runtime.Goexit()
	}
	p.request = r
	return r
}

// AcceptOption changes the answer that Accept writes.
type AcceptOption func(*answer)

type answer struct {
	status string
	fields []string // "Name: value"
	accept string
	chop   int
	glued  []byte
}

// Field adds a line "Name: value" to the answer.
func Field(line string) AcceptOption {
	return func(a *answer) { a.fields = append(a.fields, line) }
}

// Subprotocol adds a Sec-WebSocket-Protocol field.
func Subprotocol(name string) AcceptOption { return Field("Sec-WebSocket-Protocol: " + name) }

// Extensions adds a Sec-WebSocket-Extensions field.
func Extensions(value string) AcceptOption { return Field("Sec-WebSocket-Extensions: " + value) }

// WrongAccept puts value where the right Sec-WebSocket-Accept belongs.
func WrongAccept(value string) AcceptOption { return func(a *answer) { a.accept = value } }

// Without leaves out the field of that name.
func Without(name string) AcceptOption {
	return func(a *answer) {
		kept := a.fields[:0]
		for _, f := range a.fields {
			if n, _, _ := strings.Cut(f, ":"); !strings.EqualFold(n, name) {
				kept = append(kept, f)
			}
		}
		a.fields = kept
		if strings.EqualFold(name, "Sec-WebSocket-Accept") {
			a.accept = ""
		}
	}
}

// NoUpgrade leaves out the Upgrade field.
func NoUpgrade() AcceptOption { return Without("Upgrade") }

// StatusLine replaces "HTTP/1.1 101 Switching Protocols".
func StatusLine(line string) AcceptOption { return func(a *answer) { a.status = line } }

// ByteByByte writes the answer, and the frames glued to it, in writes of one byte.
func ByteByByte() AcceptOption { return func(a *answer) { a.chop = 1 } }

// Glued writes bytes, such as frames made by Frame, in the same write as the head.
func Glued(b ...[]byte) AcceptOption {
	return func(a *answer) { a.glued = append(a.glued, bytes.Join(b, nil)...) }
}

// Accept reads the request, if Request has not, and answers with 101: a proper one but for the
// options, which apply in their order.
func (p *Peer) Accept(opts ...AcceptOption) error {
	r := p.Request()
	a := &answer{
		status: "HTTP/1.1 101 Switching Protocols",
		fields: []string{"Upgrade: websocket", "Connection: Upgrade"},
		accept: wire.Accept(r.Header.Get("Sec-WebSocket-Key")),
	}
	for _, o := range opts {
		o(a)
	}
	if a.accept != "" {
		a.fields = append(a.fields, "Sec-WebSocket-Accept: "+a.accept)
	}
	head := a.status + "\r\n" + strings.Join(a.fields, "\r\n") + "\r\n\r\n"
	b := append([]byte(head), a.glued...)
	if a.chop > 0 {
		return p.Chop(b, a.chop)
	}
	return p.Write(b)
}

// Refuse reads the request, if Request has not, and answers with a status and a body. The
// fields go out in the order of their names; Content-Length is added unless header has it or
// Transfer-Encoding.
func (p *Peer) Refuse(status int, header http.Header, body string) error {
	p.Request()
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, value := range header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	if header.Get("Content-Length") == "" && header.Get("Transfer-Encoding") == "" {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	_, err := io.WriteString(p.Conn, b.String()+"\r\n"+body)
	return err
}
