package sandbox

import (
	"cmp"
	"net/http"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// tokenParam is the URL parameter that may replace the header.
const tokenParam = ":X_Access_Token"

// deviceLoginFields are what a login sends (JetLinks).
var deviceLoginFields = []param{
	{name: "username", required: true},
	{name: "password", required: true},
	{name: "expires", form: integer}, // milliseconds; -1: for ever
	{name: "remember", form: boolean},
	{name: "verifyKey"},
	{name: "verifyCode"},
	{name: "encryptId"},
}

// unendingLife is the lifetime of a token that never expires.
const unendingLife = 100 * 365 * 24 * time.Hour

func accessToken(r request) string {
	return cmp.Or(r.Header.Get("X-Access-Token"), r.URL.Query().Get(tokenParam))
}

// admit refuses a request without a valid token.
func (d *devices) admit(r request) error {
	switch d.tokens.state(hostOf(r.Request), accessToken(r)) {
	case validToken:
		return nil
	case noToken:
		return unauthorized("token不能为空", "expired", "用户未登录")
	case expiredToken:
		return unauthorized("登录状态已过期", "expired", "用户未登录")
	}
	return unauthorized("登录状态已失效", "offline", "用户已在其他地方登录")
}

// unauthorized is the error for a token, with its state as the framework spells it.
func unauthorized(message, state, text string) error {
	return &deviceError{
		status:  http.StatusUnauthorized,
		code:    "unauthorized",
		message: message,
		result:  enum(state, text),
	}
}

func (d *devices) expire(r request) answer {
	d.tokens.expire(accessToken(r))
	return d.envelope(nil, unauthorized("登录状态已过期", "expired", "用户未登录"))
}

// logIn accepts the sandbox's own user. An application's user may not log in here.
func logIn(c *deviceCall) (schema.Value, error) {
	in, err := jsonObject(c.request)
	if err != nil {
		return nil, err
	}
	in = withoutNulls(in)
	if err := checkBody(in, deviceLoginFields, nil); err != nil {
		return nil, err
	}
	switch {
	case c.plays(quirk.DevicesLogin, quirk.EncryptedLogin):
		return nil, illegal(detail("password", "密码未加密"))
	case c.plays(quirk.DevicesLogin, quirk.CaptchaLogin):
		return nil, illegal(detail("verifyCode", "验证码错误"))
	case !c.tenant.knows(in.Text("username"), in.Text("password")):
		return nil, &deviceError{status: http.StatusBadRequest, code: "illegal_password", message: "用户名或密码错误"}
	}
	life := c.tokens.life
	if expires, given := whole(in, "expires"); given && expires > 0 {
		life = time.Duration(expires) * time.Millisecond
	} else if given {
		life = unendingLife
	}
	return schema.Object{
		"userId":   schema.Text(sandboxUser),
		"username": schema.Text(in.Text("username")),
		"token":    schema.Text(c.tokens.issueFor(hostOf(c.Request), life)),
		"expires":  number(life.Milliseconds()),
	}, nil
}

// knows reports whether a user has this password. An application in apiServer mode has
// a user too.
func (t *deviceTenant) knows(name, password string) bool {
	user, ok := t.users.get(name)
	return ok && password != "" && user.Text("password") == password
}

// loginConfigs says whether passwords are sent as they are.
func loginConfigs(c *deviceCall) (schema.Value, error) {
	return schema.Object{"encrypt": schema.Object{"enabled": schema.Bool(c.plays(quirk.DevicesLogin, quirk.EncryptedLogin))}}, nil
}

func captchaConfig(c *deviceCall) (schema.Value, error) {
	return schema.Object{
		"enabled": schema.Bool(c.plays(quirk.DevicesLogin, quirk.CaptchaLogin)),
		"type":    schema.Text("image"),
	}, nil
}
