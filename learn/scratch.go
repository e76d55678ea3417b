package learn

import (
	"crypto/rand"
	"encoding/hex"

	"authsync/schema"
	"authsync/schema/pattern"
	"authsync/secrets"
)

// The scratch object: a provider that is off, with an id and a name by which anybody
// knows it, also after a run that was killed. Its addresses lead nowhere, and its
// secret is good for nothing.
const (
	scratchPrefix = "authsynclearn"
	scratchName   = "scratch object of authsync learn, safe to delete"
	nowhere       = "https://authsync.invalid/"
	undeclared    = "AuthsyncLearn"
)

var (
	scratchKind = &schema.Provider
	scratchID   = pattern.Of(`^` + scratchPrefix + `[0-9a-f]{8}$`)
)

func newScratch() schema.Key { return scratchKey(scratchPrefix + random(4)) }

func scratchKey(id string) schema.Key { return schema.Key{Kind: scratchKind.Name, Name: id} }

func isScratchID(id string) bool { return scratchID.MatchString(id) }

// named reports whether a live object has the name of a scratch object, and is off.
func named(wire schema.Object) bool {
	return wire.At("Name", "Message") == schema.Text(scratchName) && wire.Text("On") != string(schema.True)
}

func random(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// scratch is what a run writes into its scratch object.
type scratch struct {
	client, secret string
}

func newContent() scratch { return scratch{"authsync-learn", "learn-" + random(12)} }

// head makes the object what it is. The mark tells one write from another.
func (s scratch) head(mark string) schema.Object {
	return schema.Object{
		"Name":         schema.Object{"Message": schema.Text(scratchName)},
		"ProviderType": schema.Text("OAUTH"),
		"On":           schema.Text("FALSE"),
		"Description":  schema.Object{"Message": schema.Text(mark)},
	}
}

// least is a config of what nothing else can supply.
func (s scratch) least() schema.Object { return schema.Object{"ClientId": schema.Text(s.client)} }

// documented is a config of all that the documents call required.
func (s scratch) documented() schema.Object {
	return schema.Overlay(s.least(), schema.Object{
		"ClientSecret": schema.Secret{Value: secrets.Plain(s.secret)},
		"RedirectUri":  schema.Text(nowhere + "callback"), "Scope": schema.Text("authsync"),
		"AuthorizationEndpoint": schema.Text(nowhere + "authorize"), "TokenEndpoint": schema.Text(nowhere + "token"),
		"UserinfoEndpoint": schema.Text(nowhere + "userinfo"),
	})
}

// more has a field that is not required beside those.
func (s scratch) more() schema.Object {
	return schema.Overlay(s.documented(), schema.Object{"SignoutEndpoint": schema.Text(nowhere + "signout")})
}

func with(body schema.Object, more schema.Object) schema.Object { return schema.Overlay(body, more) }
