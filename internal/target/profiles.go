package target

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/words"
)

// A Layering is how profiles come under flags that were typed.
type Layering struct {
	Typed   []flags.Given
	Address string // that was typed
	// Layers are the profiles, the weakest first, nil for none.
	Layers []*profile.Profile
	// All tells that flags which are not about connecting count too. Else they are left out.
	All bool
}

// Under is what stands under the flags that were typed. Of those about the same thing the stronger stays,
// as with the defaults of a /connect; others, and lists, are added. Errors are *exit.UsageError.
func (l Layering) Under() (u flags.Under, err error) {
	isOurs := connecting()
	u.Places = map[string]string{}
	merged := &Defaults{}
	var others []flags.Given
	for _, p := range l.Layers {
		if p == nil {
			continue
		}
		if p.Section.Name == profile.Default {
			if err := refuseLogins(p); err != nil {
				return u, err
			}
		}
		var list []flags.Given
		for _, f := range p.Flags {
			list = append(list, f.Given)
			u.Places[f.Row.Name] = fmt.Sprintf("%s:%d", p.File.Name, f.Number)
			if f.IsSecret {
				u.Hidden = append(u.Hidden, words.Unmark(f.Word()))
			}
		}
		u.Address = cmp.Or(p.Address, u.Address)
		u.Secrets = append(u.Secrets, p.Secrets...)
		others = append(above(others, list), slices.DeleteFunc(slices.Clone(list), isOurs)...)
		if merged, err = merged.over(p, list, isOurs); err != nil {
			return u, profile.Hide(err, u.Secrets)
		}
	}
	own, err := optionsOf(l.Typed, isOurs)
	if err != nil {
		return u, err
	}
	left, err := merged.before(own, words.Unmark(cmp.Or(u.Address, l.Address)))
	if err != nil {
		return u, err
	}
	for _, g := range above(others, l.Typed) {
		if l.All {
			u.Words = append(u.Words, g.Word())
			u.Others = append(u.Others, g.Typed()...)
		}
	}
	for _, g := range left {
		u.Words = append(u.Words, g.word())
	}
	return u, nil
}

// connecting tells which flags are those of Options.
func connecting() func(flags.Given) bool {
	names := map[string]bool{}
	for _, name := range Names() {
		names[name] = true
	}
	return func(g flags.Given) bool { return names[g.Row.Name] }
}

// above are flags but those in whose place stronger ones stand: the same that is no list, and --slash for
// --no-slash.
func above(list, stronger []flags.Given) []flags.Given {
	return slices.DeleteFunc(slices.Clone(list), func(g flags.Given) bool {
		return slices.ContainsFunc(stronger, func(s flags.Given) bool {
			same := s.Row.Name == g.Row.Name && !g.Row.Value.Adds()
			return same || s.Row.Name == "no-"+g.Row.Name || g.Row.Name == "no-"+s.Row.Name
		})
	})
}

// optionsOf are the options of those flags that are about connecting.
func optionsOf(list []flags.Given, isOurs func(flags.Given) bool) (*Options, error) {
	var args []string
	for _, g := range list {
		if isOurs(g) && g.Row.Name != "connect" {
			args = append(args, g.Word())
		}
	}
	return ReadWords(args)
}

// over are the defaults under a profile.
func (d *Defaults) over(p *profile.Profile, list []flags.Given, isOurs func(flags.Given) bool) (*Defaults, error) {
	own, err := optionsOf(list, isOurs)
	if p.Address != "" && err == nil {
		if err := checkAddress(words.Unmark(p.Address)); err != nil {
			f := exit.FaultOf(err)
			return nil, p.File.At(p.Section.Address.Number, f.Hint, "%s", f.Message)
		}
	}
	if err == nil {
		own, err = d.With(own, words.Unmark(p.Address))
	}
	if err != nil {
		f := exit.FaultOf(err)
		return nil, p.File.At(p.Section.Number, f.Hint, "[%s]: %s", p.Section.Name, f.Message)
	}
	return own.Defaults()
}

// refuseLogins refuses credentials that every server would get.
func refuseLogins(p *profile.Profile) error {
	for _, f := range p.Flags {
		g := given{row: f.Row, arg: words.Unmark(f.Arg), hidden: f.IsSecret}
		switch f.Row.Name {
		case "header":
			if path, isFile := strings.CutPrefix(g.arg, "@"); isFile {
				fields, err := givenFields([]string{"@" + path})
				if err != nil {
					return err
				}
				for _, field := range fields {
					g.hidden = g.hidden || given{row: f.Row, arg: field.Name + ": " + field.Value}.secret()
				}
			}
		case "auth", "bearer", "cookie", "raw-header", "subprotocol":
		default:
			continue
		}
		if g.secret() {
			return p.File.At(f.Number, "it belongs to the URL that it is for, in a section with a name",
				"[%s] is for all connections: every server would get this --%s", profile.Default, f.Row.Name)
		}
	}
	return nil
}

// CheckDefault says what is wrong with what is for all connections. No command is run, and what one would
// write is not looked at.
func CheckDefault(b *profile.Book) error {
	hasCommands, err := b.CheckDefault()
	if err != nil || hasCommands {
		return err
	}
	all, err := b.Default(context.Background())
	if err == nil {
		_, err = Layering{Layers: []*profile.Profile{all}}.Under()
	}
	return err
}

// CheckProfile looks whether the words of a /connect name a profile that can be used, and whether a command
// must be run for them. None is run.
func CheckProfile(b *profile.Book, words []string) (hasCommands bool, err error) {
	_, name, err := scan(words)
	if b == nil || err != nil {
		return false, nil // what is wrong with flags is told where they are read
	}
	forAll, err := b.CheckDefault()
	if err != nil || !profile.IsName(name) {
		return forAll, err
	}
	hasCommands, err = b.Check(name)
	return hasCommands || forAll, err
}

// scan tells which flags stand among the words of a /connect, and the address.
func scan(words []string) (list []flags.Given, address string, err error) {
	list, rest, err := flags.Scan(words, New().Groups())
	if len(rest) > 0 {
		address = rest[0]
	}
	for _, g := range list {
		if g.Row.Name == "connect" {
			address = g.Arg
		}
	}
	return list, address, err
}

// ReadConnect is ReadWords where a profile may stand for the URL: its flags are under those of the words,
// and, where that is wanted, what is for all connections under both.
func ReadConnect(ctx context.Context, b *profile.Book, withDefault bool, args []string) (*Options, error) {
	if b == nil {
		return ReadWords(args)
	}
	list, address, err := scan(args)
	if err != nil || !profile.IsName(address) && (!withDefault || !b.Exists()) {
		return ReadWords(args)
	}
	var named, all *profile.Profile
	if withDefault {
		if all, err = b.Default(ctx); err != nil {
			return nil, err
		}
	}
	if profile.IsName(address) {
		if named, err = b.Named(ctx, address); err != nil {
			return nil, err
		}
	}
	under, err := Layering{
		Typed: list, Address: address, Layers: []*profile.Profile{all, named},
	}.Under()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(list, func(g flags.Given) bool { return g.Row.Name == "connect" }) {
		under.Flag = "connect"
	}
	o := New()
	line, err := flags.ParseOver(args, under, o.Groups())
	o.Take(line)
	return o, profile.Hide(err, under.Secrets)
}
