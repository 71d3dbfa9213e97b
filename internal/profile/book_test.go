package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"wsline/internal/exit"
	"wsline/internal/flags"
)

// world is files and a shell in memory.
type world struct {
	files    map[string]string
	distrust string
	ran      []string
}

func (w *world) Exists(path string) bool { _, ok := w.files[path]; return ok }

func (w *world) Read(path string) ([]byte, string, error) {
	text, ok := w.files[path]
	if !ok {
		return nil, "", &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return []byte(text), w.distrust, nil
}

func (w *world) Run(_ context.Context, command string) (string, error) {
	w.ran = append(w.ran, command)
	verb, rest, _ := strings.Cut(command, " ")
	switch verb {
	case "print":
		return rest + "\n", nil
	case "raw":
		return strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\0`, "\x00").Replace(rest), nil
	case "cancel":
		return "", context.Canceled
	}
	return "", errors.New("failed: exit status 1")
}

// groups are flags of each kind.
func groups() []flags.Group {
	var text string
	var list []string
	var on bool
	var count int64
	return []flags.Group{{Rows: []flags.Row{
		{Name: "header", Short: "H", Arg: "FIELD", Value: flags.List(&list).OrFile()},
		{Name: "bearer", Arg: "TOKEN", Value: flags.Text(&text).OrFile()},
		{Name: "connect", Short: "c", Arg: "URL", Value: flags.Text(&text)},
		{Name: "count", Arg: "N", Value: flags.Count(&count, 1)},
		{Name: "insecure", Short: "k", Value: flags.Switch(&on)},
		{Name: "compress", Arg: "BITS", MayLackArg: true, Value: flags.Optional(new(*string))},
	}}}
}

const own = "/home/me/.config/wsline/config"

func newBook(text string) (*Book, *world) {
	w := &world{files: map[string]string{own: text}}
	return &Book{World: World{Own: own, Home: "/home/me", Files: w, Shell: w}, Groups: groups}, w
}

func wordsOf(p *Profile) (list []string) {
	for _, f := range p.Flags {
		secret := ""
		if f.IsSecret {
			secret = " secret"
		}
		list = append(list, fmt.Sprintf("%d%s %q", f.Number, secret, f.Word()))
	}
	return list
}

func TestNamed(t *testing.T) {
	b, w := newBook("allow-exec\n[default]\n-k\n[a]\nws://$(print h)/\n-H 'X: y' --count 3\n" +
		"-H \"Z: $(raw -H 'a b' @x\\n)\"\n--compress\n")
	p, err := b.Named(t.Context(), "@a")
	if err != nil {
		t.Fatal(err)
	}
	if p.Address != "ws://\x00h/" || p.Section.Name != "a" {
		t.Errorf("got %q of %s", p.Address, p.Section.Name)
	}
	want := []string{
		`6 "--header=X: y"`, `6 "--count=3"`, `7 secret "--header=Z: \x00-H 'a b' @x"`, `8 "--compress"`,
	}
	if got := wordsOf(p); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if want := []string{"h", "-H 'a b' @x"}; !reflect.DeepEqual(p.Secrets, want) {
		t.Errorf("secrets %q", p.Secrets)
	}
	all, err := b.Default(t.Context())
	if err != nil || len(all.Flags) != 1 || all.Flags[0].Word() != "--insecure=true" {
		t.Errorf("%+v, %v", all, err)
	}
	if len(w.ran) != 2 {
		t.Errorf("ran %q", w.ran)
	}
	if got := b.Names(); !reflect.DeepEqual(got, []string{"a"}) {
		t.Errorf("names %q", got)
	}
	if has, err := b.Check("@a"); !has || err != nil || len(w.ran) != 2 {
		t.Errorf("checked: %v, %v, ran %q", has, err, w.ran)
	}
}

func TestErrors(t *testing.T) {
	const at = "~/.config/wsline/config"
	for _, tt := range []struct{ text, name, want, hint string }{
		{"[staging]\nws://h/", "@stagin", "there is no profile @stagin in " + at, "did you mean @staging?"},
		{"[staging]\nws://h/", "@x", "there is no profile @x in " + at, "wsline profiles lists what there is"},
		{"[default]", "@x", "there is no profile @x in " + at,
			"a line [x] begins it, with the URL and flags below"},
		{"[default]", "@default", "there is no profile @default in " + at,
			"[default] is for all connections: just give a URL"},
		{"[a]\n-k", "@a", at + ":1: [a] has no URL", "write it below, on a line of its own"},
		{"[a]\n''", "@a", at + ":2: there is nothing in it", ""},
		{"[a]\n@b", "@a", at + `:2: a profile has the URL itself, and not another profile such as "@b"`, ""},
		{"[a]\nws://h/ hi", "@a", at + ":2: something stands behind the URL",
			"flags stand on lines of their own, messages behind --on-open"},
		{"[a]\nws://h/\n--heder x", "@a", at + ":3: unknown flag --heder", "did you mean --header?"},
		{"[a]\nws://h/\n--help", "@a", at + ":3: unknown flag --help", "wsline --help lists the flags"},
		{"[a]\nws://h/\n--count", "@a", at + ":3: --count needs an argument", "write --count N"},
		{"[a]\nws://h/\n\n--count x", "@a", at + `:4: --count: "x" is not a whole number of 1 or more`, ""},
		{"[a]\nws://h/\n-H Authorization: Bearer s3cret", "@a", at + ":3: --header has more than one word behind it",
			"quotes keep words together: -H 'Name: value'"},
		{"[a]\nws://h/\n-- hi", "@a", at + ":3: this is neither a flag nor a URL",
			"--on-open MESSAGE sends a message on every open"},
		{"[a]\nws://h/\n-c ws://i/", "@a", at + ":3: the URL stands on a line of its own", "write the URL alone"},
		{"[a]\nws://h/\n-H $(print x)", "@a", at + ":3: $(...) would run a command",
			"a line allow-exec before the first section allows it; within '...' it is text"},
		{"allow-exec\n[a]\nws://h/\n-H $(false)", "@a", at + ":4: $(false) failed: exit status 1", ""},
		{"allow-exec\n[a]\nws://h/\n-H $(raw \\n)", "@a", at + ":4: $(raw \\n) wrote nothing", ""},
		{"allow-exec\n[a]\nws://h/\n-H $(raw a\\0)", "@a",
			at + ":4: $(raw a\\0) wrote a NUL, which no flag can have", ""},
		{"allow-exec\n[a]\nws://h/\n--count $(print s3cret)", "@a",
			at + `:4: --count: "<6 bytes hidden>" is not a whole number of 1 or more`, ""},
		{"allow-exec\n[a]\nws://h/\n--bearer $(print @/etc/passwd)", "@a",
			at + `:4: --bearer: "<12 bytes hidden>" is the value of a variable, and no file: the @ must be written`, ""},
		{"\xff\xfe[", "@a", `profiles: "` + at + `" is UTF-16`,
			"save it as UTF-8, or: iconv -f UTF-16 -t UTF-8 FILE >NEW"},
	} {
		b, _ := newBook(tt.text)
		_, err := b.Named(t.Context(), tt.name)
		if f := exit.FaultOf(orNothing(err)); f.Message != tt.want || f.Hint != tt.hint || f.Code != exit.Usage {
			t.Errorf("%q: got %+v", tt.text, f)
		}
	}
}

func orNothing(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}

func TestCanceled(t *testing.T) {
	b, _ := newBook("allow-exec\n[a]\nws://h/\n-H $(cancel)")
	if _, err := b.Named(t.Context(), "@a"); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// Commands are run from the user's own file, and only when nobody else could have written it; what else
// stands in the file counts all the same.
func TestDistrust(t *testing.T) {
	const text = "allow-exec\n[a]\nws://h/\n--bearer $(print x)\n[b]\nws://h/"
	b, w := newBook(text)
	w.distrust = "commands are run from a file of mode 600 alone, and this one has 644"
	_, err := b.Named(t.Context(), "@a")
	f := exit.FaultOf(orNothing(err))
	if f.Message != "~/.config/wsline/config:1: allow-exec: "+w.distrust || f.Hint != "chmod 600 "+own {
		t.Errorf("got %+v", f)
	}
	if _, err := b.Named(t.Context(), "@b"); err != nil {
		t.Errorf("without a command: %v", err)
	}
	b, w = newBook("[mine]\nws://h/")
	w.files["x"] = text
	b.Use("x")
	_, err = b.Named(t.Context(), "@a")
	if want := "x:4: $(...) would run a command, and only those of your own file of profiles are run"; err == nil ||
		err.Error() != want {
		t.Errorf("got %v", err)
	}
	if _, err := b.Named(t.Context(), "@mine"); err == nil {
		t.Error("the user's own is read as well")
	}
	if len(w.ran) > 0 {
		t.Errorf("ran %q", w.ran)
	}
}

func TestNoFile(t *testing.T) {
	b, w := newBook("")
	delete(w.files, own)
	if all, err := b.Default(t.Context()); b.Exists() || all != nil || err != nil || b.Names() != nil {
		t.Errorf("%v, %v", all, err)
	}
	_, err := b.Named(t.Context(), "@a")
	if want := "@a is a profile, and there is no ~/.config/wsline/config to read it from"; err == nil ||
		err.Error() != want {
		t.Errorf("got %v", err)
	}
	b.World.Own = ""
	if _, err := b.Named(t.Context(), "@a"); err == nil ||
		err.Error() != "@a is a profile, and there is no folder for a file of profiles" {
		t.Errorf("got %v", err)
	}
	b = &Book{World: b.World, Groups: groups}
	b.Use("nope")
	if _, err := b.Named(t.Context(), "@a"); err == nil ||
		err.Error() != `--config: cannot read "nope": file does not exist` {
		t.Errorf("got %v", err)
	}
}

// A file that is edited while a talk goes on is read again.
func TestForget(t *testing.T) {
	b, w := newBook("[a]\necho:")
	if _, err := b.Check("@b"); err == nil {
		t.Fatal("there is a @b")
	}
	w.files[own] += "\n[b]\necho:"
	if _, err := b.Check("@b"); err == nil {
		t.Error("it is read each time")
	}
	b.Forget()
	if _, err := b.Check("@b"); err != nil {
		t.Error(err)
	}
}
