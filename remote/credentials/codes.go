package credentials

import (
	"maps"

	"authsync/remote/cloudbase"
	"authsync/remote/transport"
)

// codes are those of the cloud's common errors and of sts (cloud docs 1312/73070).
var codes = joined(cloudbase.Codes, transport.Codes{
	"InvalidParameter.WebIdentityTokenError": {Advice: "compare the identity provider in CAM with the job's token: issuer, audience (client id) and public key; a token that was given by a variable may also have ended"},
	"InvalidParameter.OverLimit":             {Advice: "lower TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION to what the role allows"},
	"InvalidParameter.ParamError":            {Advice: "check the ARN of the role, the name of the identity provider and that of the session"},
	"ResourceNotFound.RoleNotFound":          {Means: transport.Missing, Advice: "check the ARN of the role: the account has no such role"},
	"UnauthorizedOperation":                  {Advice: "compare the role's conditions in CAM with the job: its repository, branch or environment (the token's subject)"},
	"InternalError.SystemError":              {Means: transport.Failing},
	"InternalError.UnknownError":             {Means: transport.Failing},
})

func joined(common, own transport.Codes) transport.Codes {
	all := maps.Clone(common)
	maps.Copy(all, own)
	return all
}
