package session

import "testing"

func TestHTTPError(t *testing.T) {
	for _, c := range []struct{ came, want, body string }{
		{"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nabcde",
			"an HTTP response came in place of a frame: 400 Bad Request", "abc"},
		{"HTTP/1.1 400 Bad Request\r\nContent-Length: 30\r\n\r\nabc",
			"an HTTP response came in place of a frame: 400 Bad Request", "abc"},
		{"HTTP/1.1 400 Bad", "", ""}, {"HTTP/1.", "", ""}, {"H", "", ""}, {"\x81\x05HTTP/", "", ""}, {"", "", ""},
	} {
		err := httpError([]byte(c.came))
		if c.want == "" {
			if err != nil {
				t.Errorf("%q: %v", c.came, err)
			}
			continue
		}
		if e, ok := err.(*HTTPError); !ok || e.Error() != c.want || e.Body != c.body {
			t.Errorf("%q: %#v", c.came, err)
		}
	}
}
