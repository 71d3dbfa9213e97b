package dial

import "golang.org/x/net/idna"

// toASCII returns the form in which DNS knows a name in other than ASCII letters (RFC 5891 §5).
func toASCII(name string) (string, error) { return idna.Lookup.ToASCII(name) }
