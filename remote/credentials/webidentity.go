package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"authsync/disk"
	"authsync/remote/service"
	"authsync/secrets"
)

// The variables that say which role to assume, named as in other tools for this cloud;
// only the audience is authsync's own.
const (
	roleARN         = "TENCENTCLOUD_ASSUME_ROLE_ARN"
	roleProvider    = "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID"
	webToken        = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN"
	webTokenFile    = "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE"
	sessionName     = "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME"
	sessionDuration = "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION"
	audience        = "AUTHSYNC_OIDC_AUDIENCE"
	usualRegion     = "TENCENTCLOUD_REGION"
)

// fromWebIdentity returns the account of a role that is assumed by the identity of a
// pipeline's job.
func fromWebIdentity(s Surroundings) (*service.Account, error) {
	v, err := s.variables(roleARN, roleProvider, sessionName, sessionDuration, usualRegion)
	if err != nil {
		return nil, err
	}
	arn, provider, session, duration, region := v[0], v[1], v[2], v[3], v[4]
	switch {
	case arn == "":
		return nil, nil
	case provider == "":
		return nil, fmt.Errorf("%s is set and %s is not", roleARN, roleProvider)
	}
	r := role{arn: arn, provider: provider, session: cmp.Or(session, "authsync"), region: cmp.Or(region, stsRegion)}
	if r.seconds, err = seconds(duration); err != nil {
		return nil, err
	}
	source, err := s.identity(&r)
	if err != nil {
		return nil, err
	}
	return s.account(source, r), nil
}

// identity sets where a role gets its tokens from, and returns a description.
func (s Surroundings) identity(r *role) (source string, err error) {
	v, err := s.variables(webToken, webTokenFile, requestURL, requestToken)
	if err != nil {
		return "", err
	}
	text, file, ask, with := v[0], v[1], v[2], v[3]
	switch {
	case text != "" && file != "":
		return "", fmt.Errorf("%s and %s are set: one of them is meant", webToken, webTokenFile)
	case text != "":
		r.token = func(context.Context) (string, error) { return text, nil }
		return "web identity of " + webToken, nil
	case file != "":
		r.token = tokenOf(file)
		return "web identity of the file in " + webTokenFile, nil
	case ask != "" && with != "":
		r.token, err = s.job(ask, with)
		return "web identity of the GitHub job", err
	}
	return "", fmt.Errorf("%s is set, and nothing says who asks: a job of GitHub needs the permission id-token: write, one of GitLab an id_tokens entry called %s", roleARN, webToken)
}

// tokenOf reads a token from its file each time, since the file is renewed.
func tokenOf(file string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		text, err := disk.Read(file)
		if err != nil {
			return "", err
		}
		token := strings.TrimSpace(string(text))
		if token == "" {
			return "", errors.New("the file of the web identity token is empty: " + file)
		}
		return token, secrets.CheckLine("the web identity token", token)
	}
}

// The variables of a pod in the cloud's own clusters.
const (
	podARN       = "TKE_ROLE_ARN"
	podProvider  = "TKE_PROVIDER_ID"
	podTokenFile = "TKE_WEB_IDENTITY_TOKEN_FILE"
	podRegion    = "TKE_REGION"
)

// fromPod returns the account of a role that is assumed by the identity of a pod.
func fromPod(s Surroundings) (*service.Account, error) {
	names := []string{podARN, podProvider, podTokenFile, podRegion}
	v, err := s.variables(names...)
	if err != nil || v[0] == "" {
		return nil, err
	}
	for i, value := range v {
		if value == "" {
			return nil, fmt.Errorf("%s is set and %s is not", podARN, names[i])
		}
	}
	return s.account("TKE pod identity", role{
		arn: v[0], provider: v[1], token: tokenOf(v[2]), region: v[3], session: "authsync", seconds: usualSession,
	}), nil
}
