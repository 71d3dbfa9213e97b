package cli

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A value is a pflag.Value made of a function. Its errors are whole sentences that quote what was
// typed and name what would do.
type value struct {
	set   func(string) error
	isSet bool // needs no argument
}

func (v *value) Set(s string) error { return v.set(s) }
func (v *value) String() string     { return "" }
func (v *value) Type() string       { return "" }
func (v *value) IsBoolFlag() bool   { return v.isSet }

func onOff(p *bool) *value {
	return &value{isSet: true, set: func(s string) error {
		on, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", s)
		}
		*p = on
		return nil
	}}
}

func text(p *string) *value {
	return &value{set: func(s string) error {
		if s == "" {
			return errors.New("an empty argument")
		}
		*p = s
		return nil
	}}
}

// optional keeps what was given apart from the empty text and from nothing at all.
func optional(p **string) *value {
	return &value{set: func(s string) error {
		s = strings.TrimPrefix(s, noArgument)
		*p = &s
		return nil
	}}
}

func list(p *[]string) *value {
	return &value{set: func(s string) error { *p = append(*p, s); return nil }}
}

// cookies takes what RFC 6265 §4.2.1 calls a cookie-string: pairs, with a name each.
func cookies(p *[]string) *value {
	return &value{set: func(s string) error {
		for pair := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(s), ";"), ";") {
			if i := strings.IndexByte(strings.TrimSpace(pair), '='); i <= 0 {
				return fmt.Errorf("%q is not NAME=VALUE", s)
			}
		}
		*p = append(*p, s)
		return nil
	}}
}

func choice(p *string, allowed ...string) *value {
	return &value{set: func(s string) error {
		if !slices.Contains(allowed, s) {
			last := len(allowed) - 1
			return fmt.Errorf("%q is not %s or %s", s,
				strings.Join(allowed[:last], ", "), allowed[last])
		}
		*p = s
		return nil
	}}
}

// choiceOr is a choice whose missing argument means the first one.
func choiceOr(p *string, first string, more ...string) *value {
	allowed := append([]string{first}, more...)
	return &value{set: func(s string) error {
		if s == noArgument {
			s = first
		}
		return choice(p, allowed...).set(s)
	}}
}

// parsed uses the parser of the type, whose errors quote and name what is allowed.
func parsed[T any](p *T, parse func(string) (T, error)) *value {
	return &value{set: func(s string) error {
		v, err := parse(s)
		if err == nil {
			*p = v
		}
		return err
	}}
}

func count(p *int64, least int64) *value {
	return &value{set: func(s string) error {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < least {
			return fmt.Errorf("%q is not a whole number of %d or more", s, least)
		}
		*p = n
		return nil
	}}
}

func duration(p **time.Duration, orForever bool) *value {
	return &value{set: func(s string) error {
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

func bytesSize(p **int64) *value {
	return &value{set: func(s string) error {
		n, err := parseSize(s)
		if err != nil {
			return err
		}
		*p = &n
		return nil
	}}
}

func pattern(p **regexp.Regexp) *value {
	return &value{set: func(s string) error {
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

// sizeText writes a size as parseSize reads it.
func sizeText(n int64) string {
	unit := ""
	for _, larger := range []string{"K", "M", "G", "T"} {
		if n == 0 || n%1024 != 0 {
			break
		}
		n, unit = n/1024, larger
	}
	if unit == "" {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return strconv.FormatInt(n, 10) + unit
}
