package remote

import (
	"context"
	"errors"
	"net/http"
	"time"

	"authsync/schema"
	"authsync/secrets"
)

// CloudBaseConfig says which environment of CloudBase is meant, and as whom.
type CloudBaseConfig struct {
	URL         string // empty: https://tcb.tencentcloudapi.com
	Region      string // empty: ap-shanghai
	EnvID       string // such as prod-7gk2x9
	Credentials Credentials
}

// CloudBase is one environment on the CloudBase management API, tcb 2018-06-08
// (seeds 000 and 002). It is safe for concurrent use.
type CloudBase struct {
	transport   *Transport
	url         string
	region      string
	envID       string
	credentials func() Credentials // a function, which no printer looks into
}

// NewCloudBase returns the client of an environment. Nothing is called yet.
func NewCloudBase(t *Transport, c CloudBaseConfig) (*CloudBase, error) {
	url := orDefault(c.URL, "https://tcb.tencentcloudapi.com")
	if _, err := parseBase(url); err != nil {
		return nil, err
	}
	if c.EnvID == "" {
		return nil, errors.New("no envId")
	}
	if c.Credentials.SecretID == "" || c.Credentials.SecretKey == "" {
		return nil, ErrNoCredentials
	}
	return &CloudBase{
		transport:   t,
		url:         url,
		region:      orDefault(c.Region, "ap-shanghai"),
		envID:       c.EnvID,
		credentials: func() Credentials { return c.Credentials },
	}, nil
}

// EnvID returns the id of the environment.
func (c *CloudBase) EnvID() string { return c.envID }

// Call performs an action and returns what the service answers below Response,
// without the request id. EnvId is added to the body unless the body has one. The
// body's secrets are opened with reveal, which may be nil if it holds none; they
// are in no error.
func (c *CloudBase) Call(ctx context.Context, class Class, action string, body schema.Object, reveal schema.Reveal) (answer schema.Object, err error) {
	err = c.call(ctx, class, action, body, reveal, func(a schema.Object) error {
		answer = a
		return nil
	})
	return answer, err
}

// Ask performs an action that changes nothing, and hands its answer to take.
// What take objects to is an error of the call, with its request id.
func (c *CloudBase) Ask(ctx context.Context, action string, body schema.Object, take func(schema.Object) error) error {
	return c.call(ctx, Read, action, body, nil, take)
}

func (c *CloudBase) call(ctx context.Context, class Class, action string, body schema.Object, reveal schema.Reveal, take func(schema.Object) error) error {
	if _, ok := body["EnvId"]; !ok {
		body = body.Clone()
		body["EnvId"] = schema.Text(c.envID)
	}
	opened := &opened{reveal: reveal}
	encoded, err := schema.EncodeJSON(body, opened.open)
	if err != nil {
		return &Error{System: schema.CloudBase, Call: action, Outcome: NotDone, Err: err}
	}
	credentials := c.credentials()
	_, err = c.transport.Do(ctx, Request{
		System:  schema.CloudBase,
		Call:    action,
		Method:  http.MethodPost,
		URL:     c.url,
		Header:  c.header(action),
		Body:    encoded,
		Class:   class,
		Limit:   LimitKey{Account: credentials.SecretID, Region: c.region, Action: action},
		Secrets: append(opened.texts, credentials.SecretKey, credentials.Token),
		Sign:    c.sign,
		Judge: func(a Response) (string, error) {
			answer, id, err := openEnvelope(a)
			if err == nil {
				err = take(answer)
			}
			return id, err
		},
	})
	return err
}

func (c *CloudBase) header(action string) http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/json") // signed: exactly this, no charset
	h.Set("X-TC-Action", action)
	h.Set("X-TC-Version", "2018-06-08")
	h.Set("X-TC-Region", c.region)
	return h
}

func (c *CloudBase) sign(r *http.Request, body []byte, now time.Time) error {
	signTC3(r, body, now, c.credentials(), "tcb")
	return nil
}

// openEnvelope reads {"Response": {..., "RequestId": "..."}} and, in place of
// the fields, {"Error": {"Code": "...", "Message": "..."}}. The status is 200 in
// both cases, mostly, and decides only where the body does not.
func openEnvelope(a Response) (answer schema.Object, requestID string, err error) {
	body, err := parseObject(a.Body)
	if err != nil {
		return nil, "", err
	}
	answer, ok := body["Response"].(schema.Object)
	if !ok {
		other := &notJSON{"JSON without a Response", foreign}
		return nil, "", &Error{Message: other.what, Err: other}
	}
	requestID = answer.Text("RequestId")
	delete(answer, "RequestId")
	switch fault := answer["Error"].(type) {
	case schema.Object:
		return nil, requestID, &Error{Code: fault.Text("Code"), Message: fault.Text("Message")}
	case nil, schema.Null:
	default:
		return nil, requestID, &Error{Message: "an Error of an unknown form"}
	}
	if a.Status >= 400 {
		return nil, requestID, &Error{}
	}
	return answer, requestID, nil
}

// opened remembers which secrets were opened for a body.
type opened struct {
	reveal schema.Reveal
	texts  []string
}

func (o *opened) open(v secrets.Value) (secrets.Clear, error) {
	if o.reveal == nil {
		return secrets.Clear{}, errors.New("the body holds a secret, and there is nothing to open it with")
	}
	clear, err := o.reveal(v)
	if err == nil {
		o.texts = append(o.texts, clear.Reveal())
	}
	return clear, err
}
