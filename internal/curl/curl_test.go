package curl

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wsline/internal/exit"
)

// nothing is a world without files.
var nothing = World{
	ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	Now:      time.Unix(1_800_000_000, 0),
}

func TestTranslate(t *testing.T) {
	for _, tt := range []struct {
		words string // between bars
		want  string // between bars, or "error: ..."
		left  string
	}{
		{"ws://h/", "ws://h/", ""},
		{"https://h/a?b#c", "wss://h/a?b#c", ""},
		{"HTTP://h", "ws://h", ""},
		{"h:8080/x", "ws://h:8080/x", ""},
		{"--url|ws://h/", "ws://h/", ""},
		{"echo:", "ws://echo:", ""}, // a host with curl
		{"ws://h|-H|A: b|-HC:d|-H|E;|-H|Accept:|-H|nothing", "-H|A: b|-H|C: d|-H|E:|ws://h", ""},
		{"-H|@fields|h", "-H|@fields|ws://h", ""},
		{"-H|@-|h", "error: curl's -H @- reads stdin, which is not read here", ""},
		{"-b|a=b; c=d;|h", "-H|Cookie: a=b; c=d|ws://h", ""},
		{"-ba=b|--cookie|c=d|h", "-H|Cookie: a=b; c=d|ws://h", ""},
		{"-b|a=b|-H|cookie: x=y|h", "-H|cookie: x=y|ws://h", ""},
		{"-b||h", "ws://h", ""},
		{"-b|jar|h", `error: curl's -b: cannot read the cookies in "jar": file does not exist`, ""},
		{"-u|me:secret|h", "--auth=me:secret|ws://h", ""},
		{"-u|me:p@ss|ws://you:other@h/@", "--auth=me:p@ss|ws://h/@", ""},
		{"-u|me:p|-H|authorization: x|h", "-H|authorization: x|ws://h", ""},
		{"--oauth2-bearer|@t|h", "-H|Authorization: Bearer @t|ws://h", ""},
		{"-A|me|h", "--user-agent=me|ws://h", ""},
		{"-A|me|-H|User-Agent: you|h", "-H|User-Agent: you|ws://h", ""},
		{"-A||h", "ws://h", "-A '' (wsline always sends a User-Agent)"},
		{"-H|User-Agent:|h", "ws://h", "-H User-Agent: (wsline always sends one)"},
		{"-e|http://a/;auto|h", "-H|Referer: http://a/|ws://h", ""},
		{"-kL4|h", "--ipv4|--insecure|--location|ws://h", ""},
		{"-4|-6|h", "--ipv6|ws://h", ""},
		{"-k|--no-insecure|h", "ws://h", ""},
		{"-L|--max-redirs|3|h", "--location|--max-redirects=3|ws://h", ""},
		{"-L|--max-redirs|-1|h", "--location|--max-redirects=1000|ws://h", ""},
		{"-L|--max-redirs|0|h", "ws://h", ""},
		{"--location-trusted|h", "--location|ws://h",
			"--location-trusted (followed, but credentials never go to another host)"},
		{"-x|p:3128|-U|a:b/c|h", "--proxy=http://a:b%2Fc@p:3128|ws://h", ""},
		{"-x|p|h", "--proxy=http://p:1080|ws://h", ""},
		{"-x|https://p|h", "--proxy=https://p|ws://h", ""},
		{"-x|[::1]|h", "--proxy=http://[::1]:1080|ws://h", ""},
		{"--socks5-hostname|p|h", "--proxy=socks5h://p:1080|ws://h", ""},
		{"--socks4|p|h", "error: wsline has nothing like curl's --socks4", ""},
		{"--resolve|+h:80:1.2.3.4,::1|h", "--resolve=h:80:1.2.3.4|ws://h",
			"what follows the first address of --resolve"},
		{"--cacert|ca|-E|c:d:pw|--key|k|h", "--ca=ca|--cert=c|--key=k|--passphrase=d:pw|ws://h", ""},
		{`-E|C:\a\:b|h`, `--cert=C:\a:b|ws://h`, ""},
		{"--tlsv1.3|h", "--tls-min=1.3|ws://h", ""},
		{"--connect-timeout|2.5|-m|10|h", "--connect-timeout=2.5|ws://h", "-m (it limits connecting alone)"},
		{"-m|x|h", `error: curl's -m: "x" is not a number of seconds`, ""},
		{"--unix-socket|/s|h", "--unix-socket=/s|ws://h", ""},
		{"-i|h", "--verbose|ws://h", ""},
		{"-sSvN#g|--compressed|--http1.1|h", "--verbose|ws://h", ""},
		{"--no-buffer|--no-alpn|h", "ws://h", ""},
		{"-X|GET|h", "ws://h", ""},
		{"-XPOST|-d|x|-o|f|-O|--http2|-d|y|h", "ws://h", "-X POST, -d, -o, -O, --http2"},
		{"--no-url|h", "error: curl has no option --no-url", ""},
		{"--headr|A: b|h", "error: curl has no option --headr", ""},
		{"--header=A: b|h", "error: curl has no option --header=", ""},
		{"-?|h", "error: curl has no option -?", ""},
		{"h|-H", "error: curl's -H needs an argument", ""},
		{"h|--header", "error: curl's --header needs an argument", ""},
		{"-k", "error: there is no URL in the curl command", ""},
		{"h|i", "error: the curl command has 2 URLs, and a connection has one", ""},
		{"h|--next|i", "error: wsline has nothing like curl's --next", ""},
		{`ws://h/\[a\]?\{b,c\}`, "ws://h/[a]?{b,c}", ""},
		{"ws://[::1]:80/[a]?{b}", "ws://[::1]:80/[a]?{b}", ""},
		{"ws://h/{a,b}", `error: "{a,b}" stands for several URLs with curl, and a connection has one`, ""},
		{"ws://h/[1-3:2]", `error: "[1-3:2]" stands for several URLs with curl, and a connection has one`, ""},
		{`-g|ws://h/[1-3]\[`, `ws://h/[1-3]\[`, ""},
		{"h|--|--expect|x|hello|--|-5", "ws://h|--expect|x|hello|--|-5", ""},
		{"-H|--|h", "ws://h", ""},

		// The handshake.
		{"h|-H|Upgrade: WebSocket|-H|connection: keep-alive, Upgrade|-H|Sec-WebSocket-Version: 13|" +
			"-H|Sec-WebSocket-Key: PexCI3krvYLxhGnpIK9OLw==|-H|Accept-Encoding: br|-H|Content-Length: 0",
			"ws://h", ""},
		{"h|-H|Sec-WebSocket-Version: 8|-H|Connection: close|-H|Sec-WebSocket-Key: short|-H|Upgrade: h2c",
			"--raw-header=Sec-WebSocket-Version: 8|--raw-header=Connection: close|" +
				"--raw-header=Sec-WebSocket-Key: short|--raw-header=Upgrade: h2c|ws://h", ""},
		{"h|-H|Origin: null|-H|Sec-WebSocket-Protocol: a, b", "-o|null|-s|a, b|ws://h", ""},
		{"h|-H|Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-y",
			"--compress|ws://h", "the extension x-y"},
		{"wss://h:443/|-H|Host: H", "wss://h:443/", ""},
		{"wss://h/|-H|Host: h:443", "wss://h/", ""},
		{"ws://h/|-H|Host: h:443", "--host=h:443|ws://h/", ""},
		{"ws://127.0.0.1:1/|-H|host: app.example", "--host=app.example|ws://127.0.0.1:1/", ""},
	} {
		c, err := Translate(strings.Split(tt.words, "|"), nothing)
		if err != nil {
			var usage *exit.UsageError
			if !errors.As(err, &usage) || "error: "+usage.Text != tt.want {
				t.Errorf("%s: %v, want %s", tt.words, err, tt.want)
			}
			continue
		}
		got, left := strings.Join(c.Words, "|"), strings.Join(c.LeftOut, ", ")
		if got != tt.want || left != tt.left {
			t.Errorf("%s:\ngot  %s\nwant %s\nleft out: got %q, want %q", tt.words, got, tt.want, left, tt.left)
		}
	}
}

func TestNoCommand(t *testing.T) {
	for words, want := range map[string]Command{
		"--help":            {Help: true},
		"-V|h":              {Help: true},
		"--as-wsline|-k|h":  {Print: true, Words: []string{"--insecure", "ws://h"}},
		"-d|--as-wsline|h":  {Words: []string{"ws://h"}, LeftOut: []string{"-d"}},
		"h|--|--as-wsline2": {Words: []string{"ws://h", "--as-wsline2"}},
	} {
		if got, err := Translate(strings.Split(words, "|"), nothing); err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %+v, %v", words, got, err)
		}
	}
}

func TestCookieFile(t *testing.T) {
	const jar = "# Netscape HTTP Cookie File\r\n\n" +
		"example.com\tFALSE\t/\tFALSE\t0\troot\t1\r\n" +
		"example.com\tFALSE\t/chat\tFALSE\t1900000000\tdeep\t2\n" +
		"#HttpOnly_.example.com\tTRUE\t/\tTRUE\t0\tsecure\t3\n" +
		"example.com\tFALSE\t/\tFALSE\t1700000000\told\t4\n" +
		"example.com\tFALSE\t/chatter\tFALSE\t0\tother\t5\n" +
		"other.example\tFALSE\t/\tFALSE\t0\tforeign\t6\n" +
		"example.com\tFALSE\t/\tFALSE\t0\tempty\n"
	w := World{Now: nothing.Now, ReadFile: func(string) ([]byte, error) { return []byte(jar), nil }}
	for address, want := range map[string]string{
		"ws://example.com/chat/room": "Cookie: deep=2; root=1; empty=",
		"wss://EXAMPLE.com":          "Cookie: root=1; secure=3; empty=",
		"wss://sub.example.com/":     "Cookie: secure=3",
	} {
		c, err := Translate([]string{"-b", "jar", address}, w)
		if err != nil || !reflect.DeepEqual(c.Words, []string{"-H", want, address}) {
			t.Errorf("%s: %+v, %v", address, c, err)
		}
	}
	c, err := Translate([]string{"-b", "jar", "ws://h"}, w)
	if err != nil || !reflect.DeepEqual(c.LeftOut, []string{"-b jar (no cookie in it is for this URL)"}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// What the developer tools of Chromium copy for bash is the same as what they copy for Windows.
func TestDevTools(t *testing.T) {
	files, err := filepath.Glob("testdata/devtools/*.unix.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		var both [2]*Command
		for i, path := range []string{file, strings.Replace(file, ".unix.", ".win.", 1)} {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all, err := Commands(string(text))
			if err != nil || len(all) != 1 {
				t.Fatalf("%s: %d commands, %v", path, len(all), err)
			}
			if !IsWebSocket(all[0]) {
				t.Errorf("%s is none for a WebSocket", path)
			}
			if both[i], err = Translate(all[0], nothing); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		if !reflect.DeepEqual(both[0], both[1]) || both[0].LeftOut != nil {
			t.Errorf("%s:\nbash    %+v\nWindows %+v", file, *both[0], *both[1])
		}
		want, err := os.ReadFile(strings.Replace(file, ".unix.", ".words.", 1))
		if got := strings.Join(both[0].Words, "\n") + "\n"; err != nil || got != string(want) {
			t.Errorf("%s: %v\ngot\n%s", file, err, got)
		}
	}
}

// Each option of the curl that is here is known, and whether it takes an argument.
func TestOptionsOfCurl(t *testing.T) {
	help, err := exec.CommandContext(t.Context(), "curl", "--help", "all").Output()
	if err != nil {
		if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
			t.Fatal("there is no curl here, and WSLINE_REQUIRE_LIVE is set")
		}
		t.Skip("there is no curl here")
	}
	line := regexp.MustCompile(`(?m)^ (?:-(.), |    ) *--(\S+)( [<\[]\S)?`)
	all := line.FindAllStringSubmatch(string(help), -1)
	if len(all) < 200 {
		t.Fatalf("the help has %d options", len(all))
	}
	for _, m := range all {
		letter, name, takesArg := m[1], m[2], m[3] != "" && m[2] != "help"
		o := find(name)
		if o == nil {
			o = find(strings.TrimPrefix(name, "no-"))
		}
		if o == nil || o.takesArg != takesArg || o.letter != letter {
			t.Errorf("-%s --%s, with an argument: %v; we have %+v", letter, name, takesArg, o)
		}
	}
}

func TestOptionsAreSorted(t *testing.T) {
	if !slices.IsSortedFunc(options, func(a, b option) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the options are not sorted")
	}
}
