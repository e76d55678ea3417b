package remote

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"authsync/schema"
)

// newConnectors returns the transport of the connector service (seed 004):
// bearer token, envelope {code, message, result} in which 0 is success.
func newConnectors(c SiteConfig, settings schema.Object) (*rest, error) {
	base, err := parseBase(settings.Text("url"))
	if err != nil {
		return nil, err
	}
	r := &rest{system: schema.Connectors, transport: c.Transport, base: strings.TrimRight(base.String(), "/"), open: openConnector}
	token, err := c.given(settings, "token")
	if err != nil {
		return nil, err
	}
	if id := settings.Text("clientId"); token == "" && id != "" {
		secret, err := c.given(settings, "clientSecret")
		if err != nil {
			return nil, err
		}
		m := machineToken{rest: r, form: url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}}
		if resource := settings.Text("resource"); resource != "" {
			m.form.Set("resource", resource)
		}
		tokens := &tokenCache{fetch: m.fetch}
		r.authorize, r.renew, r.expired = tokens.bearer, tokens.renew, connectorTokenExpired
		return r, nil
	}
	if token == "" {
		token = c.Fallback.token()
	}
	if token == "" {
		return nil, errors.New("there is no token; give token as a secret, or clientId and clientSecret")
	}
	r.authorize = func(context.Context) (string, string, error) { return "Authorization", "Bearer " + token, nil }
	return r, nil
}

// openConnector: errors come with a code in the envelope, whatever the status,
// and their result is a string, an object or null.
func openConnector(a Response) (schema.Value, string, error) {
	answer, err := parseObject(a.Body)
	if err != nil {
		return nil, "", err
	}
	code, ok := answer["code"].(schema.Number)
	if !ok && a.Status < 300 {
		other := &notJSON{"JSON without a code", foreign}
		return nil, "", &Error{Message: other.what, Err: other}
	}
	if a.Status < 300 && code == "0" {
		return answer["result"], "", nil
	}
	message := answer.Text("message")
	if detail := answer.Text("result"); detail != "" {
		message += ": " + detail
	}
	return nil, "", &Error{Code: string(code), Message: message}
}

// connectorTokenExpired: the documents do not say how a token that has ended is
// refused; 401 is what there is, as a status or as a code.
func connectorTokenExpired(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Code == "401")
}

// machineToken gets tokens by client credentials.
type machineToken struct {
	rest *rest
	form url.Values
}

func (m machineToken) fetch(ctx context.Context) (string, time.Duration, error) {
	const call = "POST /oidc/token"
	var answer schema.Object
	_, err := m.rest.transport.Do(ctx, Request{
		System: m.rest.system, Call: call, Method: http.MethodPost, URL: m.rest.base + "/oidc/token",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body:   []byte(m.form.Encode()), Class: Read, Secrets: []string{m.form.Get("client_secret")},
		Judge: func(a Response) (string, error) {
			parsed, err := parseObject(a.Body)
			if err != nil || a.Status >= 300 {
				return "", errors.Join(err, &Error{Code: parsed.Text("error"), Message: parsed.Text("error_description")})
			}
			answer = parsed
			return "", nil
		},
	})
	if err != nil {
		return "", 0, err
	}
	token := answer.Text("access_token")
	if token == "" {
		return "", 0, &Error{System: m.rest.system, Call: call, Message: "the answer has no access_token", Outcome: Refused}
	}
	return token, lifeOf(answer), nil
}
