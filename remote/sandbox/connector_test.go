package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/schema/quirk"
)

const github = `{"connector_id":"github","type":"Social","config":{"client_id":"Iv1.abcdef123456","client_secret":"s"},"enabled":true}`

func TestCreateConnector(t *testing.T) {
	c := start(t, Options{})
	v := c.connectors()
	const want = `{"id":"conn_001","connector_id":"github","type":"Social","enabled":true,
		"config":{"client_id":"Iv1.abcdef123456","client_secret":"***"},
		"created_at":"2026-03-01T12:00:00Z","updated_at":"2026-03-01T12:00:00Z"}`
	same(t, "created", v.object(200, "POST", connectorPath, github), `{"code":0,"message":"success","result":`+want+`}`)
	same(t, "read", v.object(200, "GET", connectorPath+"/conn_001", ""), `{"code":0,"message":"success","result":`+want+`}`)
	same(t, "kept", c.server.connectors.state().At(authHost, "conn_001", "config"), `{"client_id":"Iv1.abcdef123456","client_secret":"s"}`)

	second := result(v.object(200, "POST", connectorPath, `{"connector_id":"github","type":"Social","config":{"a":null}}`))
	same(t, "another of the same", second["id"], `"conn_002"`)
	same(t, "off unless told", second["enabled"], `false`)
	same(t, "config is not looked into", second["config"], `{"a":null}`)

	v.object(200, "DELETE", connectorPath+"/conn_002", "")
	same(t, "an id does not come back", result(v.object(200, "POST", connectorPath, github))["id"], `"conn_003"`)
}

// The family takes an id of the caller's, and has one social connector of a sort.
func TestConnectorsOfTheFamily(t *testing.T) {
	c := start(t, Options{Quirks: quirk.Set{quirk.ConnectorOwnID: quirk.Accepted, quirk.ConnectorIDs: quirk.Unique, quirk.ConnectorEmpty: quirk.Dropped}})
	v := c.connectors()
	mine := strings.Replace(github, `{`, `{"id":"mine",`, 1)
	same(t, "id", result(v.object(200, "POST", connectorPath, mine))["id"], `"mine"`)
	v.refuses(422, "POST", connectorPath, mine, "连接器已存在")
	v.refuses(422, "POST", connectorPath, github, "连接器已存在")
	const mail = `{"connector_id":"dm","type":"Email","config":{"a":"","b":[{"c":"","d":{"e":[]}},{"f":"x","g":null}],"h":0,"i":false}}`
	same(t, "what is empty is dropped", result(v.object(200, "POST", connectorPath, mail))["config"], `{"b":[{"f":"x"}],"h":0,"i":false}`)
	same(t, "two for mail", result(v.object(200, "POST", connectorPath, mail))["connector_id"], `"dm"`)
}

func TestConnectorMasks(t *testing.T) {
	for _, test := range []struct{ name, config, detail, list string }{
		{"the seed's mail", `{"access_key_id":"LTAI5tExample","access_key_secret":"k","account_name":"a@b","region":"r"}`,
			`{"access_key_id":"LTAI5tExample","access_key_secret":"***","account_name":"a@b","region":"r"}`,
			`{"access_key_id":"LTAI5t***","access_key_secret":"***","account_name":"a@b","region":"r"}`},
		{"the seed's github", `{"client_id":"Iv1.abcdef123456","client_secret":"k"}`,
			`{"client_id":"Iv1.abcdef123456","client_secret":"***"}`,
			`{"client_id":"Iv1.abc***","client_secret":"***"}`},
		{"nested", `{"host":"h","port":465,"auth":{"user":"u","pass":"p"},"templates":[{"usage":"x","apiSecret":"y"}]}`,
			`{"host":"h","port":465,"auth":{"user":"u","pass":"***"},"templates":[{"usage":"x","apiSecret":"***"}]}`,
			`{"host":"h","port":465,"auth":{"user":"u","pass":"***"},"templates":[{"usage":"x","apiSecret":"***"}]}`},
		{"other names", `{"private_key":"k","Password":"p","secret_list":["a",""],"appId":"x"}`,
			`{"private_key":"***","Password":"***","secret_list":["***",""],"appId":"x"}`,
			`{"private_key":"***","Password":"***","secret_list":["***",""],"appId":"***"}`},
		{"unset", `{"client_id":"","client_secret":""}`, `{"client_id":"","client_secret":""}`, `{"client_id":"","client_secret":""}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{})
			v := c.connectors()
			made := v.object(200, "POST", connectorPath, `{"connector_id":"x","type":"Email","config":`+test.config+`}`)
			same(t, "created", made.At("result", "config"), test.detail)
			same(t, "detail", v.object(200, "GET", connectorPath+"/conn_001", "").At("result", "config"), test.detail)
			list := v.object(200, "GET", connectorPath, "").At("result", "data").(schema.List)
			same(t, "list", list[0].(schema.Object)["config"], test.list)
			same(t, "kept", c.server.connectors.state().At(authHost, "conn_001", "config"), test.config)
		})
	}
}

func TestUpdateConnector(t *testing.T) {
	c := start(t, Options{})
	v := c.connectors()
	v.object(200, "POST", connectorPath, github)
	held := func(path ...string) schema.Value {
		return c.server.connectors.state().At(append([]string{authHost, "conn_001"}, path...)...)
	}
	off := result(v.object(200, "PATCH", connectorPath+"/conn_001", `{"enabled":false,"config":null}`))
	same(t, "off", off["enabled"], `false`)
	same(t, "the rest stays", held("config"), `{"client_id":"Iv1.abcdef123456","client_secret":"s"}`)

	v.object(200, "PATCH", connectorPath+"/conn_001", `{"config":{"scope":"user"}}`)
	same(t, "config is replaced as a whole", held("config"), `{"scope":"user"}`)
	same(t, "enabled stays", held("enabled"), `false`)

	v.object(200, "PATCH", connectorPath+"/conn_001", `{"config":{"client_secret":"***"}}`)
	same(t, "a mask is stored as it is", held("config"), `{"client_secret":"***"}`)
	v.object(200, "PATCH", connectorPath+"/conn_001", `{}`)
}

func TestDeleteConnector(t *testing.T) {
	c := start(t, Options{})
	v := c.connectors()
	v.object(200, "POST", connectorPath, github)
	same(t, "answer", v.object(200, "DELETE", connectorPath+"/conn_001", ""), `{"code":0,"message":"success","result":null}`)
	same(t, "state", c.server.connectors.state(), `{"auth.example.com":{}}`)
	v.refuses(404, "DELETE", connectorPath+"/conn_001", "")
}

func TestConnectorPages(t *testing.T) {
	c := start(t, Options{})
	for i := range 120 {
		must(t, c.server.SeedConnector(authHost, wire(t, fmt.Sprintf(`{"connector_id":"c%d","type":"Sms"}`, i+1))))
	}
	for _, test := range []struct {
		name, query       string
		count, page, size int
		first             string
	}{
		{"default", "", 20, 1, 20, "conn_001"},
		{"last", "?page=6", 20, 6, 20, "conn_101"},
		{"short", "?page=3&page_size=50", 20, 3, 50, "conn_101"},
		{"past the end", "?page=7", 0, 7, 20, ""},
		{"more than is given", "?page_size=500", 100, 1, 100, "conn_001"},
		{"the rest of it", "?page=2&page_size=500", 20, 2, 100, "conn_101"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := result(c.connectors().object(200, "GET", connectorPath+test.query, ""))
			data := list["data"].(schema.List)
			if len(data) != test.count || test.count > 0 && data[0].(schema.Object).Text("id") != test.first {
				t.Errorf("%d, from %s", len(data), schema.Show(data[:1]))
			}
			delete(list, "data")
			same(t, "page", list, fmt.Sprintf(`{"total":120,"page":%d,"page_size":%d}`, test.page, test.size))
		})
	}
}

func TestSurplusTotal(t *testing.T) {
	c := start(t, Options{Quirks: quirk.Set{quirk.ConnectorTotal: quirk.SurplusTotal}})
	must(t, c.server.SeedConnector(authHost, wire(t, github)))
	list := result(c.connectors().object(200, "GET", connectorPath, ""))
	if n := len(list["data"].(schema.List)); n != 1 {
		t.Errorf("%d connectors", n)
	}
	same(t, "total", list["total"], `2`)
}

func TestConnectorTest(t *testing.T) {
	for _, test := range []struct {
		name, kind, config string
		status             int
		text               string
	}{
		{"right", "Email", `{"access_key_secret":"k"}`, 200, `"result":{"message":"测试消息发送成功","result":"ok"}`},
		{"wrong", "Email", `{"access_key_secret":"invalid-1"}`, 400, "InvalidAccessKeyId: The AccessKeyId is invalid"},
		{"a mask", "Sms", `{"access_key_secret":"***"}`, 400, "InvalidAccessKeyId"},
		{"one of two", "Social", `{"client_secret":"s","auth":{"pass":""}}`, 400, "invalid_client"},
		{"not set up", "Social", `{}`, 400, "连接器测试失败"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{})
			must(t, c.server.SeedConnector(authHost, wire(t, `{"id":"conn_007","connector_id":"x","type":"`+test.kind+`","config":`+test.config+`}`)))
			c.connectors().refuses(test.status, "POST", connectorPath+"/conn_007/test", "", test.text)
		})
	}
}

func TestSeedConnector(t *testing.T) {
	c := start(t, Options{})
	must(t, c.server.SeedConnector(authHost, wire(t, `{"id":"conn_009","connector_id":"x","type":"Sms","created_at":"2025-01-01T00:00:00Z","sort_order":3}`)))
	must(t, c.server.SeedConnector(authHost, wire(t, `{"connector_id":"y","type":"Sms","enabled":true}`)))
	same(t, "state", c.server.connectors.state().At(authHost), `{
		"conn_009":{"id":"conn_009","connector_id":"x","type":"Sms","config":{},"enabled":false,"sort_order":3,"created_at":"2025-01-01T00:00:00Z","updated_at":"2026-03-01T12:00:00Z"},
		"conn_010":{"id":"conn_010","connector_id":"y","type":"Sms","config":{},"enabled":true,"created_at":"2026-03-01T12:00:00Z","updated_at":"2026-03-01T12:00:00Z"}}`)
	v := c.connectors()
	v.object(200, "PATCH", connectorPath+"/conn_010", `{"sort_order":1}`)
	for _, lacking := range []string{`{"type":"Sms"}`, `{"connector_id":"x"}`} {
		if err := c.server.SeedConnector(authHost, wire(t, lacking)); err == nil || !strings.Contains(err.Error(), "missing") {
			t.Errorf("%s: %v", lacking, err)
		}
	}
}
