package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// The sandbox's own credentials. All others are refused.
const (
	SecretID  = "sandbox"
	SecretKey = "sandbox"
	Token     = "sandbox"
)

// IntegrationKey seals the passwords of seeded integrations, unless Options have
// another key.
const IntegrationKey = "sandbox-sandbox-sandbox-sandbox-"

// UnknownManner says how a request for an environment that was not seeded is answered.
type UnknownManner string

// The manners for unknown environments. The zero value is CreateUnknown.
const (
	CreateUnknown UnknownManner = "create" // it springs into existence, with defaults
	RefuseUnknown UnknownManner = "refuse" // ResourceNotFound.EnvNotExist, as the service does
)

// Options configure a sandbox. The zero value answers at once, limits nothing, and
// creates unknown environments.
type Options struct {
	// Latency is how long after its arrival a request is worked on.
	Latency time.Duration

	// Rate is how many requests one account may make of one action in one
	// region within any second; 0 means unlimited. The service's own is 20
	// (wire facts, section 6).
	Rate int

	// Quirks say which reading of each quirk is simulated. The default is the first
	// reading of its row.
	Quirks quirk.Set

	// IntegrationKey seals the passwords of seeded integrations, 32 bytes; empty means
	// the sandbox's own. What clients store is not checked.
	IntegrationKey string

	// Unknown is the manner for environments and hosts that were not seeded.
	Unknown UnknownManner

	// TokenLife is how long an access token lives that was given out, by Now, and
	// at most a temporary key, by the real clock; 0 means as long as its
	// service's documents say. [Token] never ends.
	TokenLife time.Duration

	// Now is the clock of what is stored: creation and expiry times. nil means
	// time.Now. Signatures and rates are judged by the real clock.
	Now func() time.Time
}

// plays reports whether the sandbox simulates this reading of a quirk.
func (o Options) plays(name quirk.Name, value quirk.Value) bool { return o.Quirks.Played(name, value) }

// Server simulates the services. It is safe for concurrent use.
type Server struct {
	options          Options
	systems          []system
	cloudbase        *cloudbase
	connectors       *connectors
	devices          *devices
	openapi          *openapi
	issuer           *issuer
	identityProvider *identityProvider
	requests         requests
	faults           faults
	seeds            seeds
	inspection       http.Handler

	closing   chan struct{}
	closeOnce sync.Once
}

// system is one simulated service. A new one is a file and a line in New.
type system interface {
	// name is the system's name in the request log and the state.
	name() string

	// claims reports whether a request is meant for this system.
	claims(*http.Request) bool

	// open parses a request as far as the log needs it, and does not carry it out.
	open(request) exchange
}

// configured is a system that holds configuration. Issued keys and tokens are none.
type configured interface {
	// state returns all data of the system, secrets in clear.
	state() schema.Object
}

// request is a request whose body has been read.
type request struct {
	*http.Request
	body     []byte
	oversize bool // the body was longer than bodyLimit and is missing
	manner   *stampManner
}

// exchange is a request that is logged and not yet answered.
type exchange struct {
	entry  entry
	answer func() answer // does the work
	limit  func() answer // says "too many requests" as this system does
	expire func() answer // says "your token has expired", and sees to it
}

// answer is sent to the client. Code is the service's error code, for the log.
type answer struct {
	status      int
	contentType string
	header      http.Header // beside the content's type and length
	body        []byte
	code        string
}

// bodyLimit is the longest TC3 request that the service takes (Tencent Cloud
// API limits: 10 MB).
const bodyLimit = 10 << 20

// New returns an empty sandbox.
func New(options Options) *Server {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.IntegrationKey == "" {
		options.IntegrationKey = IntegrationKey
	}
	s := &Server{
		options:    options,
		cloudbase:  newCloudbase(options),
		connectors: newConnectors(options),
		devices:    newDevices(options),
		closing:    make(chan struct{}),
	}
	s.openapi = newOpenAPI(options, s.cloudbase)
	s.issuer = &issuer{newSigningKey(), newSigningKey()}
	s.identityProvider = newIdentityProvider(s.cloudbase)
	s.systems = []system{
		&sts{s.cloudbase, s.issuer}, // before all that look at paths, as the next two
		s.issuer,
		&metadata{s.cloudbase},
		s.identityProvider,
		s.connectors,
		s.devices, // after connectors, whose paths are below its own
		s.openapi,
		namedEndpoints{s.identityProvider},
		s.cloudbase, // last: it claims what nobody else does
	}
	s.inspection = s.inspect()
	return s
}

// Close releases the requests that a timeout fault keeps hanging. The server
// still answers others.
func (s *Server) Close() error {
	s.closeOnce.Do(func() { close(s.closing) })
	return nil
}

// ServeHTTP answers for every system, and for the sandbox itself below
// /_sandbox/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	due := time.Now().Add(s.options.Latency)
	w.Header().Set("X-RateLimit-Limit", s.rateLimit())
	w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		s.inspection.ServeHTTP(w, r)
		return
	}
	read, err := readBody(w, r)
	if err != nil {
		return // the client went away
	}
	x := s.systemOf(r).open(read)
	x.entry.Fault = s.faults.strike(x.entry)
	d := delivery{
		manner:   read.manner,
		server:   s,
		w:        w,
		r:        r,
		exchange: x,
		logged:   s.requests.add(x.entry),
	}
	if !waitUntil(r.Context(), due) {
		return
	}
	mannerOf(x.entry.Fault)(&d)
}

func (s *Server) rateLimit() string {
	if s.options.Rate == 0 {
		return "unlimited"
	}
	return strconv.Itoa(s.options.Rate)
}

func (s *Server) systemOf(r *http.Request) system {
	last := len(s.systems) - 1
	for _, system := range s.systems[:last] {
		if system.claims(r) {
			return system
		}
	}
	return s.systems[last]
}

func readBody(w http.ResponseWriter, r *http.Request) (request, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if _, is := errors.AsType[*http.MaxBytesError](err); is {
		return request{Request: r, oversize: true, manner: new(stampManner)}, nil
	}
	return request{Request: r, body: body, manner: new(stampManner)}, err
}

// waitUntil reports false if the client went away first.
func waitUntil(ctx context.Context, due time.Time) bool {
	left := time.Until(due)
	if left <= 0 {
		return true
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
