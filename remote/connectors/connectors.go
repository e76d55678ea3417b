package connectors

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// New returns the service of connectors.
func New(settings schema.Object, c service.Config) (sync.Service, error) {
	api, err := newAPI(settings, c)
	if err != nil {
		return nil, err
	}
	return &connectorService{api}, nil
}

// newAPI returns the client of the connector service (seed 004): bearer token,
// envelope {code, message, result} in which 0 is success.
func newAPI(settings schema.Object, c service.Config) (*service.Client, error) {
	base, err := service.Base(settings.Text("url"))
	if err != nil {
		return nil, err
	}
	api := &service.Client{System: schema.Connectors, Transport: c.Transport, Base: base, Codes: codes, Open: openConnector}
	token, err := c.Secret(settings, "token")
	if err != nil {
		return nil, err
	}
	if id := settings.Text("clientId"); token == "" && id != "" {
		secret, err := c.Secret(settings, "clientSecret")
		if err != nil {
			return nil, err
		}
		m := machineToken{api: api, form: url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}}
		if resource := settings.Text("resource"); resource != "" {
			m.form.Set("resource", resource)
		}
		tokens := service.NewTokens(service.Bearer, tokenExpired, m.fetch)
		api.Sign, api.Renew = tokens.Sign, tokens.Renew
		return api, nil
	}
	if token = cmp.Or(token, c.FallbackToken()); token == "" {
		return nil, errors.New("there is no token; give token as a secret, or clientId and clientSecret")
	}
	api.Sign = service.Bearer.Always(token)
	return api, nil
}

// openConnector: errors have a code in the envelope, whatever the status, and their
// result is a string, an object or null.
func openConnector(a transport.Response) (schema.Value, string, error) {
	answer, err := transport.ParseObject(a.Body)
	if err != nil {
		return nil, "", err
	}
	code, ok := answer["code"].(schema.Number)
	if !ok && a.Status < 300 {
		return nil, "", transport.Foreign("JSON without a code")
	}
	if a.Status < 300 && code == "0" {
		return answer["result"], "", nil
	}
	message := answer.Text("message")
	if detail := answer.Text("result"); detail != "" {
		message += ": " + detail
	}
	return nil, "", &transport.Error{Code: string(code), Message: message}
}

// tokenExpired: the documents do not say how an expired token is refused; 401 is
// assumed, as a status or as a code.
func tokenExpired(err error) bool { return transport.HasCode(err, "401") }

// machineToken gets tokens by client credentials.
type machineToken struct {
	api  *service.Client
	form url.Values
}

func (m machineToken) fetch(ctx context.Context) (string, time.Duration, error) {
	const call = "POST /oidc/token"
	var answer schema.Object
	_, err := m.api.Transport.Do(ctx, transport.Request{
		System: m.api.System, Call: call, Method: http.MethodPost, URL: m.api.Base + "/oidc/token",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body:   []byte(m.form.Encode()), Class: transport.Read, Secrets: []string{m.form.Get("client_secret")},
		Judge: func(a transport.Response) (string, error) {
			parsed, err := transport.ParseObject(a.Body)
			if err != nil || a.Status >= 300 {
				return "", errors.Join(err, &transport.Error{Code: parsed.Text("error"), Message: parsed.Text("error_description")})
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
		return "", 0, &transport.Error{System: m.api.System, Call: call, Message: "the answer has no access_token", Effect: transport.Refused}
	}
	return token, service.LifeOf(answer), nil
}
