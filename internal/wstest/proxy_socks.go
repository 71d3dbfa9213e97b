package wstest

import (
	"encoding/binary"
	"io"
	"net"
	"strconv"
)

// Bytes of RFC 1928 and RFC 1929.
const (
	socksVersion    = 5
	socksNoMethod   = 0xff
	socksPassword   = 2
	socksIPv4       = 1
	socksName       = 3
	socksIPv6       = 4
	socksRefused    = 5
	passwordVersion = 1
)

func (p *Proxy) serveSOCKS(nc net.Conn) {
	if !p.socksAuth(nc) {
		return
	}
	target, ok := readSOCKSRequest(nc)
	if !ok || !p.ask(nc, target) {
		return
	}
	reply := []byte{socksVersion, byte(p.cfg.Refuse), 0, socksIPv4, 0, 0, 0, 0, 0, 0}
	if p.cfg.Refuse != 0 {
		nc.Write(reply)
		return
	}
	to, err := p.dial(target)
	if err != nil {
		reply[1] = socksRefused
		nc.Write(reply)
		return
	}
	defer p.drop(to)
	nc.Write(reply)
	relay(nc, nc, to)
}

// socksAuth agrees on a method, and reports whether the client may go on.
func (p *Proxy) socksAuth(nc net.Conn) bool {
	methods, ok := readCounted(nc, socksVersion)
	if !ok {
		return false
	}
	want := byte(0)
	if p.cfg.User != "" {
		want = socksPassword
	}
	for _, m := range methods {
		if m != want {
			continue
		}
		nc.Write([]byte{socksVersion, want})
		return want == 0 || p.socksUser(nc)
	}
	nc.Write([]byte{socksVersion, socksNoMethod})
	return false
}

func (p *Proxy) socksUser(nc net.Conn) bool {
	user, ok := readCounted(nc, passwordVersion)
	if !ok {
		return false
	}
	var size [1]byte
	if _, err := io.ReadFull(nc, size[:]); err != nil {
		return false
	}
	password := make([]byte, size[0])
	if _, err := io.ReadFull(nc, password); err != nil {
		return false
	}
	if string(user) != p.cfg.User || string(password) != p.cfg.Password {
		nc.Write([]byte{passwordVersion, 1})
		return false
	}
	nc.Write([]byte{passwordVersion, 0})
	return true
}

// readCounted reads a version, a count, and that many bytes.
func readCounted(nc net.Conn, version byte) ([]byte, bool) {
	var head [2]byte
	if _, err := io.ReadFull(nc, head[:]); err != nil || head[0] != version {
		return nil, false
	}
	b := make([]byte, head[1])
	_, err := io.ReadFull(nc, b)
	return b, err == nil
}

// readSOCKSRequest reads a CONNECT request and returns its host:port.
func readSOCKSRequest(nc net.Conn) (string, bool) {
	var head [4]byte
	if _, err := io.ReadFull(nc, head[:]); err != nil || head[0] != socksVersion || head[1] != 1 {
		return "", false
	}
	size := net.IPv4len
	switch head[3] {
	case socksIPv6:
		size = net.IPv6len
	case socksName:
		var n [1]byte
		if _, err := io.ReadFull(nc, n[:]); err != nil {
			return "", false
		}
		size = int(n[0])
	}
	b := make([]byte, size+2)
	if _, err := io.ReadFull(nc, b); err != nil {
		return "", false
	}
	host := string(b[:size])
	if head[3] != socksName {
		host = net.IP(b[:size]).String()
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(b[size:])))), true
}
