package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"authsync/schema"
)

func TestCreateAPIKey(t *testing.T) {
	c := start(t, Options{})
	key := c.ok("CreateApiKey", `{"KeyType":"api_key","KeyName":"prod","ExpireIn":7200}`)
	token := key.Text("ApiKey")
	if strings.Count(token, ".") != 2 {
		t.Errorf("token %q is no JWT", token)
	}
	want := fmt.Sprintf(`{"KeyId":%q,"Name":"prod","ApiKey":%q,"CreateAt":"2026-03-01T12:00:00Z","ExpireAt":"2026-03-01T14:00:00Z"}`,
		key.Text("KeyId"), token)
	same(t, "created", key, want)
	part := token[:6] + "******" + token[len(token)-6:]
	same(t, "listed", c.ok("DescribeApiKeyList", `{}`), `{"Total":1,"Data":[`+strings.Replace(want, token, part, 1)+`]}`)
	if forever := c.ok("CreateApiKey", `{"KeyType":"api_key","ExpireIn":0}`); forever["ExpireAt"] != nil {
		t.Errorf("expires: %s", schema.Show(forever["ExpireAt"]))
	}

	again := start(t, Options{})
	same(t, "the first key of a sandbox is always the same", again.ok("CreateApiKey", `{"KeyType":"api_key","KeyName":"prod","ExpireIn":7200}`), want)
}

// What is created takes the id of nothing that is there: a copy of live has ids that
// another sandbox made in the same order.
func TestWhatIsMadeTakesNoIDOfWhatIsThere(t *testing.T) {
	made := map[string]func(*client) string{
		"apiKey": func(c *client) string {
			return c.ok("CreateApiKey", `{"KeyType":"api_key","KeyName":"k"}`).Text("KeyId")
		},
		"authDomain": func(c *client) string {
			at := len(c.ok("DescribeAuthDomains", `{}`)["Domains"].(schema.List))
			c.ok("CreateAuthDomain", fmt.Sprintf(`{"Domains":["d%d.example.com"]}`, at))
			return c.ok("DescribeAuthDomains", `{}`)["Domains"].(schema.List)[at].(schema.Object).Text("Id")
		},
	}
	seeded := map[string]func(*Server, string) error{
		"apiKey": func(s *Server, id string) error {
			return s.SeedAPIKey("e1", schema.Object{"KeyId": schema.Text(id), "Name": schema.Text("k")})
		},
		"authDomain": func(s *Server, id string) error {
			return s.SeedAuthDomain("e1", schema.Object{"Id": schema.Text(id), "Domain": schema.Text("seed.example.com")})
		},
	}
	for kind, create := range made {
		before := start(t, Options{})
		ids := []string{create(before), create(before), create(before), create(before)}
		for _, id := range ids {
			after := start(t, Options{})
			if err := seeded[kind](after.server, id); err != nil {
				t.Fatal(err)
			}
			for range ids {
				if again := create(after); again == id {
					t.Errorf("%s: %s was made once more", kind, id)
				}
			}
		}
	}
}

func TestPublishKey(t *testing.T) {
	c := start(t, Options{})
	key := c.ok("CreateApiKey", `{"KeyType":"publish_key","KeyName":"mine","ExpireIn":86400}`)
	same(t, "name", key["Name"], `"publish_key"`)
	same(t, "expiry", key["ExpireAt"], `"2099-12-31T23:59:59Z"`)
	if again := c.ok("CreateApiKey", `{"KeyType":"publish_key"}`); !schema.Same(again, key) {
		t.Errorf("created again: %s", schema.Show(again))
	}
	same(t, "default list", c.ok("DescribeApiKeyList", `{}`), `{"Total":0,"Data":[]}`)
	list := c.ok("DescribeApiKeyList", `{"KeyType":"publish_key"}`)
	if data := list["Data"].(schema.List); len(data) != 1 || !schema.Same(data[0], key) {
		t.Errorf("listed: %s", schema.Show(list))
	}
}

func TestAPIKeyLimits(t *testing.T) {
	c := start(t, Options{})
	c.refused("CreateApiKey", `{"KeyName":"n"}`, "MissingParameter", "`KeyType`")
	c.refused("CreateApiKey", `{"KeyType":"key"}`, "InvalidParameterValue", "`KeyType`")
	c.refused("CreateApiKey", `{"KeyType":"api_key","ExpireIn":7199}`, "InvalidParameterValue", "ExpireIn")
	c.refused("CreateApiKey", `{"KeyType":"api_key","ExpireIn":-1}`, "InvalidParameterValue", "ExpireIn")
	for range maxAPIKeys {
		c.ok("CreateApiKey", `{"KeyType":"api_key"}`)
	}
	c.refused("CreateApiKey", `{"KeyType":"api_key"}`, "LimitExceeded", "5")
	c.ok("CreateApiKey", `{"KeyType":"publish_key"}`)
}

func TestAPIKeyPages(t *testing.T) {
	c := start(t, Options{})
	for i := range 12 {
		if err := c.server.SeedAPIKey("e1", schema.Object{"Name": schema.Text(fmt.Sprintf("k%d", i))}); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ name, body, names string }{
		{"default", `{}`, "k0 k1 k2 k3 k4 k5 k6 k7 k8 k9"},
		{"second", `{"PageNumber":2}`, "k10 k11"},
		{"small", `{"PageNumber":3,"PageSize":5}`, "k10 k11"},
		{"past the end", `{"PageNumber":4,"PageSize":5}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := c.ok("DescribeApiKeyList", test.body)
			var names []string
			for _, key := range list["Data"].(schema.List) {
				names = append(names, key.(schema.Object).Text("Name"))
			}
			if got := strings.Join(names, " "); got != test.names {
				t.Errorf("got %q, want %q", got, test.names)
			}
			same(t, "total", list["Total"], `12`)
		})
	}
	c.refused("DescribeApiKeyList", `{"PageNumber":0}`, "InvalidParameterValue", "PageNumber")
	c.refused("DescribeApiKeyList", `{"PageSize":-1}`, "InvalidParameterValue", "PageSize")
}

func TestDeleteAPIKey(t *testing.T) {
	c := start(t, Options{})
	id := c.ok("CreateApiKey", `{"KeyType":"api_key"}`).Text("KeyId")
	for range 2 {
		c.ok("DeleteApiKey", fmt.Sprintf(`{"KeyId":%q}`, id))
	}
	same(t, "list", c.ok("DescribeApiKeyList", `{}`), `{"Total":0,"Data":[]}`)
	if next := c.ok("CreateApiKey", `{"KeyType":"api_key"}`).Text("KeyId"); next == id {
		t.Error("a deleted key's id came back")
	}
}

func TestMaskOfAShortToken(t *testing.T) {
	for token, want := range map[string]string{"agKSFSabcjKdhas": "agKSFS******jKdhas", "short": "******", "": "******"} {
		if got := inPart(token); got != want {
			t.Errorf("%q: got %q, want %q", token, got, want)
		}
	}
}
