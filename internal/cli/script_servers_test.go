package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// A player plays the server on one connection; args are the words after its name in the script.
type player func(p *wstest.Peer, args []string)

// players are the servers that a script can start: server NAME ARGS...
func players() map[string]player {
	return map[string]player{
		"echo":    playEcho,
		"say":     playSay,
		"close":   playClose,
		"leave":   playLeave,
		"refuse":  playRefuse,
		"answer":  playAnswer,
		"raw":     playRaw,
		"accept":  playAccept,
		"frames":  playFrames,
		"request": playRequest,
		"drop":    playDrop,
		"hangup":  playHangup,
		"stall":   playStall,
		"wait":    playWait,
		"deeper":  playDeeper,
		"mirror":  playMirror,
		"mute":    playMute,
		"flood":   playFlood,
		"restart": playRestart, "number": playNumber,
		"trade": playTrade,
	}
}

// startServer is the command "server NAME ARGS...": it starts one and sets URL, ADDR and PORT. An
// argument @FILE stands for what is in the file.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: server NAME [ARGS...]")
	}
	play := players()[args[0]]
	if play == nil {
		ts.Fatalf("no server is called %q", args[0])
	}
	args = args[1:]
	for i, arg := range args {
		if name, isFile := strings.CutPrefix(arg, "@"); isFile {
			args[i] = ts.ReadFile(name)
		}
	}
	s := wstest.Serve(testOf(ts), func(p *wstest.Peer) { play(p, args) })
	setAddress(ts, s.URL(), s.Addr())
}

// echo: a good server.
func playEcho(p *wstest.Peer, _ []string) {
	p.Accept()
	p.Echo()
}

// say TEXT...: sends each text, then echoes.
func playSay(p *wstest.Peer, args []string) {
	p.Accept()
	for _, text := range args {
		p.Text(text)
	}
	p.Echo()
}

// close CODE [REASON...]: closes at once.
func playClose(p *wstest.Peer, args []string) {
	p.Accept()
	if len(args) == 0 {
		p.Write(wstest.Frame(wire.OpClose, ""))
	} else {
		code, _ := strconv.Atoi(args[0])
		p.Close(wire.StatusCode(code), strings.Join(args[1:], " "))
	}
	p.ReadFrame()
}

// restart CODE: echoes one message on each connection, and closes it; code 0 is none, without a Close
// frame.
func playRestart(p *wstest.Peer, args []string) {
	p.Accept()
	_, payload, err := p.ReadFrame()
	if err != nil {
		return
	}
	p.Text(string(payload))
	if code, _ := strconv.Atoi(args[0]); code != 0 {
		p.Close(wire.StatusCode(code), "")
		io.Copy(io.Discard, p.Conn)
	}
}

// number LAST EACH: sends {"id":N,"token":"token of N"} from behind ?since=N up to LAST, EACH of them on each
// connection, and breaks off, or closes with 1000 behind the last.
func playNumber(p *wstest.Peer, args []string) {
	if p.Accept() != nil {
		return
	}
	last, _ := strconv.Atoi(args[0])
	each, _ := strconv.Atoi(args[1])
	n := 0
	_, _ = fmt.Sscanf(string(p.RawRequest), "GET /?since=%d ", &n)
	for range each {
		if n++; n > last {
			p.Close(1000, "")
			io.Copy(io.Discard, p.Conn)
			return
		}
		p.Text(fmt.Sprintf(`{"id":%d,"token":"token of %d"}`, n, n))
	}
}

// trade N: as exchanges do, answers {"op":"ping"} with {"op":"pong"}, N times, asks at first for an
// answer of its own, and says what it gets.
func playTrade(p *wstest.Peer, args []string) {
	p.Accept()
	p.Text(`{"op":"ping","id":"7\"8"}`)
	for left, _ := strconv.Atoi(args[0]); ; {
		h, payload, err := p.ReadFrame()
		switch {
		case err != nil:
			return
		case h.Opcode == wire.OpClose:
			p.Close(1000, "")
			return
		case h.Opcode == wire.OpPing:
			p.Pong(string(payload))
		case string(payload) != `{"op":"ping"}` && string(payload) != "\x0b\xad":
			p.Text("got " + string(payload))
		case left > 0:
			left--
			p.Text(`{"op":"pong"}`)
		}
	}
}

// leave CODE [REASON...]: closes after the first frame, and takes what else was sent; code 0 is
// none.
func playLeave(p *wstest.Peer, args []string) {
	p.Accept()
	p.ReadFrame()
	code, _ := strconv.Atoi(args[0])
	if code == 0 {
		p.Write(wstest.Frame(wire.OpClose, ""))
	} else {
		p.Close(wire.StatusCode(code), strings.Join(args[1:], " "))
	}
	io.Copy(io.Discard, p.Conn)
}

// refuse STATUS [BODY [FIELD...]]: refuses the handshake.
func playRefuse(p *wstest.Peer, args []string) {
	status, _ := strconv.Atoi(args[0])
	body, header := "", http.Header{}
	if len(args) > 1 {
		body = args[1]
		for _, field := range args[2:] {
			name, value, _ := strings.Cut(field, ": ")
			header.Add(name, strings.TrimSpace(value))
		}
	}
	p.Refuse(status, header, strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(body))
}

// answer @FILE: answers the request with the file as it is, but for line ends, and hangs up.
func playAnswer(p *wstest.Peer, args []string) {
	p.Request()
	p.Write([]byte(strings.ReplaceAll(args[0], "\n", "\r\n")))
}

// raw QUOTED...: answers the request with these bytes, written as Go writes strings, and hangs up.
func playRaw(p *wstest.Peer, args []string) {
	p.Request()
	writeQuoted(p, args)
}

// accept FIELD...: a 101 with these fields; "-Name" leaves one out, "accept=X" is a wrong accept
// value.
func playAccept(p *wstest.Peer, args []string) {
	var opts []wstest.AcceptOption
	for _, arg := range args {
		name, isOut := strings.CutPrefix(arg, "-")
		value, isAccept := strings.CutPrefix(arg, "accept=")
		switch {
		case isOut:
			opts = append(opts, wstest.Without(name))
		case isAccept:
			opts = append(opts, wstest.WrongAccept(value))
		default:
			opts = append(opts, wstest.Field(arg))
		}
	}
	p.Accept(opts...)
	p.Echo()
}

// frames QUOTED...: sends these bytes, written as Go writes strings, and goes on reading.
func playFrames(p *wstest.Peer, args []string) {
	p.Accept()
	writeQuoted(p, args)
	for {
		if _, _, err := p.ReadFrame(); err != nil {
			return
		}
	}
}

func writeQuoted(p *wstest.Peer, args []string) {
	for _, arg := range args {
		b, err := strconv.Unquote(`"` + arg + `"`)
		if err != nil {
			p.T.Errorf("%q: %v", arg, err)
		}
		p.Write([]byte(b))
	}
}

// request: sends the request's head back as a message and closes.
func playRequest(p *wstest.Peer, _ []string) {
	p.Accept()
	p.Text(strings.ReplaceAll(string(p.RawRequest), "\r\n", "\n"))
	p.Close(1000, "")
	p.ReadFrame()
}

// drop: resets the connection when the first frame has come.
func playDrop(p *wstest.Peer, _ []string) {
	p.Accept()
	p.ReadFrame()
	p.Drop()
}

// hangup QUOTED...: sends these bytes after the handshake and ends the stream without a Close
// frame.
func playHangup(p *wstest.Peer, args []string) {
	p.Accept()
	writeQuoted(p, args)
}

// stall: never answers the request.
func playStall(p *wstest.Peer, _ []string) {
	p.Request()
	p.Stall(nil)
}

// wait: takes what comes, whatever it is, and says nothing.
func playWait(p *wstest.Peer, _ []string) {
	io.Copy(io.Discard, p.Conn)
}

// deeper: redirects to one directory below.
func playDeeper(p *wstest.Peer, _ []string) {
	path := strings.TrimSuffix(p.Request().URL.Path, "/")
	p.Refuse(302, http.Header{"Location": {path + "/x"}}, "")
}

// mirror: sends three messages, wants them back as they are, and closes with 1000, or else with
// 4001.
func playMirror(p *wstest.Peer, _ []string) {
	p.Accept()
	code := wire.StatusCode(1000)
	for _, m := range []struct {
		op      wire.Opcode
		payload string
	}{{wire.OpText, "text"}, {wire.OpBinary, "\x00\xff"}, {wire.OpText, ""}} {
		p.Write(wstest.Frame(m.op, m.payload))
		op, payload, err := p.ReadMessage()
		if err != nil || op != m.op || string(payload) != m.payload {
			code = 4001
		}
	}
	p.Close(code, "")
	p.ReadFrame()
}

// mute: shakes hands, and then neither reads nor writes.
func playMute(p *wstest.Peer, _ []string) {
	p.Accept()
	p.Stall(nil)
}

// flood: sends lines until nobody takes them.
func playFlood(p *wstest.Peer, _ []string) {
	p.Accept()
	for p.Flood(1000, "flood") == nil {
	}
}
