package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// connectorFields are the fields of a create request (seed 004).
var connectorFields = []param{
	{name: "connector_id", required: true},
	{name: "type", required: true, oneOf: []string{"Email", "Sms", "Social"}},
	{name: "config", form: object, required: true},
	{name: "enabled", form: boolean},
	{name: "id"}, // the caller's own, as the family takes it
}

// connectorChanges are the fields of an update request. All others are refused,
// including connector_id and type.
var connectorChanges = []param{
	{name: "config", form: object},
	{name: "enabled", form: boolean},
}

// connectorStored are the fields of a stored connector: connectorFields and three that
// only the service sets.
var connectorStored = joinedFields([]param{{name: "id"}, {name: "created_at"}, {name: "updated_at"}}, connectorFields)

// Page sizes. A size above the largest is reduced silently, which only the answer's
// page_size shows. Only the first number is documented.
const (
	connectorPage    = 20
	maxConnectorPage = 100
)

// SeedConnector adds a connector in wire form to the tenant of a host such as
// auth.example.com. id, created_at, updated_at, config and enabled get defaults unless
// given.
func (s *Server) SeedConnector(host string, wire schema.Object) error {
	return seedIn(&s.connectors.tenants, tenantName(host), "connector", wire, func(tenant *connectorTenant, plain schema.Object) error {
		for _, name := range []string{"connector_id", "type"} {
			if plain.Text(name) == "" {
				return errors.New(name + " is missing")
			}
		}
		for _, name := range undeclared(plain, connectorStored) {
			tenant.seeded[name] = true
		}
		id := cmp.Or(plain.Text("id"), tenant.newID())
		now := stamp(s.options.Now())
		connector := schema.Object{"config": schema.Object{}, "enabled": schema.Bool(false), "created_at": now, "updated_at": now}
		maps.Copy(connector, plain)
		connector["id"] = schema.Text(id)
		tenant.put(id, connector)
		return nil
	})
}

// newID returns the id after the highest one so far: conn_001, conn_002.
func (t *connectorTenant) newID() string { return fmt.Sprintf("conn_%03d", t.last+1) }

func (t *connectorTenant) put(id string, connector schema.Object) {
	if n, err := strconv.Atoi(strings.TrimPrefix(id, "conn_")); err == nil {
		t.last = max(t.last, n)
	}
	t.connectors.put(id, connector)
}

// input reads the body. Null counts as absent, except inside config, whose form
// depends on the connector.
func (c *connectorCall) input(params []param) (schema.Object, error) {
	in, err := jsonObject(c.request)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(in, func(_ string, v schema.Value) bool { return v == schema.Null{} })
	if config, ok := in["config"].(schema.Object); ok && c.plays(quirk.ConnectorEmpty, quirk.Dropped) {
		in["config"] = filled(config)
	}
	return in, checkBody(in, params, c.tenant.seeded)
}

// filled returns a config without empty values at any depth, as the family removes
// them. An object or list that becomes empty is removed too.
func filled(config schema.Object) schema.Object {
	kept := schema.Object{}
	for name, value := range config {
		if value, any := some(value); any {
			kept[name] = value
		}
	}
	return kept
}

// some returns a value without its empty parts, and whether anything is left.
func some(v schema.Value) (left schema.Value, any bool) {
	switch v := v.(type) {
	case schema.Text:
		return v, v != ""
	case schema.Null:
		return nil, false
	case schema.List:
		list := schema.List{}
		for _, item := range v {
			if item, any := some(item); any {
				list = append(list, item)
			}
		}
		return list, len(list) > 0
	case schema.Object:
		o := filled(v)
		return o, len(o) > 0
	}
	return v, true
}

// shown returns a connector as the service sends it.
func (c *connectorCall) shown(connector schema.Object, mask masking) schema.Object {
	if c.plays(quirk.ConnectorMask, quirk.Part) {
		mask = mask.inPart()
	}
	shown := shownConnector(connector, mask)
	if c.plays(quirk.ConnectorStamp, quirk.OnRead) {
		c.tenant.reads++
		shown["updated_at"] = stamp(c.Now().Add(time.Duration(c.tenant.reads) * time.Second))
	}
	return shown
}

// moved returns the stamp of a connector that changes.
func (c *connectorCall) moved(was string) schema.Text {
	if c.plays(quirk.ConnectorStamp, quirk.AtCreation) {
		return schema.Text(was)
	}
	return c.manner.of(schema.Text(was), c.stamp())
}

func (c *connectorCall) connector() (schema.Object, error) {
	connector, ok := c.tenant.connectors.get(c.id)
	if !ok {
		return nil, errNoConnector
	}
	return connector, nil
}

// deleteOthersOfType deletes the other connectors of a type that allows only one.
func (c *connectorCall) deleteOthersOfType(kind string) {
	if !c.plays(quirk.OneConnectorPerType, quirk.Yes) || kind == "Social" {
		return
	}
	for _, former := range c.tenant.connectors.all() {
		if former.Text("type") == kind {
			c.tenant.connectors.remove(former.Text("id"))
		}
	}
}

func listConnectors(c *connectorCall) (schema.Value, error) {
	query := c.URL.Query()
	page, err := natural(query, "page", 1, 1)
	if err != nil {
		return nil, err
	}
	size, err := natural(query, "page_size", 1, connectorPage)
	if err != nil {
		return nil, err
	}
	size = min(size, maxConnectorPage)
	if c.plays(quirk.ConnectorPage, quirk.Capped) {
		size = min(size, smallPage)
	}
	all := c.tenant.connectors.all()
	data := viewed(pageOf(all, int64(page-1), int64(size)), func(o schema.Object) schema.Object { return c.shown(o, veilSecretsAndIDs) })
	total := int64(len(all))
	if c.plays(quirk.ConnectorTotal, quirk.SurplusTotal) {
		total++
	}
	return schema.Object{
		"data":      data,
		"total":     number(total),
		"page":      number(int64(page)),
		"page_size": number(int64(size)),
	}, nil
}

// createConnector accepts a connector_id that others have, unless a quirk says
// otherwise: the documents do not say that it is unique.
func createConnector(c *connectorCall) (schema.Value, error) {
	in, err := c.input(connectorFields)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Text("connector_id") == "":
		return nil, missing("connector_id")
	case in["id"] != nil && !c.plays(quirk.ConnectorOwnID, quirk.Accepted):
		return nil, unknown("id")
	}
	same := func(other schema.Object) bool {
		return other.Text("type") == "Social" && other.Text("connector_id") == in.Text("connector_id")
	}
	if c.plays(quirk.ConnectorIDs, quirk.Unique) && in.Text("type") == "Social" && slices.ContainsFunc(c.tenant.connectors.all(), same) {
		return nil, errConnectorExists
	}
	id := cmp.Or(in.Text("id"), c.tenant.newID())
	if _, taken := c.tenant.connectors.get(id); taken {
		return nil, errConnectorExists
	}
	connector := schema.Object{"enabled": schema.Bool(false)}
	maps.Copy(connector, in)
	connector["id"] = schema.Text(id)
	connector["created_at"] = c.stamp()
	connector["updated_at"] = c.stamp()
	c.deleteOthersOfType(connector.Text("type"))
	c.tenant.put(id, connector)
	return c.shown(connector, maskSecrets), nil
}

func getConnector(c *connectorCall) (schema.Value, error) {
	connector, err := c.connector()
	if err != nil {
		return nil, err
	}
	return c.shown(connector, maskSecrets), nil
}

// updateConnector replaces the given fields, config as a whole. A mask in it is stored
// like any other text.
func updateConnector(c *connectorCall) (schema.Value, error) {
	old, err := c.connector()
	if err != nil {
		return nil, err
	}
	in, err := c.input(connectorChanges)
	if err != nil {
		return nil, err
	}
	next := old.Clone()
	for name, value := range in {
		was, _ := old[name].(schema.Object)
		new, _ := value.(schema.Object)
		if c.plays(quirk.ConnectorConfig, quirk.Merged) && was != nil && new != nil {
			value = overlay(was, new)
		}
		next[name] = value
	}
	next["updated_at"] = c.moved(old.Text("updated_at"))
	c.tenant.put(c.id, next)
	return c.shown(next, maskSecrets), nil
}

func deleteConnector(c *connectorCall) (schema.Value, error) {
	if _, err := c.connector(); err != nil {
		return nil, err
	}
	c.tenant.connectors.remove(c.id)
	if c.plays(quirk.ConnectorDeletion, quirk.NoBody) {
		return noContent, nil
	}
	return nil, nil
}

// testConnector sends no message. It accepts every secret except an empty one, a mask
// that was written back, and one that begins with "invalid". A connector without
// secrets counts as not configured.
func testConnector(c *connectorCall) (schema.Value, error) {
	connector, err := c.connector()
	if err != nil {
		return nil, err
	}
	secrets := secretsIn(connector["config"])
	if len(secrets) == 0 {
		return nil, testFailure(connector)
	}
	for _, secret := range secrets {
		if secret == "" || secret == secretMask || strings.HasPrefix(secret, "invalid") {
			return nil, testFailure(connector)
		}
	}
	return schema.Object{"result": schema.Text("ok"), "message": schema.Text("测试消息发送成功")}, nil
}

var testDetails = map[string]schema.Text{
	"Email":  "InvalidAccessKeyId: The AccessKeyId is invalid",
	"Sms":    "InvalidAccessKeyId: The AccessKeyId is invalid",
	"Social": "invalid_client: The client credentials are invalid",
}

func testFailure(connector schema.Object) error {
	return &connectorError{http.StatusBadRequest, "连接器测试失败", testDetails[connector.Text("type")]}
}

var connectorPlay = play{
	transcription: transcription{sent: joinedFields(connectorFields, connectorChanges), stored: connectorStored},
	id:            "id",
	held: func(s *Server, env *schema.Environment) schema.Object {
		t, unlock := s.connectors.tenants.locked(tenantName(tenantOf(env, schema.Connectors)))
		defer unlock()
		return t.connectors.object()
	},
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		if schema.IsUnset(wire["connector_id"]) {
			wire["connector_id"] = schema.Text(name)
		}
		return s.SeedConnector(tenantOf(env, schema.Connectors), wire)
	},
}
