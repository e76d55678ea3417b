package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"authsync/remote/cloudbase"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// role is a role of the account, and who assumes it.
type role struct {
	arn, provider string // of the role, and the name of its identity provider
	session       string // name of the session, in the account's records
	region        string
	seconds       int // lifetime of the credentials
	// token returns a token that identifies the caller. It is called each time, since
	// a token ends long before a run may.
	token func(context.Context) (string, error)
}

const (
	stsURL     = "https://sts.tencentcloudapi.com/"
	stsVersion = "2018-08-13"
	stsRegion  = "ap-guangzhou" // the default of the cloud's own tools
	stsRate    = 20             // requests a second (cloud docs, on the page of the action)

	usualSession, longestSession = 7200, 43200 // seconds
)

func (s Surroundings) account(source string, r role) *service.Account {
	sts := &service.Client{System: "sts", Transport: s.Transport, Base: stsURL, Codes: codes, Open: cloudbase.OpenEnvelope, Sign: r.introduce}
	return service.Temporary(source+", as "+r.arn, r.arn, func(ctx context.Context) (service.Credentials, time.Duration, error) {
		token, err := r.token(ctx)
		if err != nil {
			return service.Credentials{}, 0, err
		}
		return r.assume(ctx, sts, token)
	})
}

// introduce sends the request without a signature, since the token identifies the
// caller.
func (r role) introduce(_ context.Context, q *transport.Request) error {
	cloudbase.Address(q, stsVersion, transport.Limit{Account: r.arn, Region: r.region, Rate: stsRate})
	q.Header.Set("Authorization", "SKIP")
	q.Sign = func(attempt *http.Request, _ []byte, now time.Time) error {
		attempt.Header.Set("X-TC-Timestamp", strconv.FormatInt(now.Unix(), 10))
		return nil
	}
	return nil
}

// assume exchanges a token for temporary credentials. It changes nothing in the
// account.
func (r role) assume(ctx context.Context, sts *service.Client, token string) (c service.Credentials, life time.Duration, err error) {
	body := schema.Object{
		"ProviderId": schema.Text(r.provider), "RoleArn": schema.Text(r.arn), "RoleSessionName": schema.Text(r.session),
		"WebIdentityToken": schema.Secret{Value: secrets.Plain(token)}, "DurationSeconds": schema.Number(strconv.Itoa(r.seconds)),
	}
	err = sts.Do(ctx, service.Request{
		Call:  sync.Call{System: sts.System, Action: "AssumeRoleWithWebIdentity", Body: body},
		Class: transport.Read, Reveal: new(secrets.Keyring).Open,
		Take: service.Object(func(answer schema.Object) error {
			given, _ := answer["Credentials"].(schema.Object)
			c, life, err = read(given, answer)
			return err
		}),
	})
	return c, life, err
}

// read returns the temporary credentials of an answer, and how long they live.
func read(given, answer schema.Object) (c service.Credentials, life time.Duration, err error) {
	c = service.Credentials{SecretID: given.Text("TmpSecretId"), SecretKey: given.Text("TmpSecretKey"), Token: given.Text("Token")}
	for _, part := range []string{c.SecretID, c.SecretKey, c.Token} {
		if part == "" || secrets.CheckLine("", part) != nil {
			return service.Credentials{}, 0, errors.New("the answer has no temporary credentials")
		}
	}
	ends, _ := answer["ExpiredTime"].(schema.Number)
	at, err := strconv.ParseInt(string(ends), 10, 64)
	if err != nil {
		return service.Credentials{}, 0, errors.New("the answer does not say when the credentials end")
	}
	return c, max(time.Until(time.Unix(at, 0)), 0), nil
}

// seconds reads the lifetime of credentials.
func seconds(text string) (int, error) {
	if text == "" {
		return usualSession, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 || n > longestSession {
		return 0, fmt.Errorf("%s is not a number of seconds from 1 to %d", sessionDuration, longestSession)
	}
	return n, nil
}
