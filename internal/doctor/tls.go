package doctor

import (
	"strings"

	"wsline/internal/dial"
)

// tlsFindings are for what keeps TLS from being agreed on, each certificate problem by its name.
func tlsFindings() []finding {
	const anyway = "-k accepts any certificate, and gives up protection"
	return []finding{
		{name: "plain port", when: because(dial.ReasonNotTLS), cause: func(e *dial.Error) string {
			if strings.HasPrefix(e.Got, "HTTP/") {
				return "it answers in plain HTTP"
			}
			return ""
		}, hint: func(e *dial.Error) string {
			return "for a server without TLS: " + withScheme(e.URL, "ws")
		}},
		{name: "unknown authority", when: because(dial.ReasonCertUnknown),
			hint: always("--ca FILE trusts its authority; " + anyway)},
		{name: "self-signed", when: because(dial.ReasonCertSelf),
			hint: always("--ca FILE trusts it, when FILE holds this very certificate; " + anyway)},
		{name: "weak signature", when: because(dial.ReasonCertWeak),
			hint: always("the server needs a new certificate; " + anyway)},
		{name: "expired", when: because(dial.ReasonCertExpired),
			hint: always("the server needs a new certificate; -k accepts it all the same")},
		{name: "not yet valid", when: because(dial.ReasonCertNotYet),
			hint: always("check this machine's clock; -k accepts it all the same")},
		{name: "wrong name", when: because(dial.ReasonCertName),
			hint: always("connect to a name that it is for, or --servername NAME expects another; " +
				anyway)},
		{name: "certificate", when: because(dial.ReasonCertOther), hint: always(anyway)},
		{name: "malformed certificate", when: because(dial.ReasonCertMalformed),
			hint: always("the server needs a new certificate; " +
				"-k does not help, as it is not even read")},
		{name: "client certificate", when: because(dial.ReasonClientCert), hint: always(
			"--cert FILE and --key FILE give a client certificate that the server knows")},
		{name: "no HTTP/1.1", when: because(dial.ReasonNoHTTP1), hint: always(onlyHTTP1)},
		{name: "server name", when: because(dial.ReasonServerName),
			hint: always("check the host of the URL; --servername NAME asks for another name")},
		{name: "TLS version", when: because(dial.ReasonTLSVersion), hint: func(e *dial.Error) string {
			if e.Want == "1.3" {
				return "--tls-min 1.2 takes an older version"
			}
			return "wsline does not speak TLS 1.1 or older: the server has to be brought up to date"
		}},
		{name: "TLS ciphers", when: because(dial.ReasonTLSCiphers), hint: always(
			"it may share no cipher: wsline offers ECDHE with AES or ChaCha20-Poly1305, " +
				"and no key exchange by RSA (AES128-SHA) or DHE (DHE-RSA-…); --servername NAME " +
				"asks for another name, --cert FILE gives a client certificate")},
		{name: "our TLS alert", when: because(dial.ReasonTLSOurs), hint: always(
			"the server, or what stands between, does in TLS what is not allowed, " +
				"or renegotiates twice")},
		{name: "TLS alert", when: because(dial.ReasonTLSAlert), hint: always(
			"--servername NAME asks for another name, --cert FILE gives a client certificate")},
	}
}

const onlyHTTP1 = "a WebSocket begins with HTTP/1.1: " +
	"look for a port or a setting of the server with it"
