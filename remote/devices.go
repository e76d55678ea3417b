package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"authsync/schema"
)

// newDevices returns the transport of the device platform (seed 003): a token
// in X-Access-Token, given or got by logging in, and the envelope {message,
// result, status, code, timestamp} of the family that it belongs to (hsweb).
func newDevices(c SiteConfig, settings schema.Object) (*rest, error) {
	base, err := parseBase(settings.Text("url"))
	if err != nil {
		return nil, err
	}
	r := &rest{system: schema.Devices, transport: c.Transport, base: strings.TrimRight(base.String(), "/"), open: openDevices}
	token, err := c.given(settings, "token")
	if err != nil {
		return nil, err
	}
	if user := settings.Text("username"); token == "" && user != "" {
		password, err := c.given(settings, "password")
		if err != nil {
			return nil, err
		}
		login := deviceLogin{rest: r, user: user, password: password}
		tokens := &tokenCache{fetch: login.fetch}
		r.authorize = func(ctx context.Context) (string, string, error) {
			token, err := tokens.get(ctx)
			return accessToken, token, err
		}
		r.renew, r.expired = tokens.renew, deviceTokenExpired
		return r, nil
	}
	if token == "" {
		token = c.Fallback.token()
	}
	if token == "" {
		return nil, errors.New("there is no token; give token as a secret, or username and password")
	}
	r.authorize = func(context.Context) (string, string, error) { return accessToken, token, nil }
	return r, nil
}

const accessToken = "X-Access-Token"

func deviceTokenExpired(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Code == "unauthorized" || e.Code == "401")
}

// userExists is what the platform says of an application whose user is there
// already. The error has no code: its text is one.
const userExists = "用户已存在"

// openDevices judges by the HTTP status and by the one in the envelope. The
// code is often missing (a null is left out); then the status is one.
func openDevices(a Response) (schema.Value, string, error) {
	answer, err := parseObject(a.Body)
	if err != nil {
		if a.Status >= 300 {
			return nil, "", &Error{Message: strings.ToLower(http.StatusText(a.Status)) + ", with " + err.Error(), Err: err}
		}
		return nil, "", err
	}
	number, _ := answer["status"].(schema.Number)
	status, err := strconv.Atoi(string(number))
	switch {
	case err != nil && a.Status < 300:
		what := "JSON that is not the platform's envelope: it has no status"
		return nil, "", &Error{Message: what, Err: &notJSON{what, foreign}}
	case a.Status < 300 && status < 300:
		return answer["result"], "", nil
	}
	e := &Error{Code: answer.Text("code"), Message: answer.Text("message")}
	if details := detailsOf(answer["result"]); details != "" {
		e.Message += ": " + details
	}
	switch {
	case strings.HasPrefix(answer.Text("message"), userExists):
		e.Code = userExists
		e.Message = strings.TrimPrefix(e.Message, userExists)
	case e.Code == "" && err == nil && status != a.Status:
		e.Code = strconv.Itoa(status)
	}
	return nil, "", e
}

// detailsOf is what the result of an error says of single fields.
func detailsOf(result schema.Value) string {
	list, _ := result.(schema.List)
	var details []string
	for _, item := range list {
		switch item := item.(type) {
		case schema.Text: // the methods that a path takes
			details = append(details, string(item))
		case schema.Object:
			details = append(details, strings.TrimSpace(item.Text("property")+" "+item.Text("message")))
		}
	}
	return strings.Join(details, ", ")
}

// isNotOffered reports whether the platform answered that it has no such call:
// the path is not known, or it does not take the method. That an object is not
// there is another matter.
func isNotOffered(err error) bool { return hasCode(err, noSuchPath) || hasCode(err, noSuchMethod) }

const (
	noSuchPath   = "error.resource_not_found"
	noSuchMethod = "method_not_allowed"
)

func hasCode(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// deviceLogin gets tokens for a user (JetLinks; not in seed 003).
type deviceLogin struct {
	rest           *rest
	user, password string
}

const (
	deviceLoginPath = "/api/authorize/login"
	useToken        = "; give systems.devices.token instead of username and password"
	// deviceTokenLife is what the platform's own client asks for.
	deviceTokenLife = time.Hour
)

// fetch logs in, unless the platform wants of a login what a program cannot
// give, or should not do in clear.
func (l deviceLogin) fetch(ctx context.Context) (string, time.Duration, error) {
	for _, door := range []struct {
		path, field string
		why         string
	}{
		{"/api/authorize/captcha/config", "enabled", "the platform's login wants a captcha, which only a person can read" + useToken},
		{deviceLoginPath + "/configs", "encrypt", "the platform's login wants the password encrypted, which is not documented" + useToken},
	} {
		result, err := l.ask(ctx, http.MethodGet, door.path, nil)
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Outcome != Refused) {
			return "", 0, err
		}
		settings, _ := result.(schema.Object)
		if settings[door.field] == schema.Bool(true) || settings.At(door.field, "enabled") == schema.Bool(true) {
			return "", 0, l.fail(door.why)
		}
	}
	result, err := l.ask(ctx, http.MethodPost, deviceLoginPath, schema.Object{
		"username": schema.Text(l.user), "password": schema.Text(l.password),
		"expires": schema.Number(strconv.FormatInt(deviceTokenLife.Milliseconds(), 10)),
	})
	var e *Error
	if errors.As(err, &e) && (strings.Contains(e.Message, "验证码") || strings.Contains(e.Message, "verifyCode")) {
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
	return token, deviceLife(answer), nil
}

func (l deviceLogin) fail(why string) error {
	return &Error{System: l.rest.system, Call: "POST " + deviceLoginPath, Message: why, Outcome: Refused}
}

// deviceLife is how long a token lives; half an hour, the family's default, if
// the answer does not say.
func deviceLife(answer schema.Object) time.Duration {
	n, _ := answer["expires"].(schema.Number)
	switch milliseconds, err := strconv.ParseInt(string(n), 10, 64); {
	case err == nil && milliseconds < 0:
		return 24 * time.Hour // it has no end; a run does
	case err == nil && milliseconds > 0:
		return time.Duration(min(milliseconds, (24*time.Hour).Milliseconds())) * time.Millisecond
	}
	return 30 * time.Minute
}

// ask makes a call that wants no token.
func (l deviceLogin) ask(ctx context.Context, method, path string, body schema.Object) (result schema.Value, err error) {
	request := Request{
		System: l.rest.system, Call: method + " " + path, Method: method, URL: l.rest.base + path,
		Header: http.Header{}, Class: Read, Secrets: []string{l.password},
		Judge: func(a Response) (id string, err error) {
			result, id, err = openDevices(a)
			return id, err
		},
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
		if request.Body, err = schema.EncodeJSON(body, nil); err != nil {
			return nil, err
		}
	}
	_, err = l.rest.transport.Do(ctx, request)
	return result, err
}
