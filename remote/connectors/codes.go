package connectors

import "authsync/remote/transport"

// codes are those of which more is known than the HTTP status says. The documents
// have none but 400; the rest is the family's (logto).
var codes = transport.Codes{
	"422": {Cause: "the service does not take it as it is", Advice: "look whether another connector for social login has this connectorId, and whether the config has what this one asks for; if the other is meant, pin it with id:"},
}
