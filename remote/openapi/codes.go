package openapi

import (
	"maps"

	"authsync/remote/cloudbase"
	"authsync/remote/transport"
)

// codes are those of the open API's table (seed 001), and those of the cloud API,
// which the services behind its gateway answer.
var codes = func() transport.Codes {
	all := maps.Clone(cloudbase.Codes)
	maps.Copy(all, own)
	return all
}()

var own = transport.Codes{
	"INVALID_ACCESS_TOKEN": {Advice: "check the credentials: the token has expired, or is not this environment's"},
	"BAD_REQUEST":          {Advice: "correct the row that the call names: the service cannot read the request; a data source's name or a column's value may not fit"},
	"INVALID_COMMON_PARAM": {Advice: "check envType of the data source: the service does not take one of the parameters that every call has"},
	"PERMISSION_DENIED":    {Advice: "allow this user the environment's open API"},
	"SIGN_PARAM_INVALID":   {Advice: "check the secret id and key, of systems.openapi or else of cloudbase: the service does not accept them; temporary ones do not do here"},
	"INVALID_ENV":          {Advice: "check systems.cloudbase.envId: there is no such environment"},
	"INVALID_ENV_STATUS":   {Advice: "check in the console that the environment is running"},
	"INVALID_REGION":       {Advice: "check systems.cloudbase.region: the environment is in another"},
	"INVALID_HOST":         {Advice: "check the system's url: the host is not the environment's"},
	"EXCEED_REQUEST_LIMIT": {Advice: "delete what is no longer used, or ask for a larger quota"},
	"EXCEED_RATELIMIT":     {Means: transport.Throttled, Advice: transport.Busy},
	"SYS_ERR":              {Means: transport.Failing},
	"SERVER_TIMEOUT":       {Means: transport.Failing},

	// The cloud API's, but that what is allowed is no action.
	"AuthFailure.UnauthorizedOperation": {Advice: "allow {call} to this key's user in CAM"},
	"UnauthorizedOperation":             {Advice: "allow {call} to this key's user in CAM"},
}
