package schema_test

import (
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

// What the manifest holds as a secret cannot be printed where live has it in
// clear, whatever live has there; all else stays as it is.
func TestMarkSecrets(t *testing.T) {
	secret := schema.Secret{Value: secrets.Env("PIN")}
	for _, tt := range []struct {
		name          string
		live, desired schema.Value
		want          string
	}{
		{"text", schema.Text("4711"), secret, `"(in clear)"`},
		{"a number", schema.Number("4711"), secret, `"(in clear)"`},
		{"an object", schema.Object{"a": schema.Text("4711")}, secret, `"(in clear)"`},
		{"a mask", schema.Text("***"), secret, `"(hidden)"`},
		{"nothing", schema.Null{}, secret, `null`},
		{"empty", schema.Text(""), secret, `""`},
		{"no secret", schema.Text("4711"), schema.Text("x"), `"4711"`},
		{"not named", schema.Text("4711"), nil, `"4711"`},
		{"below", schema.Object{"a": schema.Text("4711"), "b": schema.Text("x")}, schema.Object{"a": secret}, `{"a":"(in clear)","b":"x"}`},
		{"in a list", schema.List{schema.Text("x"), schema.Text("4711")}, schema.List{schema.Text("x"), secret}, `["x","(in clear)"]`},
		{"a longer list", schema.List{schema.Text("4711"), schema.Text("0815")}, schema.List{secret}, `["(in clear)","(in clear)"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			live, desired := schema.Object{"v": tt.live}, schema.Object{"v": tt.desired}
			if tt.desired == nil {
				desired = nil
			}
			if got := schema.Show(schema.MarkSecrets(live, desired)["v"]); got != tt.want {
				t.Errorf("it shows %s, want %s", got, tt.want)
			}
		})
	}
}
