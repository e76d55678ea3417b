package idp

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"authsync/schema"
)

// missing are the answers that say that there is nothing.
var missing = map[int]struct{}{http.StatusNotFound: {}, http.StatusGone: {}}

// exists reports whether something answers at an endpoint; severity is how bad it is if
// the answer is that there is nothing.
func (v *visit) exists(ask schema.Ask, status int, severity schema.Severity, remedy string) bool {
	_, gone := missing[status]
	switch {
	case gone:
		v.find(ask.At, fmt.Sprintf("nothing is there: it answers with status %d; %s", status, remedy), severity)
	case status >= 500:
		v.wrong(ask.At, fmt.Sprintf("answers with status %d: it is out of order, or no such endpoint", status))
	}
	return !gone && status < 500
}

const lookItUp = "look the address up at the identity provider"

// userinfo: an endpoint refuses whoever has no token.
func (v *visit) userinfo(ctx context.Context, ask schema.Ask) {
	if u := v.where(ask); u != nil {
		v.look(ctx, ask, u, schema.Wrong, lookItUp)
	}
}

// look asks whether an endpoint exists; see [visit.exists].
func (v *visit) look(ctx context.Context, ask schema.Ask, u *url.URL, severity schema.Severity, remedy string) {
	a, err := v.client.look(ctx, u)
	if err != nil {
		v.failed(ask.At, err)
		return
	}
	v.exists(ask, a.status, severity, remedy)
}

// tokenEndpoint: some answer nothing but POST, as if there were nothing.
func (v *visit) tokenEndpoint(ctx context.Context, ask schema.Ask) {
	if u := v.where(ask); u != nil && !v.try(ctx, ask, u) {
		v.look(ctx, ask, u, schema.Doubtful, lookItUp+", or ask it as a login does: --try-secrets")
	}
}

// Fields of a provider that go into its requests.
var (
	clientID     = schema.Path{"config", "clientId"}
	clientSecret = schema.Path{"config", "clientSecret"}
	redirectURI  = schema.Path{"config", "redirectUri"}
	scope        = schema.Path{"config", "scope"}
	responseType = schema.Path{"config", "responseType"}
)

// loginPage sends the request that a user's browser would bring, and asks that no page
// be shown: an identity provider that takes it answers that nobody is logged in.
func (v *visit) loginPage(ctx context.Context, ask schema.Ask) {
	u := v.where(ask)
	if u == nil {
		return
	}
	whole := v.text(clientID) != "" && v.text(redirectURI) != ""
	if whole {
		u = v.loginRequest(u)
	}
	a, err := v.client.look(ctx, u)
	switch {
	case err != nil:
		v.failed(ask.At, err)
	case !v.exists(ask, a.status, schema.Wrong, lookItUp) || !whole:
	case a.status >= 400:
		v.doubt(ask.At, fmt.Sprintf("refuses a login of this client with status %d: look there whether config.clientId and config.redirectUri are registered, to the letter", a.status))
	case a.status >= 300:
		v.sentBack(ask, a)
	}
}

func (v *visit) loginRequest(u *url.URL) *url.URL {
	to, query := *u, u.Query()
	query.Set(v.parameter("client_id"), v.text(clientID))
	query.Set(v.parameter("redirect_uri"), v.text(redirectURI))
	usual := v.kind.Online.Usual[schema.Text(v.object.Fields.Text(v.kind.Online.By))]
	for name, value := range map[string]string{
		"response_type": cmp.Or(v.text(responseType), usual["response_type"]), "scope": cmp.Or(v.text(scope), usual["scope"]),
		"state": "authsync", "nonce": "authsync", "prompt": "none",
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	to.RawQuery = query.Encode()
	return &to
}

// parameter is what the manifest calls a parameter of OAuth.
func (v *visit) parameter(name string) string {
	if other := v.text(v.kind.Online.Parameters[name]); other != "" {
		return other
	}
	return name
}

// refusal is what an error code of OAuth says of a field.
type refusal struct {
	at       schema.Path
	text     string
	severity schema.Severity
}

// refusedLogins are the codes with which a browser is sent back (RFC 6749, 4.1.2.1, and
// those that GitHub has). Others, such as login_required, are the answer to a request
// that is right.
var refusedLogins = map[string]refusal{
	"unauthorized_client":       {clientID, "the client may not log users in this way: allow it the response type and the redirect URI there", schema.Wrong},
	"invalid_client":            {clientID, "this client is unknown there: write the id that the identity provider shows", schema.Wrong},
	"invalid_scope":             {scope, "a scope is refused there: allow it to the client, or take out what is too much", schema.Wrong},
	"unsupported_response_type": {responseType, "this one is refused there: write one that the identity provider supports", schema.Wrong},
	"redirect_uri_mismatch":     {redirectURI, "this one is not registered there: register it, to the letter", schema.Wrong},
	"application_suspended":     {clientID, "the client is suspended there: see why, at the identity provider", schema.Wrong},
	"temporarily_unavailable":   {clientID, "the identity provider is busy, and nothing is known of the client", schema.Doubtful},
	"server_error":              {clientID, "the identity provider has an error, and nothing is known of the client", schema.Doubtful},
	"invalid_request":           {clientID, "the identity provider finds the request malformed, and nothing is known of the client", schema.Doubtful},
}

// sentBack judges where a browser would be sent: to the login, or back with a code.
func (v *visit) sentBack(ask schema.Ask, a answer) {
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		v.wrong(ask.At, "redirects to nowhere")
		return
	}
	code := to.Query().Get("error")
	if inside, err := url.ParseQuery(to.Fragment); err == nil && code == "" {
		code = inside.Get("error") // where response types other than code have it
	}
	if r, refused := refusedLogins[code]; refused {
		v.find(r.at, code+": "+r.text, r.severity)
	}
}
