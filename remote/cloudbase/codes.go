package cloudbase

import (
	"authsync/remote/transport"
)

// Codes are those of the cloud API: its common errors and those of tcb (cloud
// docs 129350 to 129357, 129833 to 129835).
var Codes = transport.Codes{
	// Who asks.
	"AuthFailure":                       {Advice: "check TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY"},
	"AuthFailure.SignatureFailure":      {Advice: "check TENCENTCLOUD_SECRETKEY: it does not belong to the secret id; a proxy that rewrites requests has the same effect"},
	"AuthFailure.SignatureExpire":       {Advice: "set this machine's clock: it is more than five minutes off"},
	"AuthFailure.SecretIdNotFound":      {Advice: "check TENCENTCLOUD_SECRETID: there is no such key, or it was deleted or disabled"},
	"AuthFailure.InvalidSecretId":       {Advice: "check TENCENTCLOUD_SECRETID: it is not the id of an API key of the cloud account"},
	"AuthFailure.TokenFailure":          {Advice: "get new temporary credentials: TENCENTCLOUD_SESSIONTOKEN has expired, or belongs to another key"},
	"AuthFailure.InvalidAuthorization":  {Advice: "check the secret id for stray characters, and any proxy for rewriting the Authorization header"},
	"AuthFailure.MFAFailure":            {Advice: "use a key that does not ask for a second factor, or temporary credentials that have passed it"},
	"AuthFailure.UnauthorizedOperation": {Advice: "allow tcb:{call} to this key's user in CAM"},
	"UnauthorizedOperation":             {Advice: "allow tcb:{call} to this key's user in CAM"},

	// How often.
	"RequestLimitExceeded":     {Means: transport.Throttled, Advice: transport.Busy},
	"LimitExceeded.Request":    {Means: transport.Throttled, Advice: transport.Busy},
	"LimitExceeded.Concurrent": {Means: transport.Throttled, Advice: transport.Busy},

	// What for.
	"ResourceNotFound":                  {Means: transport.Missing, Advice: "check the name and the envId; what was there may have been deleted"},
	"ResourceNotFound.EnvNotExist":      {Advice: "check systems.cloudbase.envId and region: this account has no such environment there"},
	"InvalidParameter.EnvId":            {Advice: "check systems.cloudbase.envId and region: this account has no such environment there"},
	"InvalidParameter.Action":           {Advice: "check the region: the service does not offer {call} there"},
	"InvalidParameter":                  {Advice: "correct the field that the message names; the service is stricter than its documentation here"},
	"InvalidParameterValue":             {Advice: "correct the field that the message names; the service is stricter than its documentation here"},
	"MissingParameter":                  {Advice: "add the field that the message names to the manifest"},
	"UnknownParameter":                  {Advice: "remove the field that the message names, which most likely stands under extra"},
	"LimitExceeded":                     {Advice: "delete what is no longer used, or ask for a larger quota: a quota of the environment is used up"},
	"ResourceInUse":                     {Means: transport.Existing, Advice: "plan again: there is one of that name, or it is in use"},
	"ResourceInsufficient":              {Advice: "check the environment's package: it has no room for this"},
	"ResourceUnavailable":               {Advice: "check in the console that the environment is neither frozen, isolated nor overdue"},
	"ResourceUnavailable.ResourceExist": {Means: transport.Existing, Advice: "plan again: there is one of that name"},
	"ResourcesSoldOut":                  {Advice: "try another region or another time: the service has no room"},
	"OperationDenied":                   {Advice: "check in the console that the environment's package and state allow this"},
	"UnsupportedOperation":              {Advice: "check that the environment's type and region allow this; login by SMS, for one, is for ap-shanghai only"},
	"FailedOperation":                   {Advice: "plan again and look at what the message names; if it stays so, give the service's support the request id"},
	"FailedOperation.DuplicatedData":    {Means: transport.Existing, Advice: "plan again: there is one of that name"},
	"FailedOperation.Timeout":           {Means: transport.Failing},
	"FailedOperation.NetworkError":      {Means: transport.Failing},
	"InternalError":                     {Means: transport.Failing},
	"ActionOffline":                     {Advice: "look for a newer authsync: the service no longer offers {call}"},
	"InvalidAction":                     {Advice: "check systems.cloudbase.url and region: what answers there does not know {call}"},
	"NoSuchVersion":                     {Advice: "check systems.cloudbase.url: what answers there does not know the version 2018-06-08"},
}
