package match

import (
	"regexp"
	"testing"
)

func TestSampleRegexp(t *testing.T) {
	for _, expr := range []string{
		`^order (?P<n>\d+) of (?P<who>[A-Z]\w+)$`, `a|b`, `(ab){2,3}c?`, `[^a]+x*`, `\bend$`, ``, `(?i)ok`,
	} {
		re := regexp.MustCompile(expr)
		text, ok := SampleRegexp(re)
		if !ok || !re.MatchString(text) {
			t.Errorf("SampleRegexp(%s) = %q, %t", expr, text, ok)
		}
	}
	if text, ok := SampleRegexp(regexp.MustCompile(`[^\x00-\x{10FFFF}]`)); ok {
		t.Errorf("nothing matches, and %q was found", text)
	}
}

func TestSample(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{`{"type":"echo","timestamp":"...","...":"..."}`, `{"type":"echo","timestamp":"..."}`},
		{`[1, "...", {"a": "x\\..."}]`, `[1, {"a": "x..."}]`},
		{`Hello, ...!`, `Hello, ...!`},
		{`literal \...`, `literal ...`},
	}
	for _, tt := range tests {
		got := Sample([]byte(tt.pattern))
		if string(got) != tt.want {
			t.Errorf("Sample(%s) = %s, want %s", tt.pattern, got, tt.want)
		}
		if diff := Text([]byte(tt.pattern), got); diff != nil {
			t.Errorf("%s does not match its sample %s: %v", tt.pattern, got, diff)
		}
	}
}
