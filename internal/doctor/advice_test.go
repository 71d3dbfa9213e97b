package doctor_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/doctor/software"
)

const nothingLeft = "nothing is left to try from here: the server's log or its code should say what it wants"

func TestWithout(t *testing.T) {
	u := &url.URL{Scheme: "ws", Host: "a.example", Path: "/chat"}
	d := &dial.Config{URL: u}
	tests := []struct {
		hint  string
		tried []string
		want  string
	}{
		{"", nil, ""},
		{"check the path; --diagnose tries common ones", nil, "check the path"},
		{"check the path, then -o http://a.example, then a login; --diagnose finds out", flagsOf(doctor.WithOrigin("http://a.example")),
			"check the path, then a login"},
		{"-o http://a.example sends it, or none at all may do; the code decides",
			flagsOf(doctor.WithOrigin("http://a.example"), doctor.WithoutOrigin()), "the code decides"},
		{"-o http://a.example:81 sends it", flagsOf(doctor.WithOrigin("http://a.example")),
			"-o http://a.example:81 sends it"},
		{"-s mqtt offers it", flagsOf(doctor.Offering("mqtt")), nothingLeft},
		{"-s mqttv3.1 offers it", flagsOf(doctor.Offering("mqtt")), "-s mqttv3.1 offers it"},
		{"-s NAME offers one, such as graphql-transport-ws, mqtt or v12.stomp; --diagnose tries them",
			flagsOf(doctor.Offering("v12.stomp")), "-s NAME offers one"},
		{"does it want TLS (wss://a.example/chat)? if not, check the port, then the path: so apps do; " +
			"--diagnose tries", placeOf(doctor.OtherScheme(d)[0]), "check the port, then the path: so apps do"},
		{"waits; does it want TLS (wss://a.example/chat)?", placeOf(doctor.OtherScheme(d)[0]), "waits"},
		{"check the path of the URL; /ws and /websocket are common", placeOf(doctor.AtPath(d, "/ws")),
			"check the path of the URL"},
		{"its context comes first, as in /app/ws", placeOf(doctor.AtPath(d, "/ws")),
			"its context comes first, as in /app/ws"},
		{"it is at 'ws://a.example/socket.io/?EIO=4'", placeOf(doctor.AtPath(d, "/socket.io/?EIO=4")), nothingLeft},
		{"leave the Origin out, or start it with --x", flagsOf(doctor.WithoutOrigin()), "start it with --x"},
		{"a login, or an Origin (-o http://a.example); the app decides",
			flagsOf(doctor.WithOrigin("http://a.example")), "a login; the app decides"},
		{"leave --host out, or check it, then the path", flagsOf(doctor.WithHost("")), "check it, then the path"},
	}
	for _, tt := range tests {
		if got := doctor.Without(tt.hint, tt.tried); got != tt.want {
			t.Errorf("%q without %q:\n%q, want\n%q", tt.hint, tt.tried, got, tt.want)
		}
	}
}

func flagsOf(list ...doctor.Variant) (flags []string) {
	for _, v := range list {
		flags = append(flags, v.Flags()...)
	}
	return flags
}

func placeOf(v doctor.Variant) []string { return v.Place() }

// What is left of a software's hint when all has been tried that its row names reads well, and names
// none of it.
func TestWithoutWhatRowsTry(t *testing.T) {
	u := &url.URL{Scheme: "ws", Host: "a.example", Path: "/chat"}
	d := &dial.Config{URL: u, Header: []dial.Field{{Name: "Origin", Value: "http://b"}}, Host: "b"}
	at := regexp.MustCompile(`\{at (\S+)\}`)
	offered := regexp.MustCompile(`-s ([a-z]+)`)
	fill := strings.NewReplacer("{origin}", "http://a.example", "{host}", "a.example", "{here}", "/chat",
		"{1}", "one")
	for _, r := range software.Rows() {
		hint := at.ReplaceAllString(fill.Replace(r.Hint), "'ws://a.example$1'")
		variants := []doctor.Variant{doctor.WithOrigin("http://a.example"), doctor.WithoutOrigin(),
			doctor.WithoutSubprotocol(), doctor.WithHost("localhost")}
		for _, m := range offered.FindAllStringSubmatch(hint, -1) {
			variants = append(variants, doctor.Offering(m[1]))
		}
		var tried []string
		for _, v := range variants {
			tried = append(tried, v.Flags()...)
		}
		for _, m := range at.FindAllStringSubmatch(fill.Replace(r.Hint), -1) {
			v := doctor.AtPath(d, m[1])
			tried = append(tried, v.Place()...)
		}
		left := doctor.Without(hint, tried)
		if left != hint {
			t.Logf("%s, %s:\n\t%s\n\t%s", r.Software, r.Name, hint, left)
		}
		first, _, _ := strings.Cut(left, " ")
		if slices.Contains([]string{"then", "or", "and", "for", "too"}, first) ||
			strings.Contains(left, "-o http://a.example") || strings.Contains(left, "--diagnose") ||
			strings.Count(left, "(") != strings.Count(left, ")") || offered.MatchString(left) {
			t.Errorf("%s, %s: %q leaves %q", r.Software, r.Name, hint, left)
		}
	}
}
