package cli

import (
	"regexp"
	"time"

	"wsline/format"
	"wsline/internal/query"
)

// typed is what stands on the command line, not yet looked at as a whole.
type typed struct {
	positional []string
	spelled    map[string]string // the name by which a flag was given, by its first name
	given      []givenFlag       // those about connecting, in their order

	// To connect.
	connect        string
	headers        []string
	origin         string
	subprotocols   []string
	host           string
	auth           string
	bearer         string
	cookies        []string
	userAgent      string
	compress       bool
	location       bool
	maxRedirects   int64
	ipv4, ipv6     bool
	resolve        []string
	unixSocket     string
	proxy          string
	connectTimeout *time.Duration
	maxMessage     *int64
	closeTimeout   *time.Duration
	ca, cert, key  string
	passphrase     *string // nil: not given; "": to be asked for
	insecure       bool
	serverName     string
	tlsMin         string

	rawHeaders   []string
	pingInterval *time.Duration
	pingTimeout  *time.Duration
	noPong       bool
	pongDelay    *time.Duration

	// To look closely.
	verbose, showSecrets bool
	frames               string // "lines" or "hex"; "" for none
	diagnose, dryRun     bool
	asCurl, asWebsocat   bool

	// To show.
	json                bool
	record              string
	filter              *query.Query
	output              string // of show, as is messages
	messages            bool
	pretty              format.Pretty
	binaryOut           format.BinaryOut
	color               string
	noColor, timestamps bool
	null, raw           bool

	// To send and to leave.
	input          string // "lines" or "json"
	binary, whole  bool
	fragment       *int64
	execute        []string
	onOpen         []string
	slash, noSlash bool
	echo           bool
	wait, timeout  *time.Duration
	count          int64
	expect         *regexp.Regexp
	exact          bool
	exitOnClose    bool
	help, version  bool

	listening listenFlags

	suite  suiteFlags  // of test
	layout layoutFlags // of fmt
}

// newTyped holds the defaults of the flags that have one.
func newTyped() *typed {
	return &typed{
		maxRedirects: 10,
		tlsMin:       "1.2", color: "auto", input: "lines",
	}
}

// noArgument stands for the missing argument of a flag that may have one. No argument can hold it.
const noArgument = "\x00"

// A flagRow is one row of the table from which parsing, the help and the reference page are made.
type flagRow struct {
	name, short string
	also        []otherName
	arg         string // what stands for the argument, "" for a flag without one
	mayLackArg  bool
	summary     string // for the help: short, lower case
	detail      string // for the reference page: sentences, where there is more to say
	value       func(*typed) *value
}

// An otherName is a second spelling, known from another program.
type otherName struct{ name, short string }

// A flagGroup is a part of the table under one heading.
type flagGroup struct {
	title      string
	connecting bool // also understood by /connect
	flags      []flagRow
}

func flagTable() []flagGroup {
	return []flagGroup{
		{"Connecting", true, connectingFlags()},
		{"TLS", true, tlsFlags()},
		{"Pings", true, pingFlags()},
		{"Looking closely", false, debuggingFlags()},
		{"Sending", false, sendingFlags()},
		{"Receiving", false, receivingFlags()},
		{"Leaving", false, leavingFlags()},
		{"Listening", false, listenFlag()},
		{"Help", false, append(helpFlags(), flagRow{
			name: "version", short: "V", summary: "show the version",
			value: func(t *typed) *value { return onOff(&t.version) }})},
	}
}

func helpFlags() []flagRow {
	return []flagRow{{name: "help", short: "h", summary: "show this help",
		value: func(t *typed) *value { return onOff(&t.help) }}}
}
