package converse

import (
	"context"
	"strings"
	"time"

	"wsline/internal/answer"
	"wsline/internal/flags"
	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/session"
)

// aliveOptions are the flags about messages that are sent without anybody's typing them.
type aliveOptions struct {
	heartbeat    *wire.Message
	interval     *time.Duration
	reply        *answer.Pattern
	on           []*answer.Rule
	quietReplies bool
}

func (o *aliveOptions) rows() []flags.Row {
	return []flags.Row{
		{Name: "heartbeat", Arg: "MESSAGE", Summary: "send this again and again, for servers that want it",
			Detail: "While the connection is open, and on each that follows it; see [staying " +
				"connected](stay.md#heartbeats-and-answers). It is text, or binary as `@hex:0badf00d`. " +
				"It is not shown.",
			Value: flags.Parsed(&o.heartbeat, parseHeartbeat)},
		{Name: "heartbeat-interval", Arg: "TIME", Summary: "this often (20s)",
			Value: flags.Duration(&o.interval, false)},
		{Name: "heartbeat-reply", Arg: "PATTERN", Summary: "leave with 6 when nothing that matches answers in time",
			Detail: "PATTERN is a jq expression that is true for the answer, or `~` and a regular " +
				"expression. In time is before the next one is sent. A message that matches is not " +
				"printed, and not counted.",
			Value: flags.Parsed(&o.reply, parsePattern)},
		{Name: "on", Arg: "'PATTERN=>REPLY'", Summary: "answer messages that match; repeatable",
			Detail: "Such as `--on '.type==\"ping\"=>{\"type\":\"pong\"}'`. PATTERN is a jq expression, or " +
				"`~` and a regular expression, whose named groups REPLY may have as `${name}`. The first " +
				"that matches answers.",
			Value: flags.Parsed(&o.on, o.another)},
		{Name: "quiet-replies", Summary: "show neither what is answered so nor the answer",
			Value: flags.Switch(&o.quietReplies)},
	}
}

func parseHeartbeat(s string) (*wire.Message, error) {
	m, err := answer.ParseMessage(words.Plain(s))
	return &m, err
}

func parsePattern(s string) (*answer.Pattern, error) {
	p, err := answer.ParsePattern(s)
	return &p, err
}

// another is the rules with one more.
func (o *aliveOptions) another(s string) ([]*answer.Rule, error) {
	r, err := answer.ParseFlag(s)
	return append(o.on, r), err
}

// shortestHeartbeat is the shortest time between heartbeats, as that between pings.
const shortestHeartbeat = 10 * time.Millisecond

func (o *aliveOptions) conflicts() []flags.Conflict {
	return []flags.Conflict{
		{When: o.interval != nil && o.heartbeat == nil,
			Text: "--heartbeat-interval is given without --heartbeat", Hint: "add --heartbeat MESSAGE"},
		{When: o.reply != nil && o.heartbeat == nil,
			Text: "--heartbeat-reply is given without --heartbeat", Hint: "add --heartbeat MESSAGE"},
		{When: o.interval != nil && *o.interval < shortestHeartbeat,
			Text: "--heartbeat-interval is shorter than 10ms"},
	}
}

// usualHeartbeat is how often heartbeats are sent: servers that want them mostly wait for 30 s or 60 s.
const usualHeartbeat = 20 * time.Second

// alive sets what a session needs for the flags, and for /on.
func (c *config) alive(o *aliveOptions, s *session.Config) {
	if o.heartbeat != nil {
		s.Heartbeat = session.Heartbeat{Message: *o.heartbeat, Interval: usualHeartbeat}
		if o.interval != nil {
			s.Heartbeat.Interval = *o.interval
		}
		if o.reply != nil {
			s.Heartbeat.Answers = o.reply.Match
		}
	}
	for _, r := range o.on {
		c.rules.Add(r)
	}
	if c.resume != nil && c.resume.values != nil {
		c.rules.Vars = c.resume.values.Lookup
	}
	if len(o.on) > 0 || c.slash {
		s.Respond = c.rules.Answer
	}
	c.quietReplies = o.quietReplies
}

// looks says that messages are looked at as a whole, whatever their size.
func (o *aliveOptions) looks() bool { return o.reply != nil || len(o.on) > 0 }

// extra are the commands of scripts, and /on.
func (t *talking) extra() command.Extra {
	extra := t.keeper.extra()
	if t.slash {
		extra.Commands = append(extra.Commands, t.onCommand())
	}
	return extra
}

func (t *talking) onCommand() command.Command {
	return command.Command{
		Name: "on", Args: "[PATTERN REPLY|off]", Summary: "answer messages that match, or list what does",
		Detail: "PATTERN is a jq expression that is true for a message, or ~ and a regular expression,\n" +
			"whose named groups REPLY may have as ${name}. It is quoted as in a shell:\n" +
			"/on '.type==\"ping\"' {\"type\":\"pong\"}\n" +
			"@hex:0badf00d is a binary reply. The first that matches answers; /on off ends all.",
		Run: func(_ context.Context, env *command.Env, rest string) error {
			text, err := t.on(rest)
			if err == nil {
				env.Say(text)
			}
			return err
		},
		Complete: func(_ *command.Completion, word string) []string {
			if strings.HasPrefix("off", word) {
				return []string{"off"}
			}
			return nil
		},
	}
}

// on is /on.
func (t *talking) on(rest string) (text string, err error) {
	switch rest = strings.TrimSpace(rest); rest {
	case "":
		var lines []string
		for _, r := range t.rules.List() {
			lines = append(lines, "/on "+r.String())
		}
		if lines == nil {
			return "no message is answered: /on PATTERN REPLY does", nil
		}
		return strings.Join(lines, "\n"), nil
	case "off":
		n := t.rules.Clear()
		if n == 0 {
			return "no message is answered", nil
		}
		return plural.Of(int64(n), "rule") + " ended: no message is answered any more", nil
	}
	r, err := answer.ParseLine(rest)
	if err != nil {
		return "", err
	}
	t.rules.Add(r)
	return "answering what matches " + r.Pattern(), nil
}
