package schema_test

import (
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

func TestConnectorLimits(t *testing.T) {
	for _, row := range []struct{ name, lines, want string }{
		{"right", "connectors:\n  aliyun-dm: {type: Email, enabled: true, config: {access_key_id: a, access_key_secret: !env S, port: 465, templates: [{subject: x}], smtp: {auth: {user: u, pass: !env S}}}}\n  a: {connectorId: github, id: conn_001, keep: true}\n", ""},
		{"unknown type", "connectors:\n  a: {type: email}\n", `2: connectors.a.type: "email" is unknown, did you mean Email? (Email, Sms, Social)`},
		{"misspelt", "connectors:\n  a: {enable: true}\n", "2: connectors.a.enable: unknown field, did you mean enabled?"},
		{"secrets in clear", "connectors:\n  a:\n    config:\n      access_key_secret: x\n      clientSecret: x\n      app_secret: x\n      password: x\n      auth: {pass: x}\n      private_key: x\n      access_key_id: fine\n",
			strings.ReplaceAll("4: connectors.a.config.access_key_secret: CLEAR\n5: connectors.a.config.clientSecret: CLEAR\n6: connectors.a.config.app_secret: CLEAR\n7: connectors.a.config.password: CLEAR\n8: connectors.a.config.auth.pass: CLEAR\n9: connectors.a.config.private_key: CLEAR", "CLEAR", "is a secret in clear text")},
		{"config that is a list", "connectors:\n  a: {config: [x]}\n", "2: connectors.a.config: takes a mapping, not a list"},
		{"what only the service sets", "connectors:\n  a: {created_at: x}\n", "2: connectors.a.created_at: is set by the service and cannot be managed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			for line := range strings.Lines(faultsOf(t, row.lines)) {
				line, _, _ = strings.Cut(strings.TrimSpace(line), "; seal it")
				got = append(got, line)
			}
			if got := strings.Join(got, "\n"); got != row.want {
				t.Errorf("got\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

// A mask is a hidden secret wherever it stands, whatever its name: none may be
// written back.
func TestConnectorMasksAreHidden(t *testing.T) {
	wire, err := schema.ParseJSON([]byte(`{"type": "Email", "config": {
		"access_key_secret": "***", "app_key": "***", "access_key_id": "LTAI5t***", "empty": "", "region": "cn",
		"bullets": "••••••", "wide": "＊＊＊", "parts": "j***@e***.com", "tail": "●●●●6789", "list": "• one",
		"smtp": {"auth": {"pass": "***", "user": "u"}},
		"accounts": [{"user": "u", "password": "***"}], "plain": [{"subject": "*** sale ***"}, "x"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := schema.Connector.FromWire(wire.(schema.Object))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, at := range schema.Hidden(fields) {
		got = append(got, at.String())
	}
	if got, want := strings.Join(got, " "), "config.access_key_id config.access_key_secret config.accounts config.app_key config.bullets config.parts config.smtp.auth.pass config.tail config.wide"; got != want {
		t.Errorf("hidden: %s\nwant:   %s", got, want)
	}
	// A secret of a certain name that is shown is one all the same.
	wire = schema.Object{"config": schema.Object{"client_secret": schema.Text("in clear")}}
	fields, err = schema.Connector.FromWire(wire.(schema.Object))
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := fields.At("config", "client_secret").(schema.Secret); !ok || s.Form() != secrets.PlainForm {
		t.Errorf("shown in clear: %v", schema.Show(fields))
	}
}
