package devices

import (
	"authsync/remote/transport"
)

// codes are those of the device platform's family (hsweb, seed 003).
var codes = transport.Codes{
	"unauthorized":             {Advice: "get a new token: this one is missing, has expired, or was logged out"},
	"access_denied":            {Advice: "give the token's user the permission for this"},
	"not_found":                {Means: transport.Missing, Advice: "plan again: what was there may have been deleted"},
	"error.resource_not_found": {Advice: "check the system's url: the platform has no such path"},
	"method_not_allowed":       {Advice: "check the system's url and the platform's version: it does not offer this call"},
	"duplicate_key":            {Means: transport.Existing, Advice: "plan again: there is one of that name"},
	userExists:                 {Means: transport.Existing, Advice: "plan again: there is an application or a user of that id; where the platform shows no applications, choose another id, or delete that one in its console"},
	"illegal_password":         {Advice: "check systems.devices.username and password"},
	"user_disabled":            {Advice: "enable the user in the platform's console, or log in as another"},
	"internal_server_error":    {Means: transport.Failing},
	"timeout":                  {Means: transport.Failing},
}
