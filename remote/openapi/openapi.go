package openapi

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"time"

	"authsync/remote/cloudbase"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// openTokenPath is where the open API issues tokens (seed 001).
const openTokenPath = "/auth/v1/token/clientCredential"

// New returns the service of records. Missing settings are those of cloudbase.
func New(env *schema.Environment, c service.Config) (sync.Service, error) {
	api, err := newAPI(env, c)
	if err != nil {
		return nil, err
	}
	return &recordService{api}, nil
}

// newAPI returns the client of an environment's own open API (seed 001).
func newAPI(env *schema.Environment, c service.Config) (*service.Client, error) {
	settings := env.Systems[schema.OpenAPI]
	url := settings.Text("url")
	if url == "" {
		if url = env.Address(schema.OpenAPI); url == "" {
			return nil, errors.New("nothing says where it is: give url, or systems.cloudbase.envId")
		}
	}
	base, err := service.Base(url)
	if err != nil {
		return nil, err
	}
	account, err := c.BasicAccount(env, schema.OpenAPI)
	if err != nil {
		return nil, err
	}
	api := &service.Client{System: schema.OpenAPI, Transport: c.Transport, Base: base, Codes: codes, Open: openRecords}
	door := *api
	door.Sign = func(ctx context.Context, r *transport.Request) error {
		credentials, err := account.Get(ctx)
		if err == nil {
			introduce(r, credentials)
		}
		return err
	}
	tokens := service.NewTokens(service.Bearer, tokenExpired, func(ctx context.Context) (string, time.Duration, error) {
		return fetchToken(ctx, &door)
	})
	api.Sign, api.Renew = tokens.Sign, tokens.Renew
	return api, nil
}

// introduce makes a request one of the account's: with its key as it is, or,
// where that is a temporary one, for which Basic has no room, signed with it (wire
// facts, section 3.1).
func introduce(r *transport.Request, c service.Credentials) {
	r.Secrets = append(r.Secrets, c.SecretKey, c.Token)
	if c.Token == "" {
		pair := c.SecretID + ":" + c.SecretKey
		basic := base64.StdEncoding.EncodeToString([]byte(pair))
		r.Header.Set("Authorization", "Basic "+basic)
		r.Secrets = append(r.Secrets, pair, basic)
		return
	}
	r.Sign = func(q *http.Request, body []byte, now time.Time) error {
		cloudbase.SignTC3(q, body, now, c, "tcb")
		q.Header.Del("X-TC-Timestamp")
		at := strconv.FormatInt(now.Unix(), 10)
		q.Header.Set("X-Timestamp", at)
		q.Header.Set("X-Signature-Expires", "600")
		q.Header.Set("Authorization", q.Header.Get("Authorization")+", Timestamp="+at+", Token="+c.Token)
		return nil
	}
}

func tokenExpired(err error) bool { return transport.HasCode(err, "INVALID_ACCESS_TOKEN") }

// fetchToken exchanges the account's key for a token.
func fetchToken(ctx context.Context, door *service.Client) (token string, life time.Duration, err error) {
	call := sync.Call{System: door.System, Method: http.MethodPost, Path: openTokenPath, Body: schema.Object{"grant_type": schema.Text("client_credentials")}}
	err = door.Do(ctx, service.Request{Call: call, Class: transport.Read, Take: service.Object(func(answer schema.Object) error {
		if token = answer.Text("access_token"); token == "" {
			return errors.New("the answer has no access_token")
		}
		life = service.LifeOf(answer)
		return nil
	})})
	return token, life, err
}

// openRecords separates errors from answers, whatever the status: the gateway sends
// {code, message, requestId} and the services behind it {Response: {Error: {Code,
// Message}, RequestId}}, and both have been seen with HTTP 200 (wire facts 3.3). A row
// with a column called code has _id, and a list has value.
func openRecords(a transport.Response) (schema.Value, string, error) {
	if a.Status == http.StatusNoContent {
		return nil, "", nil
	}
	answer, err := transport.ParseObject(a.Body)
	if err != nil {
		return nil, "", err
	}
	if inside, ok := answer["Response"].(schema.Object); ok {
		if fault, ok := inside["Error"].(schema.Object); ok {
			return nil, inside.Text("RequestId"), &transport.Error{Code: fault.Text("Code"), Message: fault.Text("Message")}
		}
	}
	id := answer.Text("requestId")
	if a.Status >= 300 || isGatewayError(answer) {
		return nil, id, &transport.Error{Code: answer.Text("code"), Message: answer.Text("message")}
	}
	return answer, id, nil
}

func isGatewayError(answer schema.Object) bool {
	_, row := answer["_id"]
	_, list := answer["value"]
	return !row && !list && answer.Text("code") != "" && answer["message"] != nil && answer["requestId"] != nil
}
