package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
)

var keyType = param{name: "KeyType", oneOf: []string{"api_key", "publish_key"}}

// apiKeyFields are the fields of a key as it is stored: those of a list item
// (seed 002), and the type, which lists leave out.
var apiKeyFields = []param{{name: "KeyType", unseen: true}, {name: "KeyId"}, {name: "Name"}, {name: "ApiKey"}, {name: "ExpireAt"}, {name: "CreateAt"}}

var apiKeyActions = map[string]action{
	"CreateApiKey": {
		kind:   "apiKey",
		writes: true,
		params: []param{envID,
			{name: "KeyType", oneOf: keyType.oneOf, required: true},
			{name: "KeyName"},
			{name: "ExpireIn", form: integer},
		},
		answers: seen(apiKeyFields),
		do:      createAPIKey,
	},
	"DescribeApiKeyList": {
		params:  []param{envID, keyType, {name: "PageNumber", form: integer}, {name: "PageSize", form: integer}},
		answers: []param{{name: "Total", form: integer}, {name: "Data", form: objects, fields: seen(apiKeyFields)}},
		do:      describeAPIKeyList,
	},
	"DeleteApiKey": {
		writes: true,
		params: []param{envID, {name: "KeyId", required: true}},
		do:     deleteAPIKey,
	},
}

// The limits of keys (seed 002).
const (
	maxAPIKeys = 5
	minKeyLife = 7200 // seconds; 0 means for ever
)

// smallPage is the largest page of a list that silently reduces a larger page size.
const smallPage = 2

// publishEnds is when every publish_key expires (cloud docs 129835: about 2099).
var publishEnds = time.Date(2099, 12, 31, 23, 59, 59, 0, time.UTC)

// SeedAPIKey adds a key in wire form: KeyType (default api_key), Name or KeyName, and
// ExpireAt or ExpireIn. KeyId, ApiKey and CreateAt are generated unless given.
func (s *Server) SeedAPIKey(envID string, wire schema.Object) error {
	return seedIn(&s.cloudbase.environments, envID, "API key", wire, func(env *environment, plain schema.Object) error {
		life, _ := whole(plain, "ExpireIn")
		key := env.newKey(cmp.Or(plain.Text("KeyType"), "api_key"), plain.Text("KeyName"), life, s.options.Now())
		delete(plain, "ExpireIn")
		delete(plain, "KeyName")
		env.note("apiKey", apiKeyFields, plain)
		key = overlay(key, plain)
		env.apiKeys.put(key.Text("KeyId"), key)
		return nil
	})
}

// newKey generates a key. Its id and token depend only on how many ids the environment
// has generated before, and on those that it has.
func (e *environment) newKey(keyType, name string, life int64, now time.Time) schema.Object {
	id := e.apiKeys.unused(func() string { return invented(fmt.Sprintf("%s key %d id", e.id, e.generate()))[:22] })
	key := schema.Object{
		"KeyType":  schema.Text(keyType),
		"KeyId":    schema.Text(id),
		"Name":     schema.Text(cmp.Or(name, id)),
		"ApiKey":   schema.Text(inventedToken(e.id, id)),
		"CreateAt": stamp(now),
	}
	if life > 0 {
		key["ExpireAt"] = stamp(now.Add(time.Duration(life) * time.Second))
	}
	if keyType == "publish_key" {
		key["Name"] = schema.Text("publish_key")
		key["ExpireAt"] = stamp(publishEnds)
	}
	return key
}

// inventedToken looks like a JWT and opens nothing.
func inventedToken(envID, keyID string) string {
	encode := base64.RawURLEncoding.EncodeToString
	payload := fmt.Sprintf(`{"iss":"sandbox","env":%q,"kid":%q}`, envID, keyID)
	return encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(payload)) + "." + invented(payload)
}

func invented(from string) string {
	sum := sha256.Sum256([]byte(from))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// createAPIKey is the only action that returns the full token of an api_key. For a
// publish_key, of which an environment has one, it returns the existing one (public
// API models).
func createAPIKey(c *call) (schema.Object, error) {
	wanted := c.in.Text("KeyType")
	existing := c.env.keysOf(wanted)
	switch again := wanted == "publish_key" && len(existing) > 0; {
	case again && c.plays(quirk.PublishKeyAgain, quirk.Refused):
		return nil, refuse("ResourceInUse", "The `publish_key` exists already.")
	case again:
		return withoutType(existing[0]), nil
	}
	named := func(key schema.Object) bool { return key.Text("Name") == c.in.Text("KeyName") }
	if slices.ContainsFunc(existing, named) && c.plays(quirk.APIKeyNames, quirk.Unique) {
		return nil, refuse("ResourceInUse", "The name `%s` is in use.", c.in.Text("KeyName"))
	}
	life, _ := whole(c.in, "ExpireIn")
	if life != 0 && life < minKeyLife {
		return nil, refuse("InvalidParameterValue", "`ExpireIn` must be 0 or at least %d.", minKeyLife)
	}
	if len(existing) >= maxAPIKeys {
		return nil, refuse("LimitExceeded", "An environment has at most %d keys of the type `%s`.", maxAPIKeys, wanted)
	}
	key := c.env.newKey(wanted, c.in.Text("KeyName"), life, c.Now())
	c.env.apiKeys.put(key.Text("KeyId"), key)
	return withoutType(key), nil
}

func (e *environment) keysOf(keyType string) []schema.Object {
	return list.Only(e.apiKeys.all(), func(key schema.Object) bool { return key.Text("KeyType") == keyType })
}

// describeAPIKeyList lists the keys of one type, in pages. The token of an api_key is
// masked in part.
func describeAPIKeyList(c *call) (schema.Object, error) {
	page, err := positive(c.in, "PageNumber", 1)
	if err != nil {
		return nil, err
	}
	size, err := positive(c.in, "PageSize", 10)
	if err != nil {
		return nil, err
	}
	if c.plays(quirk.APIKeyPage, quirk.Capped) {
		size = min(size, smallPage)
	}
	wanted := cmp.Or(c.in.Text("KeyType"), "api_key")
	keys := c.env.keysOf(wanted)
	data := viewed(pageOf(keys, page-1, size), func(key schema.Object) schema.Object {
		shown := withoutType(key)
		if wanted == "api_key" {
			shown["ApiKey"] = schema.Text(inPart(key.Text("ApiKey")))
		}
		return shown
	})
	return schema.Object{"Total": number(int64(len(keys))), "Data": data}, nil
}

func positive(in schema.Object, name string, otherwise int64) (int64, error) {
	given, ok := whole(in, name)
	if !ok {
		return otherwise, nil
	}
	if given < 1 {
		return 0, refuse("InvalidParameterValue", "`%s` must be at least 1.", name)
	}
	return given, nil
}

// inPart keeps six characters at each end.
func inPart(token string) string {
	const ends, stars = 6, "******"
	if len(token) <= 2*ends {
		return stars
	}
	return token[:ends] + stars + token[len(token)-ends:]
}

func withoutType(key schema.Object) schema.Object {
	shown := key.Clone()
	hide(shown, apiKeyFields)
	return shown
}

func deleteAPIKey(c *call) (schema.Object, error) {
	if _, there := c.env.apiKeys.get(c.in.Text("KeyId")); !there && c.plays(quirk.MissingKeyDeletion, quirk.Refused) {
		return nil, refuse("ResourceNotFound", "The key `%s` does not exist.", c.in.Text("KeyId"))
	}
	c.env.apiKeys.remove(c.in.Text("KeyId"))
	return nil, nil
}

var apiKeyPlay = play{
	transcription: transcription{sent: apiKeyActions["CreateApiKey"].params, stored: apiKeyFields},
	actions:       apiKeyActions,
	id:            "KeyId",
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		wire["Name"] = schema.Text(name)
		return s.SeedAPIKey(env.ID(), wire)
	},
	state: func(e *environment) schema.Value { return e.apiKeys.object() },
}
