package devices

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// login gets tokens for a user (JetLinks; not in seed 003).
type login struct {
	api            *service.Client // which is not signed
	user, password string
}

func newLogin(api service.Client, user, password string) login {
	api.Sign = func(_ context.Context, r *transport.Request) error {
		r.Secrets = append(r.Secrets, password)
		return nil
	}
	return login{&api, user, password}
}

const (
	loginPath = "/api/authorize/login"
	useToken  = "; give systems.devices.token instead of username and password"
	// tokenLife is what the platform's own client asks for.
	tokenLife = time.Hour
)

// fetch logs in. It refuses if the platform asks for what a program cannot give, such
// as a captcha, or would take the password in clear.
func (l login) fetch(ctx context.Context) (string, time.Duration, error) {
	for _, door := range []struct {
		path, field string
		why         string
	}{
		{"/api/authorize/captcha/config", "enabled", "the platform's login wants a captcha, which only a person can read" + useToken},
		{loginPath + "/configs", "encrypt", "the platform's login wants the password encrypted, which is not documented" + useToken},
	} {
		result, err := l.ask(ctx, http.MethodGet, door.path, nil)
		var e *transport.Error
		if err != nil && (!errors.As(err, &e) || e.Effect != transport.Refused) {
			return "", 0, err
		}
		settings, _ := result.(schema.Object)
		if settings[door.field] == schema.Bool(true) || settings.At(door.field, "enabled") == schema.Bool(true) {
			return "", 0, l.fail(door.why)
		}
	}
	result, err := l.ask(ctx, http.MethodPost, loginPath, schema.Object{
		"username": schema.Text(l.user), "password": schema.Text(l.password),
		"expires": schema.Number(strconv.FormatInt(tokenLife.Milliseconds(), 10)),
	})
	if e, is := errors.AsType[*transport.Error](err); is && (strings.Contains(e.Message, "验证码") || strings.Contains(e.Message, "verifyCode")) {
		return "", 0, fmt.Errorf("%w: the platform's login wants a captcha, which only a person can read%s", err, useToken)
	}
	if err != nil {
		return "", 0, err
	}
	answer, _ := result.(schema.Object)
	token := answer.Text("token")
	if token == "" {
		return "", 0, l.fail("the answer has no token")
	}
	return token, lifeOf(answer), nil
}

func (l login) fail(why string) error {
	return &transport.Error{System: l.api.System, Call: "POST " + loginPath, Message: why, Effect: transport.Refused}
}

// lifeOf returns how long a token lives: half an hour, the default of this family of
// platforms, if the answer does not say.
func lifeOf(answer schema.Object) time.Duration {
	n, _ := answer["expires"].(schema.Number)
	switch milliseconds, err := strconv.ParseInt(string(n), 10, 64); {
	case err == nil && milliseconds < 0:
		return 24 * time.Hour // it has no end; a run does
	case err == nil && milliseconds > 0:
		return time.Duration(min(milliseconds, (24*time.Hour).Milliseconds())) * time.Millisecond
	}
	return 30 * time.Minute
}

// ask makes a call that needs no token.
func (l login) ask(ctx context.Context, method, path string, body schema.Object) (schema.Value, error) {
	return l.api.Ask(ctx, sync.Call{System: l.api.System, Method: method, Path: path, Body: body}, nil)
}
