package flags

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsline/internal/words"
)

// noArgument stands for the missing argument of a flag that may have one. No argument can hold it.
const noArgument = "\x00\x00"

// A Value reads an argument into its place. Its errors are whole sentences that quote what was
// typed and name what would do.
type Value struct {
	set      func(string) error
	isSwitch bool     // needs no argument
	choices  []string // some words that it may be, all of a choice
	orFile   bool     // @FILE names a file
	adds     bool     // each argument is one more
}

// Set reads an argument, which may have marks, see words.Text.Arguments. It, and the methods below,
// make a Value a pflag.Value.
func (v *Value) Set(s string) error {
	if s == noArgument {
		return v.set(s)
	}
	arg := words.Unmark(s)
	if v.orFile && strings.HasPrefix(arg, "@") && arg[0] != s[0] {
		return fmt.Errorf("%q is the value of a variable, and no file: the @ must be written", arg)
	}
	return v.set(arg)
}

// Adds tells whether a flag that is given twice adds to what it says. Else the last one counts.
func (v *Value) Adds() bool { return v.adds }

// OrFile says that @FILE instead of the argument names a file. The owner of the options reads it.
func (v *Value) OrFile() *Value {
	v.orFile = true
	return v
}

// Suggest names words that the argument may be, or begin with.
func (v *Value) Suggest(words ...string) *Value {
	v.choices = words
	return v
}

// String is empty: help and defaults come from the rows.
func (v *Value) String() string { return "" }

// Type is empty as well.
func (v *Value) Type() string { return "" }

// IsBoolFlag tells whether the flag needs no argument.
func (v *Value) IsBoolFlag() bool { return v.isSwitch }

// Tell has f called with each argument that was read, "" for one that was left out.
func (v *Value) Tell(f func(arg string)) {
	read := v.set
	v.set = func(s string) error {
		err := read(s)
		if err == nil {
			f(strings.TrimPrefix(s, noArgument))
		}
		return err
	}
}

// Switch is a flag that is given or not; --name=false takes it back.
func Switch(p *bool) *Value {
	return &Value{isSwitch: true, set: func(s string) error {
		on, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", s)
		}
		*p = on
		return nil
	}}
}

// Text is any text but the empty one.
func Text(p *string) *Value {
	return &Value{set: func(s string) error {
		if s == "" {
			return errors.New("an empty argument")
		}
		*p = s
		return nil
	}}
}

// Optional keeps what was given apart from the empty text and from nothing at all.
func Optional(p **string) *Value {
	return &Value{set: func(s string) error {
		s = strings.TrimPrefix(s, noArgument)
		*p = &s
		return nil
	}}
}

// List gathers the arguments of a flag that may be repeated.
func List(p *[]string) *Value {
	return &Value{adds: true, set: func(s string) error { *p = append(*p, s); return nil }}
}

// Cookies takes what RFC 6265 §4.2.1 calls a cookie-string: pairs, with a name each.
func Cookies(p *[]string) *Value {
	return &Value{adds: true, set: func(s string) error {
		for pair := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(s), ";"), ";") {
			if i := strings.IndexByte(strings.TrimSpace(pair), '='); i <= 0 {
				return fmt.Errorf("%q is not NAME=VALUE", s)
			}
		}
		*p = append(*p, s)
		return nil
	}}
}

// Choice is one of the texts that are allowed.
func Choice(p *string, allowed ...string) *Value {
	return &Value{choices: allowed, set: func(s string) error {
		if !slices.Contains(allowed, s) {
			last := len(allowed) - 1
			return fmt.Errorf("%q is not %s or %s", s,
				strings.Join(allowed[:last], ", "), allowed[last])
		}
		*p = s
		return nil
	}}
}

// ChoiceOr is a choice whose missing argument means the first one.
func ChoiceOr(p *string, first string, more ...string) *Value {
	allowed := append([]string{first}, more...)
	return &Value{choices: allowed, set: func(s string) error {
		if s == noArgument {
			s = first
		}
		return Choice(p, allowed...).set(s)
	}}
}

// Parsed uses the parser of the type, whose errors quote and name what is allowed.
func Parsed[T any](p *T, parse func(string) (T, error)) *Value {
	return &Value{set: func(s string) error {
		v, err := parse(s)
		if err == nil {
			*p = v
		}
		return err
	}}
}

// ParsedOr is Parsed with an argument that may be missing, and then is the first. The choices are some that
// are words.
func ParsedOr[T any](p *T, first string, parse func(string) (T, error), choices ...string) *Value {
	read := Parsed(p, parse).set
	return &Value{choices: choices, set: func(s string) error {
		if s == noArgument {
			s = first
		}
		return read(s)
	}}
}

// Count is a whole number, not less than least.
func Count(p *int64, least int64) *Value {
	return &Value{set: func(s string) error {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < least {
			return fmt.Errorf("%q is not a whole number of %d or more", s, least)
		}
		*p = n
		return nil
	}}
}

// Duration is a time; orForever allows -1 too, which is negative.
func Duration(p **time.Duration, orForever bool) *Value {
	return &Value{set: func(s string) error {
		d, err := parseDuration(s)
		if orForever && s == "-1" {
			d, err = -1, nil
		}
		if err != nil {
			return err
		}
		*p = &d
		return nil
	}}
}

// Size is a number of bytes, as plural.Size writes it.
func Size(p **int64) *Value {
	return &Value{set: func(s string) error {
		n, err := parseSize(s)
		if err != nil {
			return err
		}
		*p = &n
		return nil
	}}
}

// Pattern is a regular expression in the syntax of RE2.
func Pattern(p **regexp.Regexp) *Value {
	return &Value{set: func(s string) error {
		re, err := regexp.Compile(s)
		if err != nil {
			return fmt.Errorf("%q is not a regular expression: %s", s, regexpCause(err))
		}
		*p = re
		return nil
	}}
}

// regexpCause leaves out of the package's error what quotes the whole pattern again.
func regexpCause(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// parseDuration reads "500ms", "2s", "1m30s", or a bare number of seconds. It may not be negative.
func parseDuration(s string) (time.Duration, error) {
	fault := fmt.Errorf("%q is not a time such as 500ms, 2s, 1m or a number of seconds", s)
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		ns := seconds * float64(time.Second)
		if !(ns >= 0 && ns < math.MaxInt64) { // also for NaN
			return 0, fault
		}
		return time.Duration(ns), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fault
	}
	return d, nil
}

// parseSize reads a number of bytes: "4096", "64K", "10M", "1G", by 1024.
func parseSize(s string) (int64, error) {
	digits, shift := s, 0
	if len(s) > 1 {
		if i := strings.IndexByte("KMGT", s[len(s)-1]&^0x20); i >= 0 {
			digits, shift = s[:len(s)-1], 10*(i+1)
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is not a size such as 4096, 64K, 10M or 1G", s)
	}
	return int64(n) << shift, nil
}
