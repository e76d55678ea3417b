package service

import (
	"maps"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

func envOf(system, url string) *schema.Environment {
	e := &schema.Environment{Name: "prod", Systems: map[string]schema.Object{schema.CloudBase: {"envId": schema.Text("prod-1")}}}
	if url != "" {
		settings := schema.Object{"url": schema.Text(url)}
		maps.Copy(settings, e.Systems[system])
		e.Systems[system] = settings
	}
	return e
}

// Clear text goes to the machine itself, to a sandbox, and where the run says
// http:// of the very host.
func TestClearText(t *testing.T) {
	for _, row := range []struct {
		url, variable, flag string
		refused             bool
	}{
		{"https://auth.shop.example", "", "", false},
		{"http://auth.shop.example", "", "", true},
		{"HTTP://Auth.Shop.Example", "", "", true},
		{"http://auth.shop.example:8080", "", "", true},
		{"http://10.0.0.1", "", "", true},
		{"http://[2001:db8::1]", "", "", true},
		{"http://tcb.tencentcloudapi.com", "", "", true},

		{"http://127.0.0.1:8080", "", "", false},
		{"http://127.1.2.3", "", "", false},
		{"http://localhost:8080", "", "", false},
		{"http://LOCALHOST.", "", "", false},
		{"http://[::1]:8080", "", "", false},
		{"http://[::ffff:127.0.0.1]", "", "", false},
		{"http://127.1", "", "", true},
		{"http://2130706433", "", "", true},
		{"http://localhost.example", "", "", true},
		{"http://127.0.0.1.example", "", "", true},

		{"http://auth.shop.example", "", "auth.shop.example", true},
		{"http://auth.shop.example", "", "http://auth.shop.example", false},
		{"http://auth.shop.example", "http://auth.shop.example", "", false},
		{"http://auth.shop.example.", "", "http://AUTH.shop.example:80", false},
		{"http://auth.shop.example:8080", "", "http://auth.shop.example", true},
		{"http://auth.shop.example:8080", "", "http://auth.shop.example:8080", false},
		{"http://sub.auth.shop.example", "", "http://auth.shop.example", true},
	} {
		h, err := ParseHosts(row.variable, strings.Fields(row.flag))
		if err != nil {
			t.Fatal(err)
		}
		for _, system := range schema.Systems {
			env := envOf(system.Name, row.url)
			if got := h.Refuses(env, system.Name) != nil; got != row.refused {
				t.Errorf("%s at %s, with %q and %q: refused %v, want %v", system.Name, row.url, row.variable, row.flag, got, row.refused)
			}
			if got := len(h.Faults(env)) > 0; got != row.refused {
				t.Errorf("%s at %s, with %q and %q: a fault %v, want %v", system.Name, row.url, row.variable, row.flag, got, row.refused)
			}
			if Sandboxed.Refuses(env, system.Name) != nil {
				t.Errorf("%s at %s: refused though a sandbox plays it", system.Name, row.url)
			}
		}
	}
}

// Where the variable is set, credentials go to its hosts and to the services' own.
func TestListedHosts(t *testing.T) {
	for _, row := range []struct {
		system, url, variable, flag string
		refused                     bool
	}{
		{schema.Connectors, "https://auth.shop.example", "", "", false},
		{schema.Connectors, "https://auth.shop.example", "iot.shop.example", "", true},
		{schema.Connectors, "https://auth.shop.example", "iot.shop.example, auth.shop.example", "", false},
		{schema.Connectors, "https://AUTH.shop.example:443/x", "iot.shop.example\n auth.shop.example", "", false},
		{schema.Connectors, "https://auth.shop.example:8443", "auth.shop.example", "", true},
		{schema.Connectors, "https://auth.shop.example:8443", "auth.shop.example:8443", "", false},
		{schema.Connectors, "https://auth.shop.example", "iot.shop.example", "auth.shop.example", false},
		{schema.Devices, "http://127.0.0.1:8080", "iot.shop.example", "", true},
		{schema.Devices, "http://127.0.0.1:8080", "127.0.0.1:8080", "", false},
		{schema.Devices, "http://[::1]:8080", "[::1]:8080", "", false},
		{schema.CloudBase, "", "iot.shop.example", "", false},
		{schema.CloudBase, "https://tcb.internal.tencentcloudapi.com", "iot.shop.example", "", false},
		{schema.CloudBase, "https://tcb.shop.example", "iot.shop.example", "", true},
		{schema.OpenAPI, "https://prod-1.api.tcloudbasegateway.com", "iot.shop.example", "", false},
		{schema.OpenAPI, "https://prod-2.api.tcloudbasegateway.com", "iot.shop.example", "", true},
	} {
		h, err := ParseHosts(row.variable, strings.Fields(row.flag))
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Refuses(envOf(row.system, row.url), row.system) != nil; got != row.refused {
			t.Errorf("%s at %s, with %q and %q: refused %v, want %v", row.system, row.url, row.variable, row.flag, got, row.refused)
		}
	}
}

func TestBadHosts(t *testing.T) {
	for _, entry := range []string{"ftp://x", "a/b", "https://a/", "a:b", "*.shop.example", "http://", "canary:canary@host", "a?b", "a#b", ":80"} {
		_, err := ParseHosts("", []string{entry})
		_, listed := ParseHosts(entry, nil)
		if err == nil || listed == nil {
			t.Errorf("%s is taken", entry)
		} else if strings.Contains(err.Error()+listed.Error(), "canary") {
			t.Errorf("quoted: %v", err)
		}
	}
	if _, err := ParseHosts(" , ", nil); err == nil {
		t.Error("a list of nothing is taken")
	}
}

// The account's own key is sent as it is to the environment's own open API, or
// where the run says so, under whatever name it was given.
func TestAccountKeyStaysHome(t *testing.T) {
	variables := map[string]string{
		"TENCENTCLOUD_SECRETID": "account", "TENCENTCLOUD_SECRETKEY": "account-key",
		"PROD_ID": "prod", "PROD_KEY": "prod-key", "ALIAS_ID": "account", "ALIAS_KEY": "account-key", "OPEN_ID": "open", "OPEN_KEY": "open-key",
	}
	lookup := func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
	named := func(id, key string) schema.Object {
		return schema.Object{"secretId": schema.Secret{Value: secrets.Env(id)}, "secretKey": schema.Secret{Value: secrets.Env(key)}}
	}
	for _, row := range []struct {
		name, url, flag string
		cloudbase, own  schema.Object
		refused         bool
	}{
		{"its own host", "", "", nil, nil, false},
		{"its newer host", "https://PROD-1.api.tcloudbasegateway.com:443/", "", nil, nil, false},
		{"that of another environment", "https://prod-2.api.tcloudbasegateway.com", "", nil, nil, true},
		{"its own host at another port", "https://prod-1.api.tcloudbasegateway.com:8443", "", nil, nil, true},
		{"looks like it", "https://prod-1.api.tcloudbasegateway.com.example", "", nil, nil, true},
		{"anybody's", "https://shop.example", "", nil, nil, true},
		{"the machine itself", "http://127.0.0.1:8080", "", nil, nil, true},
		{"the machine itself, by name", "http://localhost:8080", "", nil, nil, true},
		{"allowed", "https://shop.example", "shop.example", nil, nil, false},
		{"allowed, the machine itself", "http://127.0.0.1:8080", "127.0.0.1:8080", nil, nil, false},
		{"allowed at another port", "https://shop.example:8443", "shop.example", nil, nil, true},
		{"credentials of its own", "https://shop.example", "", nil, named("OPEN_ID", "OPEN_KEY"), false},
		{"those of cloudbase", "https://shop.example", "", named("PROD_ID", "PROD_KEY"), nil, true},
		{"those of cloudbase, named again", "https://shop.example", "", named("PROD_ID", "PROD_KEY"), named("PROD_ID", "PROD_KEY"), true},
		{"the account's by another name", "https://shop.example", "", nil, named("ALIAS_ID", "ALIAS_KEY"), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			h, err := ParseHosts("", strings.Fields(row.flag))
			if err != nil {
				t.Fatal(err)
			}
			env := envOf(schema.OpenAPI, row.url)
			env.Systems[schema.CloudBase] = schema.Overlay(env.Systems[schema.CloudBase], row.cloudbase)
			if row.own != nil {
				env.Systems[schema.OpenAPI] = schema.Overlay(env.Systems[schema.OpenAPI], row.own)
			}
			got, err := Config{Keys: &secrets.Keyring{LookupEnv: lookup}, LookupEnv: lookup, Hosts: h}.BasicAccount(env, schema.OpenAPI)
			if (err != nil) != row.refused || (got == nil) != row.refused {
				t.Errorf("%v, %v; refused: %v", got, err, row.refused)
			}
		})
	}
}
