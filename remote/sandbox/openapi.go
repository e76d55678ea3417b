package sandbox

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// openapi simulates an environment's open API (seed 001): the issuing of tokens, the
// login of users (signin.go) and the records of data sources. The environment is part
// of the host name.
type openapi struct {
	hosted[*openEnvironment]
	cloudbase *cloudbase // whose environments exist here too
	signin    *signin
}

// openEnvironment is the data of one environment: the records of each data source, by
// type of environment and name.
type openEnvironment struct {
	sync.Mutex
	sources   map[string]map[string]*shelf
	generated int // ids of records
}

// The paths of the open API.
const (
	openTokenPath = "/auth/v1/token/clientCredential"
	recordsPath   = "/weda/odata/v1/"
)

// hostSuffixes end the hosts of environments; what comes before is the id. The
// first two are documented, the third is the same abroad. The first holds a
// region (seed 001; cloudbase docs, client credentials).
var hostSuffixes = []string{
	".ap-shanghai.tcb-api.tencentcloudapi.com",
	".api.tcloudbasegateway.com",
	".api.intl.tcloudbasegateway.com",
}

const anyRegion = ".tcb-api.tencentcloudapi.com"

// gatewayErrors are the errors of the gateway, with the HTTP status that they
// have here and the message. The codes are documented (seed 001), the statuses
// are not, but that the two of authentication come with 200 was seen.
var gatewayErrors = map[string]struct {
	status  int
	message string
}{
	"INVALID_ACCESS_TOKEN": {http.StatusOK, "access token verify failed: jwt malformed"},
	"BAD_REQUEST":          {http.StatusBadRequest, "bad request"},
	"INVALID_HOST":         {http.StatusBadRequest, "invalid host"},
	"INVALID_REGION":       {http.StatusBadRequest, "region does not match"},
	"INVALID_ENV":          {http.StatusBadRequest, "env not found"},
	"INVALID_ENV_STATUS":   {http.StatusBadRequest, "env is not available"},
	"INVALID_COMMON_PARAM": {http.StatusBadRequest, "invalid common param"},
	"SIGN_PARAM_INVALID":   {http.StatusUnauthorized, "signature verify failed"},
	"PERMISSION_DENIED":    {http.StatusOK, "permission denied"},
	"EXCEED_REQUEST_LIMIT": {http.StatusForbidden, "resource limit exceeded"},
	"EXCEED_RATELIMIT":     {http.StatusTooManyRequests, "qps limit exceeded"},
	"SYS_ERR":              {http.StatusInternalServerError, "system error"},
	"SERVER_TIMEOUT":       {http.StatusGatewayTimeout, "server timeout"},
}

// gatewayError is an error of the gateway. Its message may be more specific than that
// of the code.
type gatewayError struct{ code, message string }

func (e *gatewayError) Error() string { return e.code + ": " + e.message }

func gatewayRefuses(code string) error { return &gatewayError{code, gatewayErrors[code].message} }

var errTokenExpired = &gatewayError{"INVALID_ACCESS_TOKEN", "access token verify failed: jwt expired"}

func newOpenAPI(options Options, c *cloudbase) *openapi {
	// cloudbase docs, client credentials: 432000 seconds.
	return &openapi{newHosted("openapi", options, 5*24*time.Hour, newOpenEnvironment), c, newSignin(c)}
}

func newOpenEnvironment(string) *openEnvironment {
	return &openEnvironment{sources: map[string]map[string]*shelf{}}
}

func (o *openapi) name() string                { return "openapi" }
func (o *openapi) claims(r *http.Request) bool { return isFor(r, "/weda", "/auth/v1") }

func (o *openapi) state() schema.Object {
	return o.tenants.state(func(e *openEnvironment) schema.Object {
		state := schema.Object{}
		for envType, sources := range e.sources {
			held := schema.Object{}
			for name, records := range sources {
				held[name] = records.object()
			}
			state[envType] = held
		}
		return state
	})
}

func environmentOf(host string) (string, error) {
	for _, suffix := range hostSuffixes {
		if id, ok := strings.CutSuffix(host, suffix); ok && id != "" && !strings.Contains(id, ".") {
			return id, nil
		}
	}
	if strings.HasSuffix(host, anyRegion) {
		return "", gatewayRefuses("INVALID_REGION")
	}
	return "", gatewayRefuses("INVALID_HOST")
}

// openOperation is an operation on a record or a data source.
type openOperation struct {
	pattern string // names it in the count of requests
	writes  bool
	do      func(*recordCall) (answer, error)
}

func (o *openapi) open(r request) exchange {
	env, wrongHost := environmentOf(hostOf(r.Request))
	e := line(o.name(), r, env)
	target, wrongPath := targetOf(r.URL.Path)
	operation, known := recordOperations[r.Method+" "+target.sort]
	e.Write = known && operation.writes
	x := exchange{
		entry: e,
		limit: func() answer { return o.gateway("EXCEED_RATELIMIT") },
		expire: func() answer {
			o.tokens.expire(bearer(r))
			return o.failure(errTokenExpired)
		},
	}
	x.answer = func() answer {
		a, err := o.serve(r, env, func() (answer, error) {
			switch {
			case wrongPath != nil:
				return answer{}, wrongPath
			case !known:
				return answer{}, &gatewayError{"BAD_REQUEST", "method " + r.Method + " is not supported here"}
			}
			return o.work(operation, &recordCall{request: r, Options: o.options, env: env, target: target})
		}, wrongHost)
		if err != nil {
			return o.failure(err)
		}
		return a
	}
	return x
}

// serve checks the host, the environment and, but for logins, the token.
func (o *openapi) serve(r request, env string, work func() (answer, error), wrongHost error) (answer, error) {
	if wrongHost != nil {
		return answer{}, wrongHost
	}
	if !o.exists(env) {
		return answer{}, gatewayRefuses("INVALID_ENV")
	}
	if r.URL.Path == openTokenPath {
		return o.issueToken(r, env)
	}
	if logins[r.URL.Path] != nil {
		return o.signin.serve(r, env)
	}
	switch o.tokens.state(env, bearer(r)) {
	case validToken:
		return work()
	case expiredToken:
		return answer{}, errTokenExpired
	}
	return answer{}, gatewayRefuses("INVALID_ACCESS_TOKEN")
}

// exists reports whether the environment exists, here or in the management API.
func (o *openapi) exists(env string) bool {
	return o.tenants.unknown != RefuseUnknown || o.tenants.named(env) != nil ||
		slices.ContainsFunc(o.cloudbase.environments.all(), func(e *environment) bool { return e.id == env })
}

// issueToken issues a token. It requires the account's secret in Basic authentication,
// or a signature with it, and the grant type in JSON: a form is refused (seed 001;
// wire facts, section 3.1).
func (o *openapi) issueToken(r request, env string) (answer, error) {
	if r.Method != http.MethodPost {
		return answer{}, &gatewayError{"BAD_REQUEST", "method " + r.Method + " is not supported here"}
	}
	id, secret, basic := r.BasicAuth()
	if !basic && !o.signed(r) || basic && !isSandbox(id, secret) {
		return answer{}, gatewayRefuses("SIGN_PARAM_INVALID")
	}
	in, err := jsonObject(r)
	if err != nil {
		return answer{}, &gatewayError{"BAD_REQUEST", messageOf(err)}
	}
	if in.Text("grant_type") != "client_credentials" {
		return answer{}, &gatewayError{"INVALID_COMMON_PARAM", "grant_type must be client_credentials"}
	}
	return jsonAnswer(http.StatusOK, schema.Object{
		"token_type":   schema.Text("Bearer"),
		"access_token": schema.Text(o.tokens.issue(env)),
		"expires_in":   number(int64(o.tokens.life.Seconds())),
	}), nil
}

// signed reports whether a request for a token is signed: as for the management
// API, with the time and the token of a temporary key among what the signature
// comes with.
func (o *openapi) signed(r request) bool {
	header, rest, _ := strings.Cut(r.Header.Get("Authorization"), ", Timestamp=")
	at, token, _ := strings.Cut(rest, ", Token=")
	as := r.Clone(r.Context())
	as.Header.Set("Authorization", header)
	as.Header.Set("X-TC-Timestamp", at)
	as.Header.Set("X-TC-Token", token)
	if r.Header.Get("X-Timestamp") != at || r.Header.Get("X-Signature-Expires") == "" {
		return false
	}
	_, err := o.cloudbase.keys.signer(request{Request: as, body: r.body}, "tcb", o.clock())
	return err == nil
}

func (o *openapi) work(operation openOperation, call *recordCall) (answer, error) {
	if _, ok := o.limiter.take(call.env+" "+operation.pattern, o.clock()); !ok {
		return answer{}, gatewayRefuses("EXCEED_RATELIMIT")
	}
	held, unlock := o.tenants.locked(call.env)
	defer unlock()
	records, err := held.source(call.target.envType, call.target.source)
	if err != nil {
		return answer{}, err
	}
	call.held, call.records = held, records
	return operation.do(call)
}

func (o *openapi) gateway(code string) answer { return o.failure(gatewayRefuses(code)) }

// failure is an error in the form of the part that found it. An error of the gateway
// is flat. An error of a data source, or in a request's parameters, has the form of
// the management API and comes with HTTP 200.
func (o *openapi) failure(err error) answer {
	if l, is := errors.AsType[*loginError](err); is {
		return l.answer()
	}
	if g, is := errors.AsType[*gatewayError](err); is {
		status := gatewayErrors[g.code].status
		if o.options.plays(quirk.GatewayErrorStatus, quirk.StatusOK) {
			status = http.StatusOK
		}
		a := jsonAnswer(status, schema.Object{
			"code":      schema.Text(g.code),
			"message":   schema.Text(g.message),
			"requestId": schema.Text(o.cloudbase.requestID()),
		})
		a.code = g.code
		return a
	}
	return o.cloudbase.envelope(nil, err)
}
