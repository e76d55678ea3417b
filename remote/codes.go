package remote

import (
	"strconv"
	"strings"
)

// fact is what is known of an error code: what it means for retrying, whether
// it tells that the object is there or not, and what to do about it.
type fact struct {
	fault  fault // unclassified: refused
	about  about
	advice string
}

type about int

const (
	neither about = iota
	missing
	existing
)

const busy = "the service is asked too often by this account: wait a minute, or lower the rate; other programs with the same key count too"

// codes holds what is known of the services' error codes. A code Class.Detail
// that is not here counts as Class, and a code that is not here at all as its
// HTTP status. Sources: the common errors and the tcb errors of the cloud API
// (cloud docs 129350 to 129357, 129833 to 129835), the open API's table (seed
// 001), the device platform's and the connectors' (hsweb, seeds 003 and 004).
var codes = map[string]fact{
	// The cloud API: who asks.
	"AuthFailure":                       {advice: "check TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY"},
	"AuthFailure.SignatureFailure":      {advice: "check TENCENTCLOUD_SECRETKEY: it does not belong to the secret id; a proxy that rewrites requests has the same effect"},
	"AuthFailure.SignatureExpire":       {advice: "set this machine's clock: it is more than five minutes off"},
	"AuthFailure.SecretIdNotFound":      {advice: "check TENCENTCLOUD_SECRETID: there is no such key, or it was deleted or disabled"},
	"AuthFailure.InvalidSecretId":       {advice: "check TENCENTCLOUD_SECRETID: it is not the id of an API key of the cloud account"},
	"AuthFailure.TokenFailure":          {advice: "get new temporary credentials: TENCENTCLOUD_SESSIONTOKEN has expired, or belongs to another key"},
	"AuthFailure.InvalidAuthorization":  {advice: "check the secret id for stray characters, and any proxy for rewriting the Authorization header"},
	"AuthFailure.MFAFailure":            {advice: "use a key that does not ask for a second factor, or temporary credentials that have passed it"},
	"AuthFailure.UnauthorizedOperation": {advice: "allow {permission} to this key's user in CAM"},
	"UnauthorizedOperation":             {advice: "allow {permission} to this key's user in CAM"},

	// The cloud API: how often.
	"RequestLimitExceeded":     {fault: throttled, advice: busy},
	"LimitExceeded.Request":    {fault: throttled, advice: busy},
	"LimitExceeded.Concurrent": {fault: throttled, advice: busy},

	// The cloud API: what for.
	"ResourceNotFound":                  {about: missing, advice: "check the name and the envId; what was there may have been deleted"},
	"ResourceNotFound.EnvNotExist":      {advice: "check systems.cloudbase.envId and region: this account has no such environment there"},
	"InvalidParameter.EnvId":            {advice: "check systems.cloudbase.envId and region: this account has no such environment there"},
	"InvalidParameter.Action":           {advice: "check the region: the service does not offer {call} there"},
	"InvalidParameter":                  {advice: "correct the field that the message names; the service is stricter than its documentation here"},
	"InvalidParameterValue":             {advice: "correct the field that the message names; the service is stricter than its documentation here"},
	"MissingParameter":                  {advice: "add the field that the message names to the manifest"},
	"UnknownParameter":                  {advice: "remove the field that the message names, which most likely stands under extra"},
	"LimitExceeded":                     {advice: "delete what is no longer used, or ask for a larger quota: a quota of the environment is used up"},
	"ResourceInUse":                     {about: existing, advice: "plan again: there is one of that name, or it is in use"},
	"ResourceInsufficient":              {advice: "check the environment's package: it has no room for this"},
	"ResourceUnavailable":               {advice: "check in the console that the environment is neither frozen, isolated nor overdue"},
	"ResourceUnavailable.ResourceExist": {about: existing, advice: "plan again: there is one of that name"},
	"ResourcesSoldOut":                  {advice: "try another region or another time: the service has no room"},
	"OperationDenied":                   {advice: "check in the console that the environment's package and state allow this"},
	"UnsupportedOperation":              {advice: "check that the environment's type and region allow this; login by SMS, for one, is for ap-shanghai only"},
	"FailedOperation":                   {advice: "plan again and look at what the message names; if it stays so, give the service's support the request id"},
	"FailedOperation.DuplicatedData":    {about: existing, advice: "plan again: there is one of that name"},
	"FailedOperation.Timeout":           {fault: failing},
	"FailedOperation.NetworkError":      {fault: failing},
	"InternalError":                     {fault: failing},
	"ActionOffline":                     {advice: "look for a newer authsync: the service no longer offers {call}"},
	"InvalidAction":                     {advice: "check systems.cloudbase.url and region: what answers there does not know {call}"},
	"NoSuchVersion":                     {advice: "check systems.cloudbase.url: what answers there does not know the version 2018-06-08"},

	// The open API.
	"INVALID_ACCESS_TOKEN": {advice: "check the credentials: the token has expired, or is not this environment's"},
	"BAD_REQUEST":          {advice: "correct the row that the call names: the service cannot read the request; a data source's name or a column's value may not fit"},
	"INVALID_COMMON_PARAM": {advice: "check envType of the data source: the service does not take one of the parameters that every call has"},
	"PERMISSION_DENIED":    {advice: "allow this user the environment's open API"},
	"SIGN_PARAM_INVALID":   {advice: "check the secret id and key, of systems.openapi or else of cloudbase: the service does not accept them; temporary ones do not do here"},
	"INVALID_ENV":          {advice: "check systems.cloudbase.envId: there is no such environment"},
	"INVALID_ENV_STATUS":   {advice: "check in the console that the environment is running"},
	"INVALID_REGION":       {advice: "check systems.cloudbase.region: the environment is in another"},
	"INVALID_HOST":         {advice: "check the system's url: the host is not the environment's"},
	"EXCEED_REQUEST_LIMIT": {advice: "delete what is no longer used, or ask for a larger quota"},
	"EXCEED_RATELIMIT":     {fault: throttled, advice: busy},
	"SYS_ERR":              {fault: failing},
	"SERVER_TIMEOUT":       {fault: failing},

	// The device platform.
	"unauthorized":             {advice: "get a new token: this one is missing, has expired, or was logged out"},
	"access_denied":            {advice: "give the token's user the permission for this"},
	"not_found":                {about: missing, advice: "plan again: what was there may have been deleted"},
	"error.resource_not_found": {advice: "check the system's url: the platform has no such path"},
	"method_not_allowed":       {advice: "check the system's url and the platform's version: it does not offer this call"},
	"duplicate_key":            {about: existing, advice: "plan again: there is one of that name"},
	userExists:                 {about: existing, advice: "plan again: there is an application or a user of that id; where the platform shows no applications, choose another id, or delete that one in its console"},
	"illegal_password":         {advice: "check systems.devices.username and password"},
	"user_disabled":            {advice: "enable the user in the platform's console, or log in as another"},
	"internal_server_error":    {fault: failing},
	"timeout":                  {fault: failing},

	// HTTP, where the code says nothing.
	"401": {advice: "check the credentials: the service does not accept them"},
	"403": {advice: "give these credentials the permission for this"},
	"404": {about: missing, advice: "check the system's url; or what was there has been deleted"},
	"408": {fault: failing},
	"409": {about: existing, advice: "plan again: there is one already, or somebody else is changing it"},
	"429": {fault: throttled, advice: busy},
	"5xx": {fault: failing},
}

// fact looks the error up in [codes].
func (e *Error) fact() fact {
	for code := e.Code; ; {
		if f, ok := codes[statusRow(code)]; ok {
			return f
		}
		dot := strings.LastIndexByte(code, '.')
		if dot < 0 {
			break
		}
		code = code[:dot]
	}
	return codes[statusRow(strconv.Itoa(e.Status))]
}

// statusRow returns the row of a code that is an HTTP status of a broken
// service, which share one, and any other code as it is.
func statusRow(code string) string {
	if len(code) == 3 && code[0] == '5' {
		return "5xx"
	}
	return code
}
