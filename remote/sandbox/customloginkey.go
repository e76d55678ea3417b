package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// loginKeyFields are the fields that the service stores of a key pair: not the private
// key. No call shows them.
var loginKeyFields = []param{
	{name: "KeyID", unseen: true}, {name: "PublicKey", unseen: true}, {name: "CreateTime", unseen: true}, {name: "ExpireTime", unseen: true},
}

// createsLoginKey is the action under its two names (typed cloud API; the official
// SDK's createCustomLoginKeys).
var createsLoginKey = action{
	writes:  true,
	params:  []param{envID},
	answers: []param{{name: "PrivateKey"}, {name: "KeyID"}},
	do:      createLoginKey,
}

var loginKeyPlay = play{
	transcription: transcription{stored: loginKeyFields},
	actions: map[string]action{
		"CreateCustomLoginKey": createsLoginKey, "CreateCustomLoginKeys": createsLoginKey,
		undocumentedKeyList: {
			params: []param{envID}, answers: []param{{name: "Keys", form: objects, fields: []param{{name: "KeyID"}, {name: "CreateTime"}, {name: "ExpireTime"}}}},
			do: listLoginKeys, played: quirk.LoginKeyList, as: quirk.Listed,
		},
	},
	seed: func(s *Server, env *schema.Environment, _ string, _ schema.Object) error {
		return s.SeedCustomLoginKey(env.ID())
	},
}

// keyAfterlife is how long a key remains valid after another was created.
const keyAfterlife = 2 * time.Hour

// SeedCustomLoginKey adds a key pair as if somebody else had created it and had the
// private key.
func (s *Server) SeedCustomLoginKey(envID string) error {
	env, unlock := s.cloudbase.environments.locked(envID)
	defer unlock()
	_, err := env.newLoginKey(s.options)
	return err
}

// loginKey is a new key pair. The private key is not stored.
type loginKey struct{ id, private schema.Text }

// newLoginKey creates a key pair (PKCS#1, 1024 bits, as the service does), stores the
// public key, and sets the end of earlier keys that have none yet.
func (e *environment) newLoginKey(o Options) (loginKey, error) {
	pair, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		return loginKey{}, err
	}
	keys, now := e.shelf("customLoginKey"), o.Now()
	for _, key := range keys.all() {
		switch {
		case key["ExpireTime"] == nil && o.plays(quirk.LoginKeyEnd, quirk.InTwoHours):
			key["ExpireTime"] = stamp(now.Add(keyAfterlife))
		case key["ExpireTime"] == nil, o.plays(quirk.LoginKeyKept, quirk.LastKept):
			key["ExpireTime"] = stamp(now)
		}
	}
	text := invented(fmt.Sprintf("%s login key %d", e.id, e.generate()))
	sum := fmt.Sprintf("%x", text)
	id := fmt.Sprintf("%s-%s-4%s-a%s-%s", sum[0:8], sum[8:12], sum[13:16], sum[17:20], sum[20:32])
	keys.put(id, schema.Object{
		"KeyID": schema.Text(id), "CreateTime": stamp(now),
		"PublicKey": inPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&pair.PublicKey)),
	})
	return loginKey{schema.Text(id), inPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(pair))}, nil
}

func inPEM(name string, key []byte) schema.Text {
	return schema.Text(pem.EncodeToMemory(&pem.Block{Type: name, Bytes: key}))
}

// createLoginKey returns the private key.
func createLoginKey(c *call) (schema.Object, error) {
	made, err := c.env.newLoginKey(c.Options)
	if err != nil {
		return nil, err
	}
	return schema.Object{"PrivateKey": made.private, "KeyID": made.id}, nil
}

// undocumentedKeyList is a call that no document names.
const undocumentedKeyList = "DescribeCustomLoginKeys"

// listLoginKeys returns the stored fields of each key.
func listLoginKeys(c *call) (schema.Object, error) {
	return schema.Object{"Keys": viewed(c.env.shelf("customLoginKey").all(), func(key schema.Object) schema.Object {
		shown := key.Clone()
		delete(shown, "PublicKey")
		return shown
	})}, nil
}
