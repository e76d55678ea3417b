package credentials

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
)

// The variables of a job of GitHub that may ask for a token.
const (
	requestURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	requestToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// usualAudience is the audience of a token, as in other tools for this cloud.
const usualAudience = "sts.tencentcloudapi.com"

// job gets tokens for the running job from GitHub, at an address and with a token that
// GitHub gave the job.
func (s Surroundings) job(address, with string) (func(context.Context) (string, error), error) {
	at, err := transport.ParseBase(address)
	switch {
	case err != nil:
		return nil, errors.New(requestURL + ": " + err.Error())
	case at.Scheme != "https" && !schema.Loopback(at.Hostname()):
		return nil, errors.New(requestURL + " is not an https url, and a token would cross the network in clear text")
	}
	whom, err := s.variable(audience)
	if err != nil {
		return nil, err
	}
	query := at.Query()
	query.Set("audience", cmp.Or(whom, usualAudience))
	at.RawQuery = query.Encode()
	return func(ctx context.Context) (string, error) { return s.ask(ctx, at, with) }, nil
}

func (s Surroundings) ask(ctx context.Context, at *url.URL, with string) (token string, err error) {
	request := transport.Request{
		System: "github", Call: "the job's token", Method: http.MethodGet, URL: at.String(), Header: http.Header{}, Class: transport.Read,
		Judge: func(a transport.Response) (string, error) {
			if a.Status >= 300 {
				return "", &transport.Error{Message: "GitHub gives this job no token; it needs the permission id-token: write"}
			}
			answer, err := transport.ParseObject(a.Body)
			if err != nil {
				return "", err
			}
			if token = answer.Text("value"); token == "" || secrets.CheckLine("", token) != nil {
				return "", errors.New("the answer has no token")
			}
			return "", nil
		},
	}
	if err := service.Bearer.Always(with)(ctx, &request); err != nil {
		return "", err
	}
	if _, err := s.Transport.Do(ctx, request); err != nil {
		return "", err
	}
	return token, nil
}
