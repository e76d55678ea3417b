package cloudbase

import (
	"authsync/remote/transport"
)

// Codes are those of the cloud API: the common errors of its gateway and those of
// tcb, as the SDK lists them by action and the cloud docs on the pages of the
// actions. A code Class.Detail that is not here counts as Class.
var Codes = transport.Codes{
	// Who asks.
	"AuthFailure":                       {Cause: "the service does not take the credentials", Advice: "check TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY"},
	"AuthFailure.SignatureFailure":      {Cause: "the secret key does not belong to the secret id, or a proxy rewrites requests", Advice: "check TENCENTCLOUD_SECRETKEY"},
	"AuthFailure.SignatureExpire":       {Cause: "this machine's clock is more than five minutes off", Advice: "set it"},
	"AuthFailure.SecretIdNotFound":      {Cause: "there is no such key, or it was deleted or disabled", Advice: "check TENCENTCLOUD_SECRETID"},
	"AuthFailure.InvalidSecretId":       {Cause: "the secret id is not that of an API key of the cloud account", Advice: "check TENCENTCLOUD_SECRETID"},
	"AuthFailure.TokenFailure":          {Cause: "TENCENTCLOUD_SESSIONTOKEN has expired, or belongs to another key", Advice: "get new temporary credentials"},
	"AuthFailure.InvalidAuthorization":  {Cause: "the service cannot read the Authorization header", Advice: "check the secret id for stray characters, and any proxy for rewriting the header"},
	"AuthFailure.MFAFailure":            {Cause: "the key asks for a second factor", Advice: "use another key, or temporary credentials that have passed it"},
	"AuthFailure.UnauthorizedOperation": {Cause: "this key's user may not do this", Advice: "allow tcb:{call} to the user in CAM"},
	"UnauthorizedOperation":             {Cause: "this key's user may not do this", Advice: "allow tcb:{call} to the user in CAM"},
	"IpNotInWhitelist":                  {Cause: "the account takes calls from listed addresses alone, and this machine's is none of them", Advice: "add the address in CAM, or run from one that is listed"},
	"IpInBlacklist":                     {Cause: "the account takes no calls from this machine's address", Advice: "take it off the list in CAM, or run from another"},

	// How often.
	"RequestLimitExceeded":                              {Means: transport.Throttled, Cause: "the service is asked too often by this account", Advice: "wait a minute, or lower the rate; other programs with the same key count too"},
	"RequestLimitExceeded.UinLimitExceeded":             {Means: transport.Throttled, Cause: "the service is asked too often by this account", Advice: "wait a minute, or lower the rate; other programs of the account count too"},
	"RequestLimitExceeded.IPLimitExceeded":              {Means: transport.Throttled, Cause: "the service is asked too often from this address", Advice: "wait a minute, or lower the rate; other programs behind the same address count too"},
	"RequestLimitExceeded.GlobalRegionUinLimitExceeded": {Means: transport.Throttled, Cause: "the service is asked too often by this account, all regions together", Advice: "wait a minute, or lower the rate; other programs of the account count too"},
	"LimitExceeded.Request":                             {Means: transport.Throttled, Cause: "the service is asked too often by this account", Advice: "wait a minute, or lower the rate; other programs with the same key count too"},
	"LimitExceeded.Concurrent":                          {Means: transport.Throttled, Cause: "too many calls are under way at once", Advice: "wait a minute, or lower the concurrency; other programs with the same key count too"},

	// What for.
	"ResourceNotFound":                  {Means: transport.Missing, Cause: "it is not there; it may have been deleted", Advice: "check the name and the envId"},
	"ResourceNotFound.EnvNotExist":      {Cause: "this account has no such environment in this region", Advice: "check systems.cloudbase.envId and region"},
	"InvalidParameter.EnvId":            {Cause: "this account has no such environment in this region", Advice: "check systems.cloudbase.envId and region"},
	"InvalidParameter.Action":           {Cause: "the service does not offer {call} in this region", Advice: "check systems.cloudbase.region"},
	"InvalidParameter":                  {Cause: "the service is stricter than its documentation here", Advice: "correct the field that the message names"},
	"InvalidParameterValue":             {Cause: "the service is stricter than its documentation here", Advice: "correct the field that the message names"},
	"MissingParameter":                  {Cause: "the call lacks a field", Advice: "add the field that the message names to the manifest"},
	"UnknownParameter":                  {Cause: "the service does not know a field", Advice: "remove the field that the message names, which most likely stands under extra"},
	"LimitExceeded":                     {Cause: "a quota of the environment is used up", Advice: "delete what is no longer used, or ask for a larger quota"},
	"ResourceInUse":                     {Means: transport.Existing, Cause: "there is one of that name, or it is in use", Advice: "plan again"},
	"ResourceInsufficient":              {Cause: "the environment's package has no room for this", Advice: "delete what is no longer used, or take a larger package"},
	"ResourceUnavailable":               {Cause: "the environment cannot be used", Advice: "check in the console that it is neither frozen, isolated nor overdue"},
	"ResourceUnavailable.ResourceExist": {Means: transport.Existing, Cause: "there is one of that name", Advice: "plan again"},
	"ResourcesSoldOut":                  {Cause: "the service has no room", Advice: "try another region or another time"},
	"OperationDenied":                   {Cause: "the environment's package or state does not allow this", Advice: "check both in the console"},
	"UnsupportedOperation":              {Cause: "the environment's type or region does not allow this", Advice: "check both; login by SMS, for one, is for ap-shanghai only"},
	"FailedOperation":                   {Cause: "the service could not do it", Advice: "plan again and look at what the message names; if it stays so, give the service's support the request id"},
	"FailedOperation.DuplicatedData":    {Means: transport.Existing, Cause: "there is one of that name", Advice: "plan again"},
	"RequestSizeLimitExceeded":          {Cause: "the call is larger than 10 MB", Advice: "make what it sends smaller"},

	// How the service is.
	"ServiceUnavailable":           {Means: transport.Failing, Cause: "the service is not available for the moment", Advice: "try again in a minute"},
	"FailedOperation.Timeout":      {Means: transport.Failing, Cause: atFault, Advice: giveID},
	"FailedOperation.NetworkError": {Means: transport.Failing, Cause: atFault, Advice: giveID},
	"InternalError":                {Means: transport.Failing, Cause: atFault, Advice: giveID},
	"ResponseSizeLimitExceeded":    {Means: transport.Unanswered, Cause: "the answer is too large for the service's gateway, and what was asked for may be done all the same", Advice: "plan again"},
	"ActionOffline":                {Cause: "the service no longer offers {call}", Advice: "look for a newer authsync"},
	"InvalidAction":                {Cause: "what answers at systems.cloudbase.url does not know {call}", Advice: "check the url and the region"},
	"NoSuchVersion":                {Cause: "what answers at systems.cloudbase.url does not know the version 2018-06-08", Advice: "check the url"},
	"NoSuchProduct":                {Cause: "what answers at systems.cloudbase.url does not know the product tcb", Advice: "check the url"},
	"UnsupportedProtocol":          {Cause: "what answers at systems.cloudbase.url does not take the protocol, or something on the way has changed the call", Advice: "check the url, and any proxy"},
	"UnsupportedRegion":            {Cause: "the service is not offered in this region", Advice: "check systems.cloudbase.region"},
}

const (
	atFault = "the service is at fault"
	giveID  = "try again later, and give its support the request id"
)
