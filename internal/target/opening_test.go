package target

import (
	"reflect"
	"strings"
	"testing"
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
