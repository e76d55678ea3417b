package schema

import "testing"

// A value inside another is found by names and by numbers.
func TestValueAt(t *testing.T) {
	v := Object{"a": List{Text("x"), Object{"b": Text("y")}}}
	for path, want := range map[string]Value{"a.0": Text("x"), "a.1.b": Text("y"), "a.2": nil, "a.1.c": nil, "c.d": nil} {
		at, err := ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := valueAt(v, at); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	loaded := LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: a-1}}\nproviders: {github: {config: {clientId: a}}}\n"), SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	env, at := loaded.Environments[0], Path{"config", "clientId"}
	if got := env.value(&Provider, "github", at); got != Text("a") {
		t.Errorf("%v", got)
	}
	if env.value(&Provider, "corp", at) != nil || env.value(&Connector, "github", at) != nil {
		t.Error("there is a value of what is not there")
	}
}

// What is to be set is like all else that is, and says so where a value is shown.
func TestToSetIsAlike(t *testing.T) {
	a, b := ToSet("the id of dev"), ToSet("the id of prod")
	if !Same(a, b) || !a.Equal(b) || Same(a, Text(string(a))) || Same(Text(toSetWord), a) {
		t.Error("what is to be set is not like what is")
	}
}
