package cloudbase

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	return &api{gateway{product: "tcb", version: "2018-06-08", region: c.Region, account: c.Account}.client(t, url), c.EnvID}, nil
}

// gateway is a product of the cloud, as an account calls it in a region.
type gateway struct {
	product, version string
	region           string // empty: usualRegion
	account          *service.Account
}

func (g gateway) client(t *transport.Transport, url string) *service.Client {
	return &service.Client{System: schema.CloudBase, Transport: t, Base: url, Codes: Codes, Sign: g.sign, Open: OpenEnvelope, Renew: g.account.Renew}
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

// whole returns a list of a kind that a reading action answers without pages.
func (a *api) whole(ctx context.Context, k *schema.Kind, wants []sync.Want, action, name string) ([]schema.Object, error) {
	answer, err := a.answer(ctx, action, nil)
	if err != nil {
		return nil, err
	}
	list, err := service.Objects("cloudbase: "+action, answer, name)
	if known := service.KnownTo(k, wants, service.AnyWant); err == nil && len(list) == 0 && len(known) > 0 {
		err = fmt.Errorf("cloudbase: %s: %w", action, service.EmptyWhere(known))
	}
	return list, err
}

// sign signs every attempt at a request.
func (g gateway) sign(ctx context.Context, r *transport.Request) error {
	c, err := g.account.Get(ctx)
	if err != nil {
		return err
	}
	Address(r, g.version, transport.Limit{Account: g.account.Name, Region: cmp.Or(g.region, usualRegion), Rate: rate})
	r.Secrets = append(r.Secrets, c.SecretKey, c.Token)
	if c.Token != "" {
		r.Header.Set(service.TokenHeader, c.Token)
	}
	r.Sign = func(q *http.Request, body []byte, now time.Time) error {
		SignTC3(q, body, now, c, g.product)
		return nil
	}
	return nil
}

// Address says in a request which action it is for, in which version and region, and
// that the action is counted.
func Address(r *transport.Request, version string, limit transport.Limit) {
	r.Header.Set("X-TC-Action", r.Call)
	r.Header.Set("X-TC-Version", version)
	r.Header.Set("X-TC-Region", limit.Region)
	r.Limit = limit
	r.Limit.Action = r.Call
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
