package version

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	build := func(version, revision, modified string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		if revision != "" {
			info.Settings = []debug.BuildSetting{
				{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified},
			}
		}
		return info
	}
	for want, info := range map[string]*debug.BuildInfo{
		"1.2.3":                      build("v1.2.3", "0123456789abcdef", "false"),
		"devel-0123456789ab":         build("(devel)", "0123456789abcdef", "false"),
		"devel-0123456789ab+changed": build("", "0123456789abcdef", "true"),
		"devel":                      build("(devel)", "", ""),
	} {
		if got := of(info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
