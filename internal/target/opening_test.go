package target

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"wsline/internal/dial"
)

func TestRecordedWords(t *testing.T) {
	tests := []struct{ args, want string }{
		{"ws://example.com/a", "ws://example.com/a"},
		{"echo: --compress hi", "echo: --compress"},
		{"-H Origin:x --bearer secret ws://h/", "ws://h/ --header Origin:x --bearer '${token}'\n" +
			"give it: --secret token=…"},
		{"--bearer @file ws://h/", "ws://h/ --bearer @file"},
		{"-H Authorization:a --auth u:b --cookie a=b ws://h/",
			"ws://h/ --header 'Authorization: ${token}' --auth 'u:${password}' --cookie '${cookie}'\n" +
				"give it: --secret token=…\ngive it: --secret password=…\ngive it: --secret cookie=…"},
		{"-H Proxy-Authorization:a -H Authorization:b ws://h/",
			"ws://h/ --header 'Proxy-Authorization: ${token}' --header 'Authorization: ${token2}'\n" +
				"give it: --secret token=…\ngive it: --secret token2=…"},
		{"-H @file --passphrase=secret --cert c ws://h/",
			"ws://h/ --header @file --passphrase='${passphrase}' --cert c\n" +
				"give it: --secret passphrase=…"},
		{"-s bearer,abcdefghijklmnopqrstuvwxyz012 ws://h/",
			"ws://h/ --subprotocol '${subprotocol}'\ngive it: --secret subprotocol=…"},
		{"-H X:${a} ws://h/${b}", "'ws://h/$${b}' --header 'X:$${a}'"},
		{"-s chat --compress=false -4 ws://h/", "ws://h/ --subprotocol chat --compress=false --ipv4"},
		{"--proxy http://u:p@h ws://h/", "ws://h/ --proxy '${proxy}'\ngive it: --secret proxy=…"},
		{"ws://user:pw@h/a?x=1&token=secret&y", "'ws://user:${password}@h/a?x=1&token=${token}&y'\n" +
			"give it: --secret password=…\ngive it: --secret token=…"},
		{"h:80/?API_KEY=k", "'h:80/?API_KEY=${api_key}'\ngive it: --secret api_key=…"},
	}
	for _, tt := range tests {
		words, err := ReadWords(strings.Fields(tt.args))
		if err != nil {
			t.Fatal(err)
		}
		o := words.Opening(words.line.Args[0])
		got := strings.Join(append([]string{o.Words}, o.Notes...), "\n")
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.args, got, tt.want)
		}
		if again := OpeningOf(o.Words); !reflect.DeepEqual(again, o) {
			t.Errorf("%s: of a recording %+v", tt.args, again)
		}
	}
}

// A browser's handshake, in which secrets may be hidden already.
func TestRecordedHandshake(t *testing.T) {
	const ours = "Host: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n" +
		"Sec-WebSocket-Version: 13\r\n"
	tests := []struct{ url, fields, want string }{
		{"ws://h/", ours + "User-Agent: wsline/1\r\n", "ws://h/"},
		{"ws://h/a?x=1&token=s3cret", ours + "User-Agent: Mozilla/5.0 (X11)\r\nOrigin: http://o\r\n" +
			"Sec-WebSocket-Protocol: chat, superchat\r\nAccept-Language: en\r\n" +
			"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
			"'ws://h/a?x=1&token=${token}' --user-agent 'Mozilla/5.0 (X11)' --origin http://o " +
				"--subprotocol chat,superchat --header 'Accept-Language: en' --compress\n" +
				"give it: --secret token=…"},
		{"ws://h/?token=%3C5%20bytes%20hidden%3E", "Host: other\r\nCookie: <9 bytes hidden>\r\n" +
			"Authorization: Bearer <7 bytes hidden>\r\nX-Api-Key: <2 bytes hidden>\r\n",
			"'ws://h/?token=${token}' --host other --cookie '${cookie}' --bearer '${token2}' " +
				"--header 'X-Api-Key: ${x-api-key}'\n" +
				"give it: --secret token=…\ngive it: --secret cookie=…\n" +
				"give it: --secret token2=…\ngive it: --secret x-api-key=…"},
		{"ws://h/", "Authorization: Basic dTpw\r\nAuthorization: Bearer @file\r\n:method: CONNECT\r\n" +
			"X: a\x01b\r\nY:\r\nX-V: ${v}\r\n-H: x\r\n",
			"ws://h/ --header 'Authorization: Basic ${token}' --header 'Authorization: Bearer ${token2}'" +
				" --header 'X-V: $${v}' --header '-H: x'\n" +
				"give it: --secret token=…\ngive it: --secret token2=…"},
	}
	for _, tt := range tests {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		h := &dial.Handshake{URL: u, Request: []byte("GET / HTTP/1.1\r\n" + tt.fields + "\r\n")}
		var r Recorded
		o := r.Opening(h)
		if got := strings.Join(append([]string{o.Words}, o.Notes...), "\n"); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.fields, got, tt.want)
		}
	}
}

// Two connections of a recording: what is another secret has another variable.
func TestRecordedHandshakes(t *testing.T) {
	var r Recorded
	var got []string
	for _, token := range []string{"a", "b", "a"} {
		h := &dial.Handshake{URL: &url.URL{Scheme: "ws", Host: "h", Path: "/"}}
		h.Request = []byte("GET / HTTP/1.1\r\nAuthorization: Bearer " + token + "\r\n\r\n")
		o := r.Opening(h)
		got = append(got, o.Words, strings.Join(o.Notes, "\n"))
	}
	want := []string{
		"ws://h/ --bearer '${token}'", "give it: --secret token=…",
		"ws://h/ --bearer '${token2}'", "give it: --secret token2=…",
		"ws://h/ --bearer '${token}'", "give it: --secret token=…",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if o := r.Opening(nil); o.Words != "" {
		t.Errorf("of nothing %q", o.Words)
	}
}
