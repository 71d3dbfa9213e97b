package phrase

import (
	"net/http"
	"strconv"
	"testing"
)

func TestStatusText(t *testing.T) {
	for status, want := range map[string]string{
		"404 Not Found":                       "404 Not Found",
		"404":                                 "404 Not Found",
		"404 not found":                       "404 Not Found",
		"504 Gateway Time-out":                "504 Gateway Timeout",
		"503 Service Temporarily Unavailable": "503 Service Unavailable",
		"418 I'm a teapot":                    "418 I'm a teapot",
		"413 Payload Too Large":               "413 Request Entity Too Large",
		"400 Missing subprotocol":             `400 "Missing subprotocol"`,
		"403 Forbidden: Origin":               `403 "Forbidden: Origin"`,
		"599 \x1b[2J":                         `599 "\x1b[2J"`,
		"599":                                 "599",
	} {
		resp := &http.Response{Status: status}
		for _, c := range status[:3] {
			resp.StatusCode = resp.StatusCode*10 + int(c-'0')
		}
		if got := Status(resp, strconv.Quote); got != want {
			t.Errorf("%q: got %s, want %s", status, got, want)
		}
	}
}
