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

// loginKeyFields are what the service keeps of a key pair: not the private half.
// No call shows any of it.
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
			params: []param{envID}, answers: []param{{name: "Keys", form: list, fields: []param{{name: "KeyID"}, {name: "CreateTime"}, {name: "ExpireTime"}}}},
			do: listLoginKeys, played: quirk.LoginKeyList, as: quirk.Listed,
		},
	},
	seed: func(s *Server, env *schema.Environment, _ string, _ schema.Object) error {
		return s.SeedCustomLoginKey(env.ID())
	},
}

// keyAfterlife is how long a key lives on once another was made.
const keyAfterlife = 2 * time.Hour

// SeedCustomLoginKey makes a key pair as if somebody had made it elsewhere, who has
// the private key.
func (s *Server) SeedCustomLoginKey(envID string) error {
	env := s.cloudbase.add(envID)
	env.mu.Lock()
	defer env.mu.Unlock()
	_, err := env.newLoginKey(s.options)
	return err
}

// loginKey is a key pair as it is made: nothing keeps the private key.
type loginKey struct{ id, private schema.Text }

// newLoginKey makes a key pair, PKCS#1 of 1024 bits as the service makes it, keeps the
// public half, and ends those before it that have no end yet.
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

// createLoginKey shows the private key.
func createLoginKey(c *call) (schema.Object, error) {
	made, err := c.env.newLoginKey(c.cloudbase.options)
	if err != nil {
		return nil, err
	}
	return schema.Object{"PrivateKey": made.private, "KeyID": made.id}, nil
}

// undocumentedKeyList is a call that no document names.
const undocumentedKeyList = "DescribeCustomLoginKeys"

// listLoginKeys shows what is kept of each key.
func listLoginKeys(c *call) (schema.Object, error) {
	list := schema.List{}
	for _, key := range c.env.shelf("customLoginKey").all() {
		shown := key.Clone()
		delete(shown, "PublicKey")
		list = append(list, shown)
	}
	return schema.Object{"Keys": list}, nil
}
