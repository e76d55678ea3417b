package idp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// try sends the client secret with a code that cannot be right, if the run tries
// secrets: whoever takes the client refuses the code. Each secret is sent once in a run,
// so that no client is locked for wrong secrets, and nothing of the answer is quoted,
// since it may echo what was sent. It reports whether the endpoint was asked.
func (v *visit) try(ctx context.Context, ask schema.Ask, u *url.URL) bool {
	secret, ok := v.object.Fields.At(clientSecret...).(schema.Secret)
	if v.client.config.Secrets != TrySecrets || !ok || secret.IsZero() {
		return false
	}
	if why := v.mayNotTry(ask, u); why != "" {
		v.doubt(clientSecret, "is not tried: "+why)
		return false
	}
	clear, err := v.site.Keys.Open(secret.Value)
	if err != nil {
		v.errs = append(v.errs, sync.At(v.object.Position(clientSecret).String(), fmt.Errorf("%s: %w", v.object.Key, err)))
		return false
	}
	digest := sha256.Sum256([]byte(clear.Reveal()))
	request := fmt.Sprintf("%s %s %x", u, v.text(clientID), digest)
	first := v.client.trying(digest, trial{request, v.site.Env.Name + ": " + v.object.Key.String()})
	if first.request != request {
		v.doubt(clientSecret, "is not tried: it is that of "+first.where+" too, and a secret is tried once in a run")
		return false
	}
	a, err := v.client.once("try "+request, func() (answer, error) {
		return v.client.send(ctx, v.wrongCode(u, clear.Reveal()), mostBody)
	})
	if err != nil {
		v.failed(ask.At, err)
		return true
	}
	v.judgeTrial(ask, a)
	return true
}

// trial is the one request that a secret is tried with, and the object that it is first
// tried for: what several environments share is tried for all of them.
type trial struct{ request, where string }

// trying returns the trial of a secret, which is this one if there is none.
func (c *Client) trying(digest [sha256.Size]byte, this trial) trial {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first, again := c.tried[digest]; again {
		return first
	}
	c.tried[digest] = this
	return this
}

// mayNotTry says why a secret may not be sent to a token endpoint; "" = it may.
func (v *visit) mayNotTry(ask schema.Ask, u *url.URL) string {
	stated := v.text(ask.At)
	claim, _ := v.kind.Online.Claimed(ask.At)
	applied, known := v.site.Lock.Entry(v.object.Key)
	last, recorded := applied.Fields[ask.At.String()]
	hosts := v.client.config.Hosts
	switch {
	case stated == "":
		return "a secret goes to a token endpoint that the manifest itself names, and " + ask.At.String() + " is not there"
	case v.text(clientID) == "":
		return clientID.String() + " is not in the manifest"
	case v.unknown:
		return "the issuer does not say whether the token endpoint is its own"
	case v.published != nil && v.published.Text(claim.Name) != stated:
		return "the issuer names another token endpoint"
	case known && recorded && !sameAddress(last, u):
		return "the lock has another token endpoint, to which the secret belongs; apply this one first"
	case hosts.Lists() && !hosts.Allows(addressOf(u)):
		return "AUTHSYNC_HOSTS does not list " + u.Host
	case v.text(position) != "" && v.text(position) != "Body":
		return position.String() + " puts it where logs keep it, or where no other client does"
	}
	return ""
}

var (
	position = schema.Path{"config", "requestParametersMap", "authPosition"}
	method   = schema.Path{"config", "tokenEndpointAuthMethod"}
	grant    = schema.Path{"config", "requestParametersMap", "clientCredentials"}
)

// sameAddress reports whether a text of the lock is a URL at the same address.
func sameAddress(recorded string, u *url.URL) bool {
	var text string
	if json.Unmarshal([]byte(recorded), &text) != nil {
		return false
	}
	was, err := url.Parse(text)
	return err == nil && addressOf(was) == addressOf(u)
}

// wrongCode is the request with which a client turns a code into tokens.
func (v *visit) wrongCode(u *url.URL, secret string) *http.Request {
	q := getting(u)
	form := url.Values{"code": {"authsync-" + rand.Text()}}
	form.Set(v.parameter("grant_type"), "authorization_code")
	if other := v.text(grant); other != "" {
		form.Set(v.parameter("grant_type"), other)
	}
	if back := v.text(redirectURI); back != "" {
		form.Set(v.parameter("redirect_uri"), back)
	}
	if v.text(method) == "CLIENT_SECRET_BASIC" {
		q.SetBasicAuth(url.QueryEscape(v.text(clientID)), url.QueryEscape(secret)) // RFC 6749, 2.3.1
	} else {
		form.Set(v.parameter("client_id"), v.text(clientID))
		form.Set(v.parameter("client_secret"), secret)
	}
	body := form.Encode()
	q.Method, q.Body, q.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(body)), int64(len(body))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return q
}

// rightCodes are the codes for a code that is not right, of a client that is.
var rightCodes = map[string]struct{}{"invalid_grant": {}, "bad_verification_code": {}}

// refusedTrials are the codes for a client that is not right (RFC 6749, 5.2, and those
// that GitHub has).
var refusedTrials = map[string]refusal{
	"invalid_client":               {clientSecret, "this secret, or config.clientId, is not what the identity provider has: set the right one (authsync secrets set)", schema.Wrong},
	"incorrect_client_credentials": {clientSecret, "this secret, or config.clientId, is not what the identity provider has: set the right one (authsync secrets set)", schema.Wrong},
	"unauthorized_client":          {clientID, "the client may not turn codes into tokens: allow it the grant there", schema.Wrong},
	"unsupported_grant_type":       {grant, "the identity provider does not turn codes into tokens in this way", schema.Wrong},
	"redirect_uri_mismatch":        {redirectURI, "this one is not registered there: register it, to the letter", schema.Wrong},
}

// judgeTrial judges the answer to a wrong code by its error code alone.
func (v *visit) judgeTrial(ask schema.Ask, a answer) {
	said, err := document(answer{status: http.StatusOK, body: a.body})
	code := said.Text("error")
	if form, bad := url.ParseQuery(string(a.body)); err != nil && bad == nil {
		code = form.Get("error")
	}
	_, right := rightCodes[code]
	r, refused := refusedTrials[code]
	switch {
	case right:
		v.right = append(v.right, "client secret ("+code+" for a wrong code)")
	case refused:
		v.find(r.at, code+": "+r.text, r.severity)
	case said.Text("access_token") != "" || said.Text("id_token") != "":
		v.wrong(ask.At, "gives a token for a code that nobody was given: do not trust this identity provider")
	case !v.exists(ask, a.status, schema.Wrong, lookItUp):
	case a.status >= 300 && a.status < 400:
		v.wrong(ask.At, fmt.Sprintf("redirects, with status %d, which no client follows with a secret: write the address that answers", a.status))
	default:
		v.doubt(clientSecret, fmt.Sprintf("was tried, and the token endpoint answers with status %d and no error of OAuth: nothing is known of it", a.status))
	}
}
