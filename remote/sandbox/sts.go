package sandbox

import (
	"net/http"
	"strings"
	"time"

	"authsync/schema"
	"authsync/schema/pattern"
)

const stsVersion = "2018-08-13"

// Account is the id of the simulated cloud account, and WebIdentityRole one of its
// roles, which a job of the organization acme may assume.
const (
	Account         = "100000000001"
	WebIdentityRole = "qcs::cam::uin/" + Account + ":roleName/authsync"
)

// trusted are the jobs that may assume the sandbox's roles: those of an organization,
// as GitHub and GitLab spell it.
var trusted = []string{"repo:acme/", "project_path:acme/"}

// roleID is the number of the sandbox's roles.
const roleID = "4611686018427387904"

// sts simulates the security token service (wire facts, section 8.4): temporary keys
// for the identity of a job, and the owner of a key.
type sts struct {
	cloudbase *cloudbase // whose gateway is the same, and where the keys are good
	issuer    *issuer
}

func (s *sts) name() string { return "sts" }

func (s *sts) claims(r *http.Request) bool {
	return strings.HasPrefix(hostOf(r), "sts.") || r.Header.Get("X-TC-Version") == stsVersion
}

type stsAction struct {
	params   []param
	unsigned bool // the header Authorization says SKIP
	do       func(s *sts, id string, in schema.Object) (schema.Object, error)
}

var stsActions = map[string]stsAction{
	"AssumeRoleWithWebIdentity": {unsigned: true, do: (*sts).assume, params: []param{
		{name: "ProviderId", required: true},
		{name: "WebIdentityToken", required: true},
		{name: "RoleArn", required: true},
		{name: "RoleSessionName", required: true},
		{name: "DurationSeconds", form: integer},
	}},
	"GetCallerIdentity": {do: (*sts).caller},
}

func (s *sts) open(r request) exchange {
	return s.cloudbase.opened(s.name(), &asking{request: r}, s.serve)
}

func (s *sts) serve(a *asking) (schema.Object, error) {
	action, known := stsActions[a.name]
	var id string
	err := s.cloudbase.pass(a, gate{version: stsVersion, known: known, verify: func() (err error) {
		if action.unsigned && a.Header.Get("Authorization") == "SKIP" {
			return punctual(a.request)
		}
		id, err = s.cloudbase.keys.verify(a.request, "sts", s.cloudbase.clock())
		return err
	}})
	if err != nil {
		return nil, err
	}
	in := withoutNulls(a.in)
	if err := checkBody(in, action.params, nil); err != nil {
		return nil, err
	}
	return action.do(s, id, in)
}

var (
	roleARN     = pattern.Of(`^qcs::cam::uin/(\d+):roleName/([\w+=,.@-]+)$`)
	sessionName = pattern.Of(`^[\w+=,.@-]{2,128}$`)
)

// The lives of temporary keys in seconds: what is usual, and the longest (wire
// facts, section 8.4).
const usualSession, longestSession = 7200, 43200

// assume issues a temporary key of a role, if the job may assume it.
func (s *sts) assume(_ string, in schema.Object) (schema.Object, error) {
	seconds, given := whole(in, "DurationSeconds")
	if !given {
		seconds = usualSession
	}
	role := roleARN.FindStringSubmatch(in.Text("RoleArn"))
	switch {
	case seconds <= 0 || seconds > longestSession:
		return nil, refuse("InvalidParameter.OverLimit", "DurationSeconds must be from 1 to %d.", longestSession)
	case !sessionName.MatchString(in.Text("RoleSessionName")):
		return nil, refuse("InvalidParameter.ParamError", "RoleSessionName is not valid.")
	case role == nil:
		return nil, refuse("InvalidParameter.ParamError", "RoleArn is not valid.")
	case role[1] != Account:
		return nil, refuse("ResourceNotFound.RoleNotFound", "The role does not exist.")
	}
	if err := s.admit(in.Text("WebIdentityToken")); err != nil {
		return nil, err
	}
	now := s.cloudbase.clock()
	id, key := s.cloudbase.keys.issue(role[2]+"/"+in.Text("RoleSessionName"), time.Duration(seconds)*time.Second, now)
	return schema.Object{
		"Credentials": schema.Object{
			"TmpSecretId": schema.Text(id), "TmpSecretKey": schema.Text(key.secret), "Token": schema.Text(key.token),
		},
		"ExpiredTime": number(key.ends.Unix()),
		"Expiration":  schema.Text(key.ends.UTC().Format(time.RFC3339)),
	}, nil
}

// admit returns the reason why a job may not assume a role. No answer quotes the
// token.
func (s *sts) admit(token string) error {
	claims, ok := s.issuer.read(token)
	wrong := func(why string) error {
		return refuse("InvalidParameter.WebIdentityTokenError", "WebIdentityToken is not valid: %s.", why)
	}
	switch {
	case !ok:
		return wrong("its signature is of no key that the identity provider has")
	case claims.Issuer != issuerURL:
		return wrong("its issuer is not the identity provider's")
	case claims.Audience != WebIdentityAudience:
		return wrong("its audience is not among the identity provider's client ids")
	case claims.Expires <= s.cloudbase.clock().Unix():
		return wrong("it has expired")
	}
	for _, prefix := range trusted {
		if strings.HasPrefix(claims.Subject, prefix) {
			return nil
		}
	}
	return refuse("UnauthorizedOperation", "The subject of the token does not meet the conditions of the role.")
}

// caller returns the owner of the key that signed the request, in the form of the
// examples of GetCallerIdentity (tccli, sts).
func (s *sts) caller(id string, _ schema.Object) (schema.Object, error) {
	k, _ := s.cloudbase.keys.find(id)
	who := schema.Object{
		"AccountId": schema.Text(Account), "UserId": schema.Text(Account), "PrincipalId": schema.Text(Account),
		"Arn": schema.Text("qcs::cam:" + Account + ":uin/" + Account), "Type": schema.Text("CAMUser"),
	}
	if k.role != "" {
		who["Type"] = schema.Text("CAMRole")
		who["Arn"] = schema.Text("qcs::sts:" + Account + ":assumed-role/" + roleID)
		_, session, _ := strings.Cut(k.role, "/")
		who["UserId"] = schema.Text(roleID + ":" + session)
	}
	return who, nil
}
