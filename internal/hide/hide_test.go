package hide

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestField(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.e30.abcdefghijk"
	tests := []struct{ name, value, want string }{
		{"Authorization", "Bearer " + jwt, "Bearer <36 bytes hidden>"},
		{"authorization", "basic dXNlcjpwYXNz", "basic <12 bytes hidden>"},
		{"Authorization", "Bearer  x", "Bearer <1 byte hidden>"},
		{"Authorization", "dXNlcjpwYXNz", "<12 bytes hidden>"},
		{"Authorization", "s3cret words", "<12 bytes hidden>"},
		{"Authorization", "Bearer", "<6 bytes hidden>"},
		{"Authorization", "", ""},
		{"Authorization ", "x", "<1 byte hidden>"},
		{"PROXY-AUTHORIZATION", "Negotiate YIIJvwYGKwYBBQUCoIIJszCC", "Negotiate <24 bytes hidden>"},
		{"Cookie", "sid=0123456789; a=b; c=d", "<24 bytes hidden>"},
		{"Set-Cookie", "sid=1; HttpOnly", "<15 bytes hidden>"},
		{"X-Api-Key", "k", "<1 byte hidden>"},
		{"X-Auth-Token", "\x1b[2J", "<4 bytes hidden>"},
		{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="},
		{"Sec-WebSocket-Protocol", "chat, superchat", "chat, superchat"},
		{"Sec-WebSocket-Protocol", "bearer, abc , chat", "bearer, <3 bytes hidden> , chat"},
		{"Sec-WebSocket-Protocol", "chat," + jwt, "chat,<36 bytes hidden>"},
		{"Location", "wss://u:p@h/?token=abc", "wss://<hidden>@h/?token=<3 bytes hidden>"},
		{"Origin", "https://example.com", "https://example.com"},
		{"Date", "Bearer x", "Bearer x"},
	}
	for _, tt := range tests {
		if got := Field(tt.name, tt.value); got != tt.want {
			t.Errorf("%s: %s has become %q, want %q", tt.name, tt.value, got, tt.want)
		}
		if again := Field(tt.name, tt.want); tt.name != "Location" && again != tt.want {
			t.Errorf("%s: %s has become %q when hidden again", tt.name, tt.want, again)
		}
	}
}

func TestProtocols(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"chat", "chat"},
		{"graphql-transport-ws", "graphql-transport-ws"},
		{"v4.base64.channel.k8s.io", "v4.base64.channel.k8s.io"}, // 24 bytes
		{"json.reliable.webpubsub.azure.v1", "json.reliable.webpubsub.azure.v1"},
		{"abcdefghijklmnopqrstuvwxy", "<25 bytes hidden>"},
		{"Bearer,abc", "Bearer,<3 bytes hidden>"},
		{"access_token,abc,chat", "access_token,<3 bytes hidden>,chat"},
		{"bearer,bearer,chat", "bearer,<6 bytes hidden>,chat"},
		{"bearer,", "bearer,"},
		{"v5.channel.k8s.io,base64url.bearer.authorization.k8s.io.c2VjcmV0",
			"v5.channel.k8s.io,base64url.bearer.authorization.k8s.io.<8 bytes hidden>"},
	}
	for _, tt := range tests {
		in := strings.Split(tt.in, ",")
		before := slices.Clone(in)
		if got := strings.Join(Protocols(in), ","); got != tt.want {
			t.Errorf("%s has become %q, want %q", tt.in, got, tt.want)
		}
		if !slices.Equal(in, before) {
			t.Errorf("%q was changed to %q", before, in)
		}
	}
}

func TestURLText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"/chat", "/chat"},
		{"ws://host:80/a@b", "ws://host:80/a@b"},
		{"ws://user:pass@host/", "ws://<hidden>@host/"},
		{"ws://user@host", "ws://<hidden>@host"},
		{"ws://a@b@host?token=x", "ws://<hidden>@host?token=<1 byte hidden>"},
		{"//user@host/", "//<hidden>@host/"},
		{"ws://host/?a=//b@c", "ws://host/?a=//b@c"},
		{"user@host", "user@host"}, // a path
		{"/?token=abcdefghijkl", "/?token=<12 bytes hidden>"},
		{"/?a=1&TOKEN=x&b=%2f;sig=yy", "/?a=1&TOKEN=<1 byte hidden>&b=%2f;sig=<2 bytes hidden>"},
		{"/?%74oken=x", "/?%74oken=<1 byte hidden>"},
		{"/?token=a=b", "/?token=<3 bytes hidden>"},
		{"/?token=", "/?token="},
		{"/?token", "/?token"},
		{"/?%zztoken=x", "/?%zztoken=<1 byte hidden>"},
		{"/?to=/x?token=abc", "/?to=/x?token=<3 bytes hidden>"},
		{"/#access_token=abc", "/#access_token=<3 bytes hidden>"},
		{"/?keys=a&author=b&design=c&page=2", "/?keys=a&author=b&design=c&page=2"},
		{"?token=x", "?token=<1 byte hidden>"},
		{"/?x=1?", "/?x=1?"},
		{"/?&&==&", "/?&&==&"},
	}
	for _, tt := range tests {
		if got := URLText(tt.in); got != tt.want {
			t.Errorf("%s has become %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestSecretNames(t *testing.T) {
	for _, name := range []string{
		"token", "access_token", "key", "api_key", "apikey", "auth", "password", "secret",
		"signature", "sig", "X-Amz-Signature", "id-token", "client_secret", "token[]", "jwt",
		"pass", "passphrase", "authorization", "Proxy-Authorization", "credentials", "ticket", "otp",
		"session_id", "PHPSESSID", "JSESSIONID", "sid", "bearer", "session", "X-Auth",
	} {
		got := URLText("/?" + name + "=12345")
		if want := "/?" + name + "=<5 bytes hidden>"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestURL(t *testing.T) {
	u := &url.URL{
		Scheme: "wss", User: url.UserPassword("us/er@", "p:@/?#"), Host: "[::1]:8443", Path: "/a b",
		RawQuery: "key=1&n=2",
	}
	want := "wss://<hidden>@[::1]:8443/a%20b?key=<1 byte hidden>&n=2"
	if got := URL(u); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := URL(nil); got != "" {
		t.Errorf("of nil: %q", got)
	}
}

func TestHead(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"request",
			"GET /?token=abc&x=1 HTTP/1.1\r\nHost: h\r\n" +
				"AUTHORIZATION:Basic abcd\r\nCookie:  a=b\r\n\r\n",
			"GET /?token=<3 bytes hidden>&x=1 HTTP/1.1\r\nHost: h\r\n" +
				"AUTHORIZATION:Basic <4 bytes hidden>\r\nCookie:  <3 bytes hidden>\r\n\r\n"},
		{"secret at the end", "GET /?token=abc HTTP/1.1\r\n\r\n",
			"GET /?token=<3 bytes hidden> HTTP/1.1\r\n\r\n"},
		{"secret with a space", "GET /?token=a HTTP/1.1 c HTTP/1.1\r\n",
			"GET /?token=<12 bytes hidden> HTTP/1.1\r\n"},
		{"no version", "GET /?token=abc\r\n", "GET /?token=<3 bytes hidden>\r\n"},
		{"response", "HTTP/1.1 101 token=x\r\nSet-Cookie: a=b\r\nServer: x\r\n\r\n",
			"HTTP/1.1 101 token=x\r\nSet-Cookie: <3 bytes hidden>\r\nServer: x\r\n\r\n"},
		{"bare line feeds", "HTTP/1.1 200 OK\nSet-Cookie: a=b\n\n",
			"HTTP/1.1 200 OK\nSet-Cookie: <3 bytes hidden>\n\n"},
		{"folded", "HTTP/1.1 200 OK\r\nSet-Cookie:\r\n\ta=b\r\n  c=d\r\nServer: x\r\n\ty\r\n",
			"HTTP/1.1 200 OK\r\nSet-Cookie:\r\n\t<3 bytes hidden>\r\n  <3 bytes hidden>\r\n" +
				"Server: x\r\n\ty\r\n"},
		{"cut off", "HTTP/1.1 200 OK\r\nSet-Cookie: a=b",
			"HTTP/1.1 200 OK\r\nSet-Cookie: <3 bytes hidden>"},
		{"no colon", "HTTP/1.1 200 OK\r\nSet-Cookie\r\n\r\n", "HTTP/1.1 200 OK\r\nSet-Cookie\r\n\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(Head([]byte(tt.in))); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzHead looks for what a secret of a fixed shape comes through by.
func FuzzHead(f *testing.F) {
	for _, s := range []string{"", "\r\n", " \r\n\t", "bearer, ", ";a=b", "\n ", "Bearer "} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "S3CR3T-S3CR3T-S3CR3T-S3CR3T"
		if strings.Contains(before+after, "S3C") || strings.ContainsAny(before, "\r\n") {
			return
		}
		head := "GET / HTTP/1.1\r\nCookie: " + before + secret + after + "\r\n\r\n"
		if got := Head([]byte(head)); strings.Contains(string(got), secret) {
			t.Errorf("%q has become %q", head, got)
		}
	})
}
