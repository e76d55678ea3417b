package schema

import (
	"fmt"
	"strconv"

	"authsync/schema/pattern"
)

const (
	day = 24 * 3600
	// shortRefresh is the refresh token's life up to which the service sets
	// the access token's by itself, to accessGap less.
	shortRefresh Seconds = 7200
	accessGap    Seconds = 660
)

// Client is an application client: how long its tokens live and on how many
// devices a user may be logged in.
//
// Source: seed 002, describeClient and modifyClient; cloud docs 129355 and
// 129352. There is no list and no create: ModifyClient makes the default
// client, whose id is the environment's, when it is first written.
var Client = Kind{
	Name: "client", Collection: "clients", System: CloudBase,
	From: SeedLogin,
	Doc:  "Token lives and session limits of an application client.",
	Example: `
clients:
  default: {accessTokenExpiresIn: 2h, refreshTokenExpiresIn: 30d, maxDevice: 5}
`,
	IfRecreated: "its users must change over",
	Key: KeyRule{
		From:    Itself,
		Pattern: pattern.Of(`^[A-Za-z0-9_-]{1,64}$`),
		Form:    "a client id (letters, digits, - and _) or default, the environment's own client",
		Aliases: []string{"default"},
		AliasOf: "envId",
		Scope:   PerEnvironment,
	},
	Type: Struct{
		Fields: []Field{
			{Name: "accessTokenExpiresIn", From: SDKModels, Type: Span{Min: 1800, Max: 30 * day}, Weaker: &Weakening{longer(Seconds(2 * 3600)), "a stolen access token works for longer"}, Doc: "Life of an access token; less than refreshTokenExpiresIn. The service's default is 2h."},
			{Name: "refreshTokenExpiresIn", From: SDKModels, Type: Span{Min: 1800, Max: 30 * day}, Weaker: &Weakening{longer(Seconds(30 * day)), "a stolen refresh token works for longer"}, Doc: "Life of a refresh token. The service's default is 30d."},
			{Name: "maxDevice", Type: Integer{Min: 1, Max: 50, Also: []int64{-1, 0}}, Weaker: &Weakening{becomes(Number("-1")), "a stolen account can be used on any number of devices, and none of its user's is logged out"}, Doc: "Sessions of one user at a time: -1 unlimited, 0 by user agent, 1 to 50."},
		},
		Rules:   []Rule{accessBelowRefresh},
		Ignored: []string{"EnvId", "RequestId", "Id", "CreatedAt", "UpdatedAt"},
	},
	Update: Update{ByUpdate: []string{"default"}, After: []string{"integration", "connector", "record", "application"}},
	Settle: settleClient,
}

var accessBelowRefresh = Rule{
	From: SDKModels,
	Doc: "accessTokenExpiresIn is less than refreshTokenExpiresIn. With a refreshTokenExpiresIn of " + shortRefresh.String() +
		" or less, the service sets accessTokenExpiresIn by itself, to " + strconv.Itoa(int(accessGap)) + " seconds less.",
	Check: accessFault,
}

func accessFault(o Object) []Problem {
	access, okA := o["accessTokenExpiresIn"].(Seconds)
	refresh, okR := o["refreshTokenExpiresIn"].(Seconds)
	if okA && okR && access >= refresh {
		return []Problem{{At: Path{"accessTokenExpiresIn"}, Text: fmt.Sprintf(
			"%s is not less than refreshTokenExpiresIn (%s)", access, refresh)}}
	}
	if okR && refresh <= shortRefresh && okA && access != refresh-accessGap {
		return []Problem{{At: Path{"accessTokenExpiresIn"}, Severity: Doubtful, Text: fmt.Sprintf(
			"with refreshTokenExpiresIn %s the service sets it to %s by itself", refresh, refresh-accessGap)}}
	}
	return nil
}

// settleClient: when the refresh token lives 7200 s or less, the service sets
// the access token's life itself (public models, wire.md 1.4).
func settleClient(desired, live Object) Object {
	refresh, ok := desired["refreshTokenExpiresIn"].(Seconds)
	if !ok {
		refresh, ok = live["refreshTokenExpiresIn"].(Seconds)
	}
	if _, managed := desired["accessTokenExpiresIn"]; !ok || !managed || refresh > shortRefresh {
		return desired
	}
	settled := desired.Clone()
	settled["accessTokenExpiresIn"] = refresh - accessGap
	return settled
}
