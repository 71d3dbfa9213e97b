package cli

import "wsline/format"

// A look is how things are shown, as decided by the flags, the environment and the streams.
type look struct {
	pretty                   format.Pretty
	binaryOut                format.BinaryOut
	timestamps               bool
	stdoutColor, stderrColor bool
	verbose, secrets         bool
}

func lookOf(t *typed, env *Env) look {
	return look{
		pretty: t.pretty, binaryOut: t.binaryOut, timestamps: t.timestamps,
		stdoutColor: wantsColor(t, env, env.StdoutTerminal),
		stderrColor: wantsColor(t, env, env.StderrTerminal),
		verbose:     t.verbose, secrets: t.showSecrets,
	}
}

func (l look) style(env *Env, color bool) format.Style {
	columns, _ := env.Size()
	return format.Style{Color: color, Pretty: l.pretty, Timestamps: l.timestamps, Width: columns}
}

// wantsColor decides for one stream. The flags win over the environment (no-color.org,
// force-color.org).
func wantsColor(t *typed, env *Env, terminal bool) bool {
	switch {
	case t.noColor || t.color == "never":
		return false
	case t.color == "always":
		return true
	case env.Getenv("NO_COLOR") != "":
		return false
	case forced(env.Getenv("FORCE_COLOR")):
		return true
	}
	return terminal && !env.NoColor && env.Getenv("TERM") != "dumb"
}

func forced(value string) bool { return value != "" && value != "0" && value != "false" }
