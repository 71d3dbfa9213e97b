package script

import (
	"regexp"
	"testing"
)

func TestSample(t *testing.T) {
	for _, expr := range []string{
		`^order (?P<n>\d+) of (?P<who>[A-Z]\w+)$`, `a|b`, `(ab){2,3}c?`, `[^a]+x*`, `\bend$`, ``, `(?i)ok`,
	} {
		re := regexp.MustCompile(expr)
		text, ok := sampleOf(re)
		if !ok || !re.MatchString(text) {
			t.Errorf("sampleOf(%s) = %q, %t", expr, text, ok)
		}
	}
	if text, ok := sampleOf(regexp.MustCompile(`[^\x00-\x{10FFFF}]`)); ok {
		t.Errorf("nothing matches, and %q was found", text)
	}
}

func TestSampleText(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{`{"type":"echo","timestamp":"...","...":"..."}`, `{"type":"echo","timestamp":"..."}`},
		{`[1, "...", {"a": "x\\..."}]`, `[1, {"a": "x..."}]`},
		{`Hello, ...!`, `Hello, ...!`},
		{`literal \...`, `literal ...`},
	}
	for _, tt := range tests {
		got := sampleText([]byte(tt.pattern))
		if string(got) != tt.want {
			t.Errorf("sampleText(%s) = %s, want %s", tt.pattern, got, tt.want)
		}
		if diff := CompareText([]byte(tt.pattern), got); diff != nil {
			t.Errorf("%s does not match its sample %s: %v", tt.pattern, got, diff)
		}
	}
}
