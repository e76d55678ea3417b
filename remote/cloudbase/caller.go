package cloudbase

import (
	"context"
	"errors"
	"fmt"
	"strings"
	stdsync "sync"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// The cloud's token service says to which account a key belongs (cloud docs, sts
// 2018-08-13).
const (
	stsURL     = "https://sts.tencentcloudapi.com"
	stsVersion = "2018-08-13"
)

// Admission returns a check that nothing is read before the credentials are known to
// belong to the account that the manifest pins; nil = it pins none.
func Admission(env *schema.Environment, c service.Config) (func(context.Context) error, error) {
	pinned := env.Systems[schema.CloudBase].Text("account")
	if pinned == "" {
		return nil, nil
	}
	is, err := Caller(env, c)
	if err != nil {
		return nil, err
	}
	a := &admission{caller: is, pinned: pinned}
	return a.admit, nil
}

// Caller returns a question to the cloud: to which account do the credentials belong
// that an environment is read with? It makes no call.
func Caller(env *schema.Environment, c service.Config) (func(context.Context) (id string, err error), error) {
	settings := env.Systems[schema.CloudBase]
	account, err := c.Account(settings)
	if err != nil {
		return nil, err
	}
	api := gateway{product: "sts", version: stsVersion, region: settings.Text("region"), account: account}.client(c.Transport, stsBase(env))
	return func(ctx context.Context) (string, error) { return caller(ctx, api) }, nil
}

// stsBase returns the address of the token service: in the intranet if the manifest
// has cloudbase there.
func stsBase(env *schema.Environment) string {
	address, _, ok := schema.SplitURL(env.Setting(schema.CloudBase, "url"))
	if host, tcb := strings.CutPrefix(address, "https://tcb."); ok && tcb && !env.Foreign(schema.CloudBase) {
		return "https://sts." + host
	}
	return stsURL
}

// admission asks once to which account the credentials belong.
type admission struct {
	caller func(context.Context) (id string, err error)
	pinned string

	mu    stdsync.Mutex
	asked bool
	err   error
}

func (a *admission) admit(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.asked {
		return a.err
	}
	is, err := a.caller(ctx)
	if ctx.Err() != nil {
		return err
	}
	a.asked, a.err = true, err
	if err == nil && is != a.pinned {
		a.err = fmt.Errorf("systems.%s.%w", schema.CloudBase, &service.AccountError{Pinned: a.pinned, Is: is})
	}
	return a.err
}

func caller(ctx context.Context, api *service.Client) (id string, err error) {
	call := sync.Call{System: api.System, Action: "GetCallerIdentity", Body: schema.Object{}}
	err = api.Do(ctx, service.Request{Call: call, Class: transport.Read, Take: service.Object(func(answer schema.Object) error {
		if id = answer.Text("AccountId"); id == "" {
			return errors.New("the answer has no AccountId")
		}
		return nil
	})})
	return id, err
}
