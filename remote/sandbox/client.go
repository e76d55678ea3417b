package sandbox

import (
	"authsync/schema"
	"authsync/schema/quirk"
)

// clientFields are the fields of a client (seed 002).
var clientFields = []param{
	{name: "Id", required: true},
	{name: "RefreshTokenExpiresIn", form: integer},
	{name: "AccessTokenExpiresIn", form: integer},
	{name: "MaxDevice", form: integer},
}

// clientStored are the fields of a stored client: clientFields and two that only the
// service sets.
var clientStored = joinedFields([]param{{name: "CreatedAt"}, {name: "UpdatedAt"}}, clientFields)

var clientActions = map[string]action{
	"DescribeClient": {
		params:  []param{envID, {name: "Id", required: true}},
		answers: clientStored,
		do:      describeClient,
	},
	"ModifyClient": {
		kind:   "client",
		writes: true,
		params: append([]param{envID}, clientFields...),
		do:     modifyClient,
	},
}

// The limits of token lives, in seconds (seed 002, public API models).
const (
	minTokenLife   = 1800
	maxRefreshLife = 2592000
	accessLife     = 7200 // the default
	accessMargin   = 660  // kept between the two lives when refresh is short
)

func newClient(id string, now schema.Text) schema.Object {
	return schema.Object{
		"Id":                    schema.Text(id),
		"CreatedAt":             now,
		"UpdatedAt":             now,
		"RefreshTokenExpiresIn": number(maxRefreshLife),
		"AccessTokenExpiresIn":  number(accessLife),
	}
}

// SeedClient adds a client in wire form; missing fields get their defaults. The
// default client's id is the environment's.
func (s *Server) SeedClient(envID, id string, wire schema.Object) error {
	return seedIn(&s.cloudbase.environments, envID, "client "+id, wire, func(env *environment, plain schema.Object) error {
		env.note("client", clientStored, plain)
		client := overlay(newClient(id, stamp(s.options.Now())), plain)
		client["Id"] = schema.Text(id)
		env.clients.put(id, client)
		return nil
	})
}

func describeClient(c *call) (schema.Object, error) {
	client, ok := c.env.clients.get(c.in.Text("Id"))
	if !ok {
		return nil, noClient(c)
	}
	shown := client.Clone()
	if shown["MaxDevice"] == nil {
		shown["MaxDevice"] = schema.Null{}
	}
	c.moving(shown, "UpdatedAt", quirk.ClientStamp)
	return shown, nil
}

func noClient(c *call) error {
	return refuse("ResourceNotFound", "The client `%s` does not exist.", c.in.Text("Id"))
}

// modifyClient creates the default client, whose id is the environment's, if it does
// not exist. Any other client must exist.
func modifyClient(c *call) (schema.Object, error) {
	id := c.in.Text("Id")
	old, ok := c.env.clients.get(id)
	if !ok && id == c.env.id {
		old, ok = newClient(id, stamp(c.Now())), true
	}
	if !ok {
		return nil, noClient(c)
	}
	sent := c.fields()
	if sent["MaxDevice"] == schema.Number("0") && c.plays(quirk.MaxDeviceZero, quirk.Ignored) {
		delete(sent, "MaxDevice")
	}
	next := overlay(old, sent)
	if err := clampLives(c.in, next); err != nil {
		return nil, err
	}
	if devices, ok := whole(c.in, "MaxDevice"); ok && (devices < -1 || devices > 50) {
		return nil, refuse("InvalidParameter", "`MaxDevice` must be -1, 0, or 1 to 50.")
	}
	next["UpdatedAt"] = stamp(c.Now())
	c.env.clients.put(id, next)
	return nil, nil
}

// clampLives corrects or refuses token lifetimes as the service does, if a request
// sets them.
func clampLives(sent, client schema.Object) error {
	if sent["RefreshTokenExpiresIn"] == nil && sent["AccessTokenExpiresIn"] == nil {
		return nil
	}
	refresh, _ := whole(client, "RefreshTokenExpiresIn")
	access, _ := whole(client, "AccessTokenExpiresIn")
	if refresh < minTokenLife {
		return refuse("InvalidParameter", "`RefreshTokenExpiresIn` must be at least %d.", minTokenLife)
	}
	refresh = min(refresh, maxRefreshLife)
	if access < minTokenLife {
		access = accessLife
	}
	if refresh <= accessLife {
		access = refresh - accessMargin
	}
	if access >= refresh {
		return refuse("InvalidParameter", "`AccessTokenExpiresIn` must be less than `RefreshTokenExpiresIn`.")
	}
	client["RefreshTokenExpiresIn"] = number(refresh)
	client["AccessTokenExpiresIn"] = number(access)
	return nil
}

var clientPlay = play{
	transcription: transcription{sent: clientFields, stored: clientStored},
	actions:       clientActions,
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		if name == schema.Client.Key.Aliases[0] {
			name = env.ID()
		}
		return s.SeedClient(env.ID(), name, wire)
	},
	state: func(e *environment) schema.Value { return e.clients.object() },
}
