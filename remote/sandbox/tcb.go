package sandbox

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"sync/atomic"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/secrets"
)

// tcbVersion is the simulated version of the management API.
const tcbVersion = "2018-06-08"

// documentedRate is how many requests a second the service takes of one action
// (cloud docs, each action's page).
const documentedRate = 20

// cloudbase simulates the CloudBase management API, product tcb: one POST endpoint,
// the action in a header, the environment in the body.
type cloudbase struct {
	options      Options
	clock        func() time.Time // of signatures and rates
	limiter      limiter
	keys         *keys
	served       atomic.Int64 // for request ids
	environments tenants[*environment]
}

// action is one operation of the API. Each kind's file declares its own; see
// [play].
type action struct {
	kind   string // of the objects it writes, whose undocumented fields it takes too
	writes bool
	params []param
	// answers are the names below Response; nil = nothing that a kind has.
	answers []param
	do      func(*call) (schema.Object, error)

	anyRegion bool // does without X-TC-Region

	// played and as are the reading that has the action; "" = each.
	played quirk.Name
	as     quirk.Value
}

// call is one request for an action: authentic, allowed, its parameters checked.
type call struct {
	Options
	cloudbase *cloudbase
	env       *environment // locked for the call; nil if none was named
	in        schema.Object
	manner    *stampManner
}

func (c *call) fields() schema.Object {
	fields := c.in.Clone()
	delete(fields, envID.name)
	return fields
}

// moving changes a time that only the service writes at every read.
func (c *call) moving(o schema.Object, name string, as quirk.Name) {
	if c.plays(as, quirk.OnRead) {
		c.env.reads++
		o[name] = stamp(c.Now().Add(time.Duration(c.env.reads) * time.Second))
	}
}

// refusal is an error of the service.
type refusal struct{ code, message string }

func (r *refusal) Error() string { return r.code + ": " + r.message }

func refuse(code, format string, args ...any) error {
	return &refusal{code, fmt.Sprintf(format, args...)}
}

func newCloudbase(options Options) *cloudbase {
	return &cloudbase{
		options:      options,
		clock:        time.Now,
		limiter:      limiter{perSecond: options.Rate},
		keys:         &keys{life: options.TokenLife, issued: map[string]key{}},
		environments: tenants[*environment]{unknown: options.Unknown, create: func(id string) *environment { return newEnvironment(id, options.Now()) }},
	}
}

func (c *cloudbase) name() string              { return "cloudbase" }
func (c *cloudbase) claims(*http.Request) bool { return true }

func (c *cloudbase) open(r request) exchange {
	a := &asking{request: r}
	x := c.opened(c.name(), a, c.serve)
	x.entry.Tenant, x.entry.Write = a.in.Text(envID.name), actions()[a.name].writes
	x.expire = func() answer { return c.envelope(nil, c.expire(r)) }
	return x
}

// asking is a request for an action of a product of the cloud.
type asking struct {
	request
	name   string
	in     schema.Object
	parsed error // of the body
}

// opened begins the exchange of an action that a product serves.
func (c *cloudbase) opened(product string, a *asking, serve func(*asking) (schema.Object, error)) exchange {
	a.name = a.Header.Get("X-TC-Action")
	a.in, a.parsed = parseBody(a.body)
	e := entry{System: product, Action: a.name, Method: a.Method, Path: a.URL.Path}
	if a.parsed == nil {
		e.Body, _ = schema.EncodeJSON(a.in, secrets.OpenClear)
	}
	return exchange{
		entry:  e,
		answer: func() answer { return c.envelope(serve(a)) },
		limit:  func() answer { return c.envelope(nil, tooMany(documentedRate+1, documentedRate)) },
		expire: func() answer { return c.envelope(nil, signatureExpired()) },
	}
}

// expire ends the temporary key of a request. The account's own key never expires; in
// its place the signature counts as expired.
func (c *cloudbase) expire(r request) error {
	auth, err := parseAuthorization(r.Header.Get("Authorization"), "tcb")
	if err == nil && c.keys.expire(auth.id) {
		return errKeyEnded()
	}
	return signatureExpired()
}

func parseBody(body []byte) (schema.Object, error) {
	v, err := schema.ParseJSON(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	in, isObject := v.(schema.Object)
	if err != nil || !isObject {
		return nil, refuse("InvalidParameter", "The request body is not a JSON object.")
	}
	return in, nil
}

// serve checks a request as the gateway does, and then its parameters and environment.
func (c *cloudbase) serve(a *asking) (schema.Object, error) {
	action, known := actions()[a.name]
	err := c.pass(a, gate{
		version: tcbVersion, anyRegion: action.anyRegion,
		known: known && (action.played == "" || c.options.plays(action.played, action.as)),
		verify: func() error {
			_, err := c.keys.verify(a.request, "tcb", c.clock())
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return c.do(action, withoutNulls(a.in), a.manner)
}

// gate is what the gateway of the cloud asks of a request for an action of a product.
type gate struct {
	version   string
	verify    func() error // finds out who sent it
	known     bool         // there is such an action
	anyRegion bool         // it does without X-TC-Region
}

// pass checks a request in the order of the gateway: form, signature, action, rate, body.
func (c *cloudbase) pass(a *asking, g gate) error {
	if err := acceptable(a.request); err != nil {
		return err
	}
	if err := g.verify(); err != nil {
		return err
	}
	version, region := a.Header.Get("X-TC-Version"), a.Header.Get("X-TC-Region")
	switch {
	case version != g.version:
		return refuse("NoSuchVersion", "The version `%s` does not exist.", version)
	case !g.known:
		return refuse("InvalidAction", "The action `%s` does not exist.", a.name)
	case region == "" && !g.anyRegion:
		return missing("X-TC-Region")
	}
	// Requests are counted per action, account and region (cloud docs
	// 1278/109059). There is one account.
	if count, ok := c.limiter.take(a.name+" "+region, c.clock()); !ok {
		return tooMany(count, c.options.Rate)
	}
	return a.parsed
}

func (c *cloudbase) do(action action, in schema.Object, manner *stampManner) (schema.Object, error) {
	if err := checkTypes(action.params, in, ""); err != nil {
		return nil, err
	}
	call := &call{Options: c.options, cloudbase: c, in: in, manner: manner}
	if in[envID.name] != nil {
		env, err := c.environment(in.Text(envID.name))
		if err != nil {
			return nil, err
		}
		env.Lock()
		defer env.Unlock()
		call.env = env
	}
	if err := call.onlyKnown(action); err != nil {
		return nil, err
	}
	return action.do(call)
}

// acceptable refuses what is not a POST of JSON. The service also takes GET for
// some actions; no client of these does that.
func acceptable(r request) error {
	if r.Method != http.MethodPost {
		return refuse("UnsupportedProtocol", "The HTTP method `%s` is not supported, use POST.", r.Method)
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return refuse("UnsupportedProtocol", "The value specified in `Content-Type` is not supported, use application/json.")
	}
	if r.oversize {
		return refuse("RequestSizeLimitExceeded", "The request is longer than 10 MB.")
	}
	return nil
}

func tooMany(count, limit int) error {
	return refuse("RequestLimitExceeded", "Your current request times equals to `%d` in a second, which exceeds the frequency limit `%d` for a second. Please reduce the frequency of calls.", count, limit)
}

// envelope wraps what an action returned: {"Response":{...,"RequestId":"..."}},
// with HTTP 200 whatever happened.
func (c *cloudbase) envelope(result schema.Object, err error) answer {
	response := schema.Object{}
	maps.Copy(response, result)
	var refused *refusal
	if err != nil {
		if !errors.As(err, &refused) {
			refused = &refusal{"InternalError", err.Error()}
		}
		response = schema.Object{"Error": schema.Object{
			"Code":    schema.Text(refused.code),
			"Message": schema.Text(refused.message),
		}}
	}
	response["RequestId"] = schema.Text(c.requestID())
	a := jsonAnswer(http.StatusOK, schema.Object{"Response": response})
	if refused != nil {
		a.code = refused.code
	}
	return a
}

// requestID returns a new id in the form of a UUID. The n-th is always the same.
func (c *cloudbase) requestID() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "request %d", c.served.Add(1)))
	return fmt.Sprintf("%x-%x-4%.3x-a%.3x-%x", sum[0:4], sum[4:6],
		int(sum[6])<<4|int(sum[7])>>4, int(sum[8])<<4|int(sum[9])>>4, sum[10:16])
}
