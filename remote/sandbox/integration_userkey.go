package sandbox

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// newUserKey returns an integration with default fields.
func newUserKey(template schema.Object, now time.Time) schema.Object {
	return schema.Object{
		"AuthTypeCode":         template["AuthTypeCode"],
		"AuthTypeName":         template["AuthTypeName"],
		"Description":          schema.Text(""),
		"Ext":                  schema.Text(""),
		"Status":               schema.Text(""), // its values are in no document
		"TicketID":             schema.Text(""),
		"DemoCodeFunctionName": schema.Text(""),
		"BindServiceList":      schema.Object{"Apis": schema.List{}, "Mcp": schema.List{}},
		"CreateAt":             chinaStamp(now),
		"UpdateAt":             chinaStamp(now),
	}
}

// keyID returns the id of a new key: the requested id is only its first half (cloud
// docs 139855).
func (e *environment) keyID(wanted string) string {
	return e.integration.keys.unused(func() string {
		made := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s user key %d", e.id, e.generate())))
		if wanted == "" {
			return made[:16]
		}
		return wanted + "-" + made[:9]
	})
}

// keyID returns the id that the platform generates from the requested one.
func (c *call) keyID(wanted string) string {
	switch {
	case c.plays(quirk.IntegrationID, quirk.Kept) && wanted != "":
		return wanted
	case c.plays(quirk.IntegrationID, quirk.Made):
		return c.env.keyID("")
	}
	return c.env.keyID(wanted)
}

// mostOf is the largest page of a list.
func (c *call) mostOf(pages quirk.Name) int64 {
	if c.plays(pages, quirk.Capped) {
		return smallPage
	}
	return math.MaxInt64
}

// chinaStamp is a time as the Integration Center writes it (seed 000's client:
// 2026-07-01T10:00:00+08:00).
func chinaStamp(t time.Time) schema.Text {
	return schema.Text(t.In(time.FixedZone("", 8*60*60)).Format(time.RFC3339))
}

// getUserKeyList searches by part of a name, and shows no password.
func getUserKeyList(c *call) (schema.Object, error) {
	centre := c.centre()
	name, code := c.in.Text("Name"), c.in.Text("AuthTypeCode")
	var found []schema.Object
	for _, key := range centre.keys.all() {
		if strings.Contains(key.Text("Name"), name) && (code == "" || key.Text("AuthTypeCode") == code) {
			found = append(found, c.listed(centre.blanked(key)))
		}
	}
	return c.paged("UserKeyList", found)
}

// paged is the answer of a list of which one page was asked for.
func (c *call) paged(name string, found []schema.Object) (schema.Object, error) {
	page, err := page(c.in, found, c.mostOf(quirk.IntegrationPage))
	return schema.Object{"TotalCount": number(int64(len(found))), name: page}, err
}

// page returns the part of a list that Offset and Limit select. The list may reduce a
// larger Limit.
func page(in schema.Object, all []schema.Object, most int64) (schema.List, error) {
	limit, err := positive(in, "Limit", 100)
	if err != nil {
		return nil, err
	}
	offset, _ := whole(in, "Offset")
	if offset < 0 {
		return nil, refuse("InvalidParameterValue", "`Offset` must not be negative.")
	}
	return viewed(part(all, offset, min(limit, most)), asItIs), nil
}

// getOneUserKey shows stored passwords on request.
func getOneUserKey(c *call) (schema.Object, error) {
	centre, id := c.centre(), c.in.Text("KeyID")
	key, ok := centre.keys.get(id)
	if !ok {
		return nil, refuse("ResourceNotFound", "The key `%s` does not exist.", id)
	}
	shown := centre.blanked(key)
	if c.in["NeedPwd"] == schema.Bool(true) && c.plays(quirk.IntegrationPasswords, quirk.Stored) {
		shown = shownUserKey(key)
	}
	if c.plays(quirk.RuntimeConfig, quirk.Shown) && key["RuntimeConfig"] != nil {
		shown["RuntimeConfig"] = key["RuntimeConfig"]
	}
	c.moving(shown, "UpdateAt", quirk.IntegrationStamp)
	return schema.Object{"UserKeyInfo": shown}, nil
}

// listed returns a key as an item of a list.
func (c *call) listed(shown schema.Object) schema.Object {
	if c.plays(quirk.IntegrationListExt, quirk.Absent) {
		delete(shown, "Ext")
	}
	if c.plays(quirk.IntegrationBindings, quirk.Unlisted) {
		delete(shown, "BindServiceList")
	}
	return shown
}

// counted returns the number in a call's answer: the count of records, or 0 for
// success, as the quirk says. Two documents contradict each other.
func (c *call) counted(records int64) schema.Number {
	if c.plays(quirk.IntegrationResults, quirk.Zero) {
		return number(0)
	}
	return number(records)
}

// missingKey is the answer for a key that does not exist.
func (c *call) missingKey(result string) (schema.Object, error) {
	if c.plays(quirk.MissingIntegration, quirk.Refused) {
		return nil, refuse("ResourceNotFound", "The key `%s` does not exist.", c.in.Text("KeyID"))
	}
	return schema.Object{result: number(0)}, nil
}

// createUserKey does not return the new KeyID.
func createUserKey(c *call) (schema.Object, error) {
	centre, code := c.centre(), c.in.Text("AuthTypeCode")
	template, ok := centre.templates.get(code)
	if !ok {
		return nil, wrongValue("AuthTypeCode", code)
	}
	for _, need := range userKeyNeeds[code] {
		if schema.IsUnset(c.in[need]) {
			return nil, missing(need)
		}
	}
	sent, err := c.userKey("")
	if err != nil {
		return nil, err
	}
	key := newUserKey(template, c.Now())
	maps.Copy(key, sent)
	id := c.keyID(c.in.Text("KeyID"))
	if _, taken := centre.keys.get(id); taken {
		return nil, refuse("ResourceInUse", "The key `%s` exists already.", id)
	}
	key["KeyID"] = schema.Text(id)
	centre.keys.put(id, key)
	return schema.Object{"CreateResult": number(0), "DemoCodeFunctionName": key["DemoCodeFunctionName"]}, nil
}

// updateUserKey returns the number of updated keys (cloud docs 139851), so a missing
// key is not an error.
func updateUserKey(c *call) (schema.Object, error) {
	centre, id := c.centre(), c.in.Text("KeyID")
	old, ok := centre.keys.get(id)
	if !ok {
		return c.missingKey("UpdateResult")
	}
	if code := c.in.Text("AuthTypeCode"); code != "" && code != old.Text("AuthTypeCode") {
		return nil, refuse("InvalidParameterValue", "The `AuthTypeCode` of a key cannot be changed.")
	}
	sent, err := c.userKey(id)
	if err != nil {
		return nil, err
	}
	next := old.Clone()
	maps.Copy(next, sent)
	if !c.plays(quirk.IntegrationStamp, quirk.AtCreation) {
		next["UpdateAt"] = c.manner.of(schema.Text(old.Text("UpdateAt")), chinaStamp(c.Now()))
	}
	centre.keys.put(id, next)
	return schema.Object{"UpdateResult": c.counted(1)}, nil
}

// userKey returns the fields to store in an existing or a new key, each as a whole. An
// empty AuthTypeCode or Ext counts as absent.
func (c *call) userKey(id string) (schema.Object, error) {
	sent := c.fields()
	delete(sent, business.name)
	for _, name := range []string{"AuthTypeCode", "Ext"} {
		if sent.Text(name) == "" {
			delete(sent, name)
		}
	}
	if ext := sent.Text("Ext"); ext != "" {
		if _, err := parseExt(ext); err != nil {
			return nil, refuse("InvalidParameterValue", "`Ext` must be a JSON object.")
		}
	}
	name := sent.Text("Name")
	if name == "" && sent["Name"] != nil {
		return nil, wrongValue("Name", name)
	}
	for _, key := range c.centre().keys.all() {
		if key.Text("Name") == name && key.Text("KeyID") != id {
			return nil, refuse("ResourceInUse", "The name `%s` is in use.", name)
		}
	}
	return sent, nil
}

// deleteUserKey returns the number of deleted keys (cloud docs 139854). It deletes a
// key even if services are bound to it.
func deleteUserKey(c *call) (schema.Object, error) {
	keys, id := &c.env.integration.keys, c.in.Text("KeyID")
	if _, ok := keys.get(id); !ok {
		return c.missingKey("DeleteResult")
	}
	keys.remove(id)
	return schema.Object{"DeleteResult": c.counted(1)}, nil
}

func shownUserKey(key schema.Object) schema.Object {
	shown := key.Clone()
	hide(shown, userKeyFields)
	return shown
}

// blanked is a key as it is read without NeedPwd: a password is "" (the example
// of cloud docs 139853), and lists are taken to do the same.
func (c *centre) blanked(key schema.Object) schema.Object {
	shown := shownUserKey(key)
	template, _ := c.templates.get(key.Text("AuthTypeCode"))
	shown["Ext"] = schema.Text(blankedExt(key.Text("Ext"), passwords(template)))
	return shown
}

var integrationPlay = play{
	transcription: transcription{
		sent:   joinedFields(integrationActions["CreateUserKey"].params, integrationActions["UpdateUserKey"].params),
		stored: userKeyFields,
	},
	actions: integrationActions,
	id:      "KeyID",
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		if schema.IsUnset(wire["Name"]) {
			wire["Name"] = schema.Text(name)
		}
		return s.SeedIntegration(env.ID(), wire)
	},
	state: func(e *environment) schema.Value { return e.integration.keys.object() },
}
