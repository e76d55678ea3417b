package sandbox

import (
	"maps"

	"authsync/schema"
	"authsync/schema/quirk"
)

// The ways to reach an SMS vendor.
const (
	authByKey  = "SMS_AUTH_SECRET_KEY"
	authByRole = "SMS_AUTH_ASSUME_ROLE"
)

// smsTemplateFields are what the public models have of a vendor's settings.
var smsTemplateFields = []param{
	{name: "Vendor", oneOf: []string{"TENCENT_CN", "TENCENT_INTL"}, required: true},
	{name: "TemplateId", required: true},
	{name: "SdkAppId"},
	{name: "SignName"},
	{name: "AuthType", oneOf: []string{authByKey, authByRole}},
	{name: "SecretId"},
	{name: "SecretKey"},
	{name: "CredentialAuthKeyId"},
	{name: "SenderId"},
	{name: "TemplateExtendParam", form: objects, fields: []param{{name: "Key"}, {name: "Value"}}},
}

// smsKey are the fields of a vendor's settings that say which key is used, and
// what it is.
var smsKey = []string{"SecretId", "SecretKey", "CredentialAuthKeyId"}

// ownKey is the id of the platform's own key.
const ownKey = ""

// smsKeys are the keys of an environment for SMS vendors, by id.
type smsKeys map[string]schema.Object

// use returns the key that a request leaves in use, of which sent are the fields
// that say so and used those of the one before (public API models).
func (k smsKeys) use(sent, used schema.Object, by string) (schema.Object, error) {
	id := sent.Text("CredentialAuthKeyId")
	noID, noKey := schema.IsUnset(sent["SecretId"]), schema.IsUnset(sent["SecretKey"])
	switch {
	case by == authByRole && (id != "" || !noID || !noKey):
		return nil, refuse("InvalidParameterValue", "`SecretId`, `SecretKey` and `CredentialAuthKeyId` must be empty when `AuthType` is `%s`.", authByRole)
	case by == authByRole:
		return schema.Object{}, nil
	case noID != noKey:
		return nil, refuse("InvalidParameter", "`SecretId` and `SecretKey` must be given together.")
	case !noKey && id != ownKey && k[id] != nil:
		return nil, refuse("InvalidParameterValue", "keyID already exists: `%s`.", id)
	case !noKey:
		k[id] = schema.Object{"SecretId": sent["SecretId"], "SecretKey": sent["SecretKey"]}
		return k.named(id), nil
	case id != "":
		return k.stored(id)
	case schema.IsUnset(used["SecretKey"]) && k[ownKey] != nil:
		return k.named(ownKey), nil
	}
	return used, nil
}

func (k smsKeys) stored(id string) (schema.Object, error) {
	if k[id] == nil {
		return nil, refuse("InvalidParameterValue", "keyID does not exist: `%s`.", id)
	}
	return k.named(id), nil
}

func (k smsKeys) named(id string) schema.Object {
	key := k[id].Clone()
	if id != ownKey {
		key["CredentialAuthKeyId"] = schema.Text(id)
	}
	return key
}

// remember stores the key of seeded settings.
func (k smsKeys) remember(template schema.Object) {
	if !schema.IsUnset(template["SecretKey"]) {
		k[template.Text("CredentialAuthKeyId")] = only(template, []string{"SecretId", "SecretKey"})
	}
}

// only returns an object with only some of its fields.
func only(o schema.Object, names []string) schema.Object {
	some := schema.Object{}
	for _, name := range names {
		if o[name] != nil {
			some[name] = o[name]
		}
	}
	return some
}

// keyed adds the key that is in use after a request to the vendor's settings.
func (c *call) keyed(next schema.Object) error {
	sent, ok := c.in.At("SmsVerificationConfig", "TemplateProvider").(schema.Object)
	if !ok {
		return nil
	}
	template, _ := next.At("SmsVerificationConfig", "TemplateProvider").(schema.Object)
	before, _ := c.env.login.At("SmsVerificationConfig", "TemplateProvider").(schema.Object)
	key, err := c.env.keys.use(only(sent, smsKey), only(before, smsKey), template.Text("AuthType"))
	if err != nil {
		return err
	}
	for _, name := range smsKey {
		delete(template, name)
	}
	maps.Copy(template, key)
	return nil
}

// coverKey masks the vendor's settings as the quirks say.
func (c *call) coverKey(template schema.Object) {
	if key := template.Text("SecretKey"); key != "" && c.plays(quirk.SMSSecretKey, quirk.Stored) {
		template["SecretKey"] = schema.Text(scrambled(key))
	}
	c.cover(template, "SecretKey", quirk.SMSSecretKey)
	c.cover(template, "SecretId", quirk.SMSSecretID)
	c.cover(template, "CredentialAuthKeyId", quirk.SMSKeyID)
	if schema.IsUnset(template["AuthType"]) && c.plays(quirk.SMSAuthType, quirk.Resolved) {
		template["AuthType"] = schema.Text(authByKey)
	}
}
