package field

import (
	"strings"

	"wsline/internal/lazy"
)

// A Challenge is how a server or a proxy wants one to log in (RFC 9110 §11.6.1): a scheme, as it
// was written, and its parameters, whose names are in lower case.
type Challenge struct {
	Scheme string
	Params map[string]string
}

// token68 is what some schemes have in the place of parameters (RFC 9110 §11.2).
var token68 = lazy.Regexp(`^[ \t]+[A-Za-z0-9._~+/-]+=*[ \t]*(,|$)`)

// Challenges reads the values of all WWW-Authenticate or Proxy-Authenticate fields of a head, as far
// as they are well formed. A comma stands between challenges, and between the parameters of one.
func Challenges(values []string) (list []Challenge) {
	for _, value := range values {
		list = append(list, challenges(&scanner{value})...)
	}
	return list
}

func challenges(s *scanner) (list []Challenge) {
	for {
		for s.skip(',') {
		}
		name, ok := s.token()
		if !ok {
			return list
		}
		if found := token68().FindString(s.rest); found != "" {
			list = append(list, Challenge{name, map[string]string{}})
			s.rest = s.rest[len(found):]
			continue
		}
		if !s.skip('=') {
			list = append(list, Challenge{name, map[string]string{}})
			continue
		}
		read := s.token
		if strings.HasPrefix(s.rest, `"`) {
			read = s.quoted
		}
		param, ok := read()
		if !ok || len(list) == 0 {
			return list
		}
		list[len(list)-1].Params[strings.ToLower(name)] = param
	}
}
