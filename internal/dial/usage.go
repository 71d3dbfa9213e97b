package dial

import (
	"strings"

	"wsline/internal/dial/field"
	"wsline/internal/exit"
)

// ParseField reads "Name: value" as a header field. The name must be a token (RFC 9110 §5.6.2); the
// value loses the white space around it, may be empty, and holds no CR, LF or NUL. Errors are
// *exit.UsageError.
func ParseField(s string) (Field, error) {
	name, value, found := strings.Cut(s, ":")
	if !found {
		return Field{}, &exit.UsageError{
			Text: "the header field " + exit.Quote(s) + " has no colon",
			Hint: `a header field is written 'Name: value'`,
		}
	}
	f := Field{name, strings.Trim(value, " \t")}
	return f, f.check()
}

// ParseRawField reads "Name: value" as a field for Config.RawHeader: the name is all before the
// first colon, the value all after it but for one space. Neither holds CR, LF or NUL. Errors are
// *exit.UsageError.
func ParseRawField(s string) (Field, error) {
	name, value, found := strings.Cut(s, ":")
	switch {
	case !found:
		return Field{}, &exit.UsageError{
			Text: "the raw header field " + exit.Quote(s) + " has no colon",
			Hint: `a header field is written 'Name: value'`,
		}
	case strings.ContainsAny(s, "\r\n\x00"):
		return Field{}, &exit.UsageError{
			Text: "the raw header field " + exit.Quote(name) + " holds a line end or a NUL",
		}
	}
	return Field{name, strings.TrimPrefix(value, " ")}, nil
}

// check says why a field cannot be sent as it is: what could end its line would begin another.
func (f Field) check() error {
	if !IsToken(f.Name) {
		return &exit.UsageError{
			Text: exit.Quote(f.Name) + " is not a name for a header field",
			Hint: `a header field is written 'Name: value'`,
		}
	}
	if strings.ContainsAny(f.Value, "\r\n\x00") {
		return &exit.UsageError{
			Text: "the value of the header field " + exit.Quote(f.Name) + " holds a line end or a NUL",
		}
	}
	return nil
}

// IsToken reports whether s is a token of RFC 9110 §5.6.2.
func IsToken(s string) bool { return field.IsToken(s) }
