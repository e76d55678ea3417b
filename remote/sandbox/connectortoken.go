package sandbox

import (
	"cmp"
	"net/http"
	"strings"

	"authsync/schema"
)

// managementAPI is the prefix of the resource in a request for a token of this API
// (CodeBird, management API).
const managementAPI = "urn:codebird:management-api:"

// issueToken issues a token by OAuth 2.0 client credentials. The client is in the form
// or in Basic authentication. Answers have no envelope, errors have the form of RFC
// 6749, section 5.2, and unknown parameters are ignored, as that document requires.
func (c *connectors) issueToken(r request) answer {
	tenant := hostOf(r.Request)
	if c.options.Unknown == RefuseUnknown && c.tenants.named(tenant) == nil {
		return nobody()
	}
	if r.Method != http.MethodPost {
		return oauthError(http.StatusMethodNotAllowed, "invalid_request", "use POST")
	}
	form, err := formOf(r)
	if err != nil {
		return oauthError(http.StatusBadRequest, "invalid_request", messageOf(err))
	}
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	switch {
	case form.Get("grant_type") == "":
		return oauthError(http.StatusBadRequest, "invalid_request", "grant_type is missing")
	case form.Get("grant_type") != "client_credentials":
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials")
	case !isSandbox(id, secret):
		return oauthError(http.StatusUnauthorized, "invalid_client", "client authentication failed")
	case form.Has("resource") && !strings.HasPrefix(form.Get("resource"), managementAPI):
		return oauthError(http.StatusBadRequest, "invalid_target", "the resource is not known")
	}
	return jsonAnswer(http.StatusOK, schema.Object{
		"access_token": schema.Text(c.tokens.issue(tenant)),
		"token_type":   schema.Text("Bearer"),
		"expires_in":   number(int64(c.tokens.life.Seconds())),
		"scope":        schema.Text(cmp.Or(form.Get("scope"), "all")),
	})
}

func oauthError(status int, code, description string) answer {
	a := jsonAnswer(status, schema.Object{
		"error":             schema.Text(code),
		"error_description": schema.Text(description),
	})
	a.code = code
	return a
}
