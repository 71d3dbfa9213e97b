//go:build linux

package live

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// seen is a frame as wsline and as tshark see it: what both tell of.
type seen struct {
	Out    bool
	Fin    bool
	RSV    int
	Opcode int
	Key    string // in hexadecimal, "" for none
	Length int
}

// orders make the server send frames of every kind.
var orders = "fragmented\nbetween\ncompressed\nagain\nbinary\nlong\nlonger\nempty\nping\npong\n" +
	strings.Repeat("a message that is compressed ", 9) + "\nbye\n"

// TestTshark compares the frames that --frames shows with those that tshark decodes from a capture of
// the same conversation on the loopback interface.
func TestTshark(t *testing.T) {
	server := nodeServer(t, "frames.js")
	for _, tt := range []struct {
		name   string
		args   []string
		frames func(t *testing.T, r result) []seen
	}{
		{"lines", nil, func(t *testing.T, r result) []seen { return shownFrames(t, r.stderr) }},
		{"JSON", []string{"--json"}, func(t *testing.T, r result) []seen { return framesOf(t, r.stdout) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			capture := startCapture(t, server.addr)
			args := append(tt.args, "--frames", "--compress", "--wait", "-1", "ws://"+server.addr)
			r := pipe(t, orders, args...)
			if r.code != 8 {
				t.Fatalf("exit code %d: %s", r.code, r.stderr)
			}
			ours, theirs := tt.frames(t, r), capture()
			if len(ours) < 25 {
				t.Errorf("only %d frames", len(ours))
			}
			// Which of two frames of different directions was first is not for either to know.
			for _, out := range []bool{true, false} {
				compareFrames(t, only(ours, out), only(theirs, out))
			}
		})
	}
}

// A line is such as "* 12:00:00.123456 > text         FIN        16 bytes  RSV1  mask 365ec5e2  …".
var frameLine = regexp.MustCompile(
	`^\* \S+ ([<>]) (\w+) +(FIN|no-FIN) +(\d+) bytes?(?:  (RSV\S+))?(?:  mask (\w+))?`)

// shownFrames reads the lines that people see.
func shownFrames(t *testing.T, lines string) (list []seen) {
	t.Helper()
	opcodes := map[string]int{
		"continuation": 0, "text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10,
	}
	for line := range strings.Lines(lines) {
		m := frameLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		s := seen{Out: m[1] == ">", Fin: m[3] == "FIN", Opcode: opcodes[m[2]], Key: m[6]}
		s.Length, _ = strconv.Atoi(m[4])
		if m[5] == "RSV1" {
			s.RSV = 4
		}
		list = append(list, s)
	}
	return list
}

func compareFrames(t *testing.T, ours, theirs []seen) {
	t.Helper()
	for i := range max(len(ours), len(theirs)) {
		switch {
		case i >= len(ours):
			t.Errorf("tshark saw %+v too", theirs[i])
		case i >= len(theirs):
			t.Errorf("wsline saw %+v too", ours[i])
		case ours[i] != theirs[i]:
			t.Errorf("frame %d: wsline saw %+v, tshark %+v", i, ours[i], theirs[i])
		}
	}
}

func only(frames []seen, out bool) (list []seen) {
	for _, f := range frames {
		if f.Out == out {
			list = append(list, f)
		}
	}
	return list
}

// framesOf reads the frames of JSON lines.
func framesOf(t *testing.T, lines string) (list []seen) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var ev struct {
			Type, Dir, Key string
			Fin            bool
			RSV            int `json:"rsv"`
			Opcode, Length int
		}
		if !strings.HasPrefix(line, `{"type":"frame"`) {
			continue
		}
		if err := json.Unmarshal([]byte(line), &ev); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, seen{ev.Dir == "out", ev.Fin, ev.RSV, ev.Opcode, ev.Key, ev.Length})
	}
	return list
}

// startCapture captures what goes to and from addr. The function that it returns ends that and decodes
// the frames.
func startCapture(t *testing.T, addr string) func() []seen {
	t.Helper()
	tshark := program(t, "tshark")
	_, port, _ := net.SplitHostPort(addr)
	file := filepath.Join(t.TempDir(), "loopback.pcapng")
	cmd := exec.Command(tshark, "-q", "-i", "lo", "-f", "tcp port "+port, "-w", file)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	said, capturing := "", false
	in := bufio.NewScanner(stderr)
	for !capturing && in.Scan() {
		said += in.Text() + "\n"
		capturing = strings.Contains(in.Text(), "Capturing on")
	}
	if !capturing {
		cmd.Wait()
		missing(t, "tshark cannot capture: "+said)
	}
	awaitCapture(t, file, addr)
	return func() []seen {
		awaitCapture(t, file, addr)
		cmd.Process.Signal(syscall.SIGINT)
		for in.Scan() { // until it has ended
		}
		cmd.Wait()
		return decode(t, tshark, file, port)
	}
}

// awaitCapture connects to addr without a word until the capture has grown by that: then it also has all
// that was before.
func awaitCapture(t *testing.T, file, addr string) {
	t.Helper()
	size := func() int64 {
		info, err := os.Stat(file)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	before := size()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if nc, err := net.Dial("tcp", addr); err == nil {
			nc.Close()
		}
		for range 20 { // a capture is written several times a second
			if size() > before && before > 0 {
				return
			}
			if before == 0 {
				before = size()
			}
			time.Sleep(25 * time.Millisecond)
		}
	}
	t.Fatal("tshark captures nothing")
}

// field is an element of PDML, the XML in which tshark describes packets.
type field struct {
	Name   string  `xml:"name,attr"`
	Show   string  `xml:"show,attr"`
	Value  string  `xml:"value,attr"`
	Protos []field `xml:"proto"`
	Fields []field `xml:"field"`
}

func decode(t *testing.T, tshark, file, port string) (list []seen) {
	t.Helper()
	cmd := exec.Command(tshark, "-r", file, "-d", "tcp.port=="+port+",http", "-T", "pdml")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	var doc struct {
		Packets []field `xml:"packet"`
	}
	if err := xml.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	for _, packet := range doc.Packets {
		toServer := false
		for _, proto := range packet.Protos {
			switch proto.Name {
			case "tcp":
				to, _ := proto.find("tcp.dstport")
				toServer = to.Show == port
			case "websocket":
				list = append(list, proto.frame(t, toServer))
			}
		}
	}
	return list
}

// find is the first field of that name, at any depth.
func (f field) find(name string) (field, bool) {
	for _, sub := range f.Fields {
		if sub.Name == name {
			return sub, true
		}
		if found, ok := sub.find(name); ok {
			return found, true
		}
	}
	return field{}, false
}

func (f field) frame(t *testing.T, out bool) seen {
	t.Helper()
	number := func(name string) int {
		sub, ok := f.find(name)
		n, err := strconv.ParseInt(sub.Show, 0, 64)
		if !ok || err != nil {
			t.Fatalf("%s: %+v, %v", name, sub, err)
		}
		return int(n)
	}
	s := seen{
		Out: out, Fin: number("websocket.fin") == 1, RSV: number("websocket.rsv"),
		Opcode: number("websocket.opcode"), Length: number("websocket.payload_length"),
	}
	switch s.Length {
	case 126:
		s.Length = number("websocket.payload_length_ext_16")
	case 127:
		s.Length = number("websocket.payload_length_ext_64")
	}
	if key, ok := f.find("websocket.masking_key"); ok {
		raw, err := hex.DecodeString(key.Value)
		if err != nil {
			t.Fatal(err)
		}
		s.Key = fmt.Sprintf("%x", raw)
	}
	return s
}
