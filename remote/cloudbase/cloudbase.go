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

// config is the environment of CloudBase and its account.
type config struct {
	URL     string // empty: https://tcb.tencentcloudapi.com
	Region  string // empty: usualRegion
	EnvID   string // such as prod-7gk2x9
	Account *service.Account
}

const (
	// usualRegion is the region of an environment that names none.
	usualRegion = "ap-shanghai"
	// rate is the documented number of requests per second for one action, region and
	// account.
	rate = 20
)

// api is one environment on the CloudBase management API, tcb 2018-06-08 (seeds
// 000 and 002). It is safe for concurrent use.
type api struct {
	*service.Client
	envID string
}

// newAPI returns the client of an environment. It makes no call.
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

// ask performs a reading action in this environment, and passes its answer to take.
func (a *api) ask(ctx context.Context, action string, body schema.Object, take func(schema.Object) error) error {
	return a.Do(ctx, service.Request{Call: a.asking(action, body), Class: transport.Read, Take: service.Object(take)})
}

// asking is the call of an action in this environment.
func (a *api) asking(action string, body schema.Object) sync.Call {
	return sync.Call{System: a.System, Action: action, Body: schema.Overlay(schema.Object{"EnvId": schema.Text(a.envID)}, body)}
}

// answer returns the answer of a reading action.
func (a *api) answer(ctx context.Context, action string, body schema.Object) (answer schema.Object, err error) {
	err = a.ask(ctx, action, body, func(o schema.Object) error {
		answer = o
		return nil
	})
	return answer, err
}

// sign signs every attempt at a request for an account.
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
