package sandbox

import (
	"errors"
	"fmt"

	"authsync/schema"
)

// business is the parameter that selects a list of keys. Without "integration" it is
// that of the authorization centre (cloud docs 139853).
var business = param{name: "Business"}

// userKeyFields are the fields of a stored integration: those that are shown (seed
// 000), and RuntimeConfig, which is write-only.
var userKeyFields = []param{
	{name: "KeyID"}, {name: "Name"}, {name: "Description"},
	{name: "AuthTypeCode"}, {name: "AuthTypeName"}, {name: "Ext"},
	{name: "Status"}, {name: "TicketID"}, {name: "DemoCodeFunctionName"}, {name: "RuntimeConfig", form: object, unseen: true},
	{name: "BindServiceList", form: object}, {name: "CreateAt"}, {name: "UpdateAt"},
}

// integrationActions are those of the Integration Center (seed 000, cloud docs
// 139851 to 139855).
var integrationActions = map[string]action{
	"GetUserKeyTemplateList": {
		anyRegion: true,
		params: []param{envID, business,
			{name: "Offset", form: integer},
			{name: "Limit", form: integer},
			{name: "AuthTypeCode"},
			{name: "AuthTypeName"},
		},
		do: getUserKeyTemplateList,
	},
	"GetUserKeyList": {
		anyRegion: true,
		params: []param{envID, business,
			{name: "Offset", form: integer, required: true},
			{name: "Limit", form: integer, required: true},
			{name: "Name"},
			{name: "AuthTypeCode"},
		},
		answers: []param{{name: "TotalCount", form: integer}, {name: "UserKeyList", form: objects, fields: seen(userKeyFields)}},
		do:      getUserKeyList,
	},
	"GetOneUserKey": {
		anyRegion: true,
		params: []param{envID, business,
			{name: "KeyID", required: true},
			{name: "NeedPwd", form: boolean},
		},
		answers: []param{{name: "UserKeyInfo", form: object, fields: seen(userKeyFields)}},
		do:      getOneUserKey,
	},
	"CreateUserKey": {
		anyRegion: true,
		kind:      "integration",
		writes:    true,
		params: []param{envID, business,
			{name: "Name", required: true},
			{name: "AuthTypeCode", required: true},
			{name: "KeyID"},
			{name: "Description"},
			{name: "Ext"},
			{name: "TicketID"},
			{name: "RuntimeConfig", form: object},
			{name: "DemoCodeFunctionName"},
		},
		do: createUserKey,
	},
	"UpdateUserKey": {
		anyRegion: true,
		kind:      "integration",
		writes:    true,
		params: []param{envID, business,
			{name: "KeyID", required: true},
			{name: "Name"},
			{name: "AuthTypeCode"},
			{name: "Description"},
			{name: "Ext"},
			{name: "RuntimeConfig", form: object},
			{name: "DemoCodeFunctionName"},
		},
		do: updateUserKey,
	},
	"DeleteUserKey": {
		anyRegion: true,
		writes:    true,
		params:    []param{envID, {name: "KeyID", required: true}},
		do:        deleteUserKey,
	},
}

// userKeyNeeds are the parameters that creating a type requires (cloud docs 139855).
var userKeyNeeds = map[string][]string{
	"weixinmp":     runtimeNeeds,
	"wxvirtualpay": runtimeNeeds,
	"weixin-store": runtimeNeeds,
	"channels":     runtimeNeeds,
	"weixinpaydc":  runtimeNeeds,
	"github":       oauthNeeds,
	"gitlab":       oauthNeeds,
	"gitee":        oauthNeeds,
	"meeting":      oauthNeeds,
}

var (
	runtimeNeeds = []string{"RuntimeConfig", "DemoCodeFunctionName"}
	oauthNeeds   = []string{"TicketID"}
)

// centre is a list of keys and the templates from which they are created.
type centre struct{ templates, keys shelf }

// centre returns the one that the request's Business selects. The authorization centre
// is not simulated: it has neither keys nor templates.
func (c *call) centre() *centre {
	if c.in.Text(business.name) == "integration" {
		return &c.env.integration
	}
	return &centre{}
}

// SeedIntegration adds an integration in wire form. The only check is that its
// AuthTypeCode has a template. Ext is an object, or its JSON as text; passwords in
// clear in it are sealed with Options.IntegrationKey. KeyID and times are generated
// unless given.
func (s *Server) SeedIntegration(envID string, wire schema.Object) error {
	name := wire.Text("Name")
	return seedIn(&s.cloudbase.environments, envID, "integration "+name, wire, func(env *environment, plain schema.Object) error {
		if name == "" {
			return errors.New("it has no Name")
		}
		template, ok := env.integration.templates.get(plain.Text("AuthTypeCode"))
		if !ok {
			return fmt.Errorf("there is no template %q", plain.Text("AuthTypeCode"))
		}
		key := newUserKey(template, s.options.Now())
		key["KeyID"] = schema.Text(env.keyID(""))
		if plain["Ext"] != nil {
			seal := func(clear string) (string, error) {
				salt := fmt.Sprintf("%s %d", env.id, env.generate())
				return sealPassword(s.options.IntegrationKey, salt, clear)
			}
			var err error
			if plain["Ext"], err = sealedExt(plain["Ext"], passwords(template), seal); err != nil {
				return fmt.Errorf("in Ext: %w", err)
			}
		}
		env.note("integration", userKeyFields, plain)
		key = overlay(key, plain)
		env.integration.keys.put(key.Text("KeyID"), key)
		return nil
	})
}
