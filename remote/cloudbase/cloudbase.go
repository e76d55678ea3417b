package cloudbase

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// config says which environment of CloudBase is meant, and as whom.
type config struct {
	URL     string // empty: https://tcb.tencentcloudapi.com
	Region  string // empty: usualRegion
	EnvID   string // such as prod-7gk2x9
	Account *service.Account
}

const (
	// usualRegion is where an environment is of which nobody says so.
	usualRegion = "ap-shanghai"
	// rate is how many requests a second the API takes of one action in one
	// region by one account (cloud docs, on the page of each action).
	rate = 20
)

// api is one environment on the CloudBase management API, tcb 2018-06-08 (seeds
// 000 and 002). It is safe for concurrent use.
type api struct {
	*service.Client
	envID string
}

// newAPI returns the client of an environment. Nothing is called yet.
func newAPI(t *transport.Transport, c config) (*api, error) {
	url := cmp.Or(c.URL, "https://tcb.tencentcloudapi.com")
	if _, err := transport.ParseBase(url); err != nil {
		return nil, err
	}
	if c.EnvID == "" {
		return nil, errors.New("no envId")
	}
	sign := func(ctx context.Context, r *transport.Request) error {
		credentials, err := c.Account.Get(ctx)
		if err == nil {
			sign(r, cmp.Or(c.Region, usualRegion), c.Account.Name, credentials)
		}
		return err
	}
	return &api{&service.Client{
		System: schema.CloudBase, Transport: t, Base: url, Codes: Codes, Sign: sign, Open: OpenEnvelope, Renew: c.Account.Renew,
	}, c.EnvID}, nil
}

// ask performs an action that changes nothing, in this environment, and hands
// its answer to take.
func (a *api) ask(ctx context.Context, action string, body schema.Object, take func(schema.Object) error) error {
	return a.Do(ctx, service.Request{
		Call:  sync.Call{System: a.System, Action: action, Body: schema.Overlay(schema.Object{"EnvId": schema.Text(a.envID)}, body)},
		Class: transport.Read, Take: service.Object(take),
	})
}

// answer is what an action that changes nothing answers.
func (a *api) answer(ctx context.Context, action string, body schema.Object) (answer schema.Object, err error) {
	err = a.ask(ctx, action, body, func(o schema.Object) error {
		answer = o
		return nil
	})
	return answer, err
}

// sign makes a request one of an account's, with a signature for each attempt.
func sign(r *transport.Request, region, account string, c service.Credentials) {
	r.Header.Set("X-TC-Action", r.Call)
	r.Header.Set("X-TC-Version", "2018-06-08")
	r.Header.Set("X-TC-Region", region)
	r.Limit = transport.Limit{Account: account, Region: region, Action: r.Call, Rate: rate}
	r.Secrets = append(r.Secrets, c.SecretKey, c.Token)
	if c.Token != "" {
		r.Header.Set(service.TokenHeader, c.Token)
	}
	r.Sign = func(q *http.Request, body []byte, now time.Time) error {
		SignTC3(q, body, now, c, "tcb")
		return nil
	}
}

// OpenEnvelope reads {"Response": {..., "RequestId": "..."}} and, in place of
// the fields, {"Error": {"Code": "...", "Message": "..."}}. The status is 200 in
// both cases, mostly, and decides only where the body does not.
func OpenEnvelope(a transport.Response) (inside schema.Value, requestID string, err error) {
	body, err := transport.ParseObject(a.Body)
	if err != nil {
		return nil, "", err
	}
	answer, ok := body["Response"].(schema.Object)
	if !ok {
		return nil, "", transport.Foreign("JSON without a Response")
	}
	requestID = answer.Text("RequestId")
	delete(answer, "RequestId")
	switch fault := answer["Error"].(type) {
	case schema.Object:
		return nil, requestID, &transport.Error{Code: fault.Text("Code"), Message: fault.Text("Message")}
	case nil, schema.Null:
	default:
		return nil, requestID, &transport.Error{Message: "an Error of an unknown form"}
	}
	if a.Status >= 400 {
		return nil, requestID, &transport.Error{}
	}
	return answer, requestID, nil
}
