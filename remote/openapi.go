package remote

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"authsync/schema"
)

// openTokenPath is where the open API gives out tokens (seed 001).
const openTokenPath = "/auth/v1/token/clientCredential"

// newOpenAPI returns the transport of an environment's own open API (seed
// 001). Its settings follow those of cloudbase where they say nothing.
func newOpenAPI(env *schema.Environment, c SiteConfig) (*rest, error) {
	settings := env.Systems[schema.OpenAPI]
	url := settings.Text("url")
	if url == "" {
		id := env.Setting(schema.CloudBase, "envId")
		if id == "" {
			return nil, errors.New("nothing says where it is: give url, or systems.cloudbase.envId")
		}
		region := orDefault(env.Setting(schema.CloudBase, "region"), "ap-shanghai")
		url = fmt.Sprintf("https://%s.%s.tcb-api.tencentcloudapi.com", id, region)
	}
	base, err := parseBase(url)
	if err != nil {
		return nil, err
	}
	if schema.IsUnset(settings["secretId"]) {
		settings = env.Systems[schema.CloudBase]
	}
	account, err := credentialsOf(settings, c)
	if err != nil {
		return nil, err
	}
	r := &rest{system: schema.OpenAPI, transport: c.Transport, base: strings.TrimRight(base.String(), "/"), open: openRecords}
	tokens := &tokenCache{fetch: func(ctx context.Context) (string, time.Duration, error) {
		return fetchOpenToken(ctx, r, account)
	}}
	r.authorize, r.renew, r.expired = tokens.bearer, tokens.renew, openTokenExpired
	return r, nil
}

func openTokenExpired(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == "INVALID_ACCESS_TOKEN"
}

// fetchOpenToken changes the account's key for a token.
func fetchOpenToken(ctx context.Context, r *rest, account Credentials) (token string, life time.Duration, err error) {
	pair := account.SecretID + ":" + account.SecretKey
	basic := base64.StdEncoding.EncodeToString([]byte(pair))
	_, err = r.transport.Do(ctx, Request{
		System: r.system, Call: "POST " + openTokenPath, Method: http.MethodPost, URL: r.base + openTokenPath,
		Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Basic " + basic}},
		Body:   []byte(`{"grant_type":"client_credentials"}`),
		Class:  Read, Secrets: []string{account.SecretKey, pair, basic},
		Judge: func(a Response) (string, error) {
			inside, id, err := openRecords(a)
			if err != nil {
				return id, err
			}
			answer, _ := inside.(schema.Object)
			if token = answer.Text("access_token"); token == "" {
				return id, &Error{Message: "the answer has no access_token"}
			}
			life = lifeOf(answer)
			return id, nil
		},
	})
	return token, life, err
}

// openRecords tells an error from an answer, whatever the status: the gateway
// sends {code, message, requestId} and the services behind it {Response: {Error:
// {Code, Message}, RequestId}}, and both have been seen with HTTP 200 (wire
// facts 3.3). A row with a column of its own that is called code has _id, and a
// list has value.
func openRecords(a Response) (schema.Value, string, error) {
	if a.Status == http.StatusNoContent {
		return nil, "", nil
	}
	answer, err := parseObject(a.Body)
	if err != nil {
		return nil, "", err
	}
	if inside, ok := answer["Response"].(schema.Object); ok {
		if fault, ok := inside["Error"].(schema.Object); ok {
			return nil, inside.Text("RequestId"), &Error{Code: fault.Text("Code"), Message: fault.Text("Message")}
		}
	}
	id := answer.Text("requestId")
	if a.Status >= 300 || isGatewayError(answer) {
		return nil, id, &Error{Code: answer.Text("code"), Message: answer.Text("message")}
	}
	return answer, id, nil
}

func isGatewayError(answer schema.Object) bool {
	_, row := answer["_id"]
	_, list := answer["value"]
	return !row && !list && answer.Text("code") != "" && answer["message"] != nil && answer["requestId"] != nil
}
