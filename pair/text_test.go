package pair_test

import (
	"errors"
	"strings"
	"testing"

	"authsync/pair"
	"authsync/schema"
	"authsync/sync"
)

func envOf(t *testing.T, name, text string) *schema.Environment {
	t.Helper()
	loaded := schema.LoadText(name+".yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: "+name+"\n"+text), schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	return loaded.Environments[0]
}

// A text is read again after each edit that it may not have. What comes of it is all
// that goes over, or an error and no text.
func TestRewriteUntilItIsAManifest(t *testing.T) {
	const of = "systems: {cloudbase: {envId: acme-prod}}\n"
	from := envOf(t, "staging", of+"login: {emailLogin: true, userNameLogin: true}\n")
	to := envOf(t, "prod", of+"login: {emailLogin: false, userNameLogin: false}\n")
	before := []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\n" + of + "login: {emailLogin: false, userNameLogin: false}\n")
	read := func(text []byte) *schema.Environment {
		_, body, _ := strings.Cut(string(text), "name: prod\n")
		return envOf(t, "prod", body)
	}
	fault := func(at ...string) []*schema.Fault { return []*schema.Fault{{Path: at, Text: "is too much"}} }
	errDisk := errors.New("the disk is gone")
	for _, row := range []struct {
		name string
		load sync.LoadText
		text string // "" = an error
		want func(error) bool
	}{
		{"all goes over", func(text []byte) (*schema.Environment, []*schema.Fault, error) { return read(text), nil, nil },
			"login: {emailLogin: true, userNameLogin: true}", nil},
		{"one does not", func(text []byte) (*schema.Environment, []*schema.Fault, error) {
			if strings.Contains(string(text), "emailLogin: true") {
				return nil, fault("login", "emailLogin"), nil
			}
			return read(text), nil, nil
		}, "login: {emailLogin: false, userNameLogin: true}", nil},
		{"what is wrong is nothing that goes over", func([]byte) (*schema.Environment, []*schema.Fault, error) { return nil, fault("clients"), nil },
			"", func(err error) bool { return errors.As(err, new(*sync.UnsayableError)) && err.Error() == "is too much" }},
		{"it cannot be read", func([]byte) (*schema.Environment, []*schema.Fault, error) { return nil, nil, errDisk },
			"", func(err error) bool { return errors.Is(err, errDisk) }},
		{"it says something else", func([]byte) (*schema.Environment, []*schema.Fault, error) { return to, nil, nil },
			"", func(err error) bool {
				return strings.Contains(err.Error(), "login.emailLogin: cannot be brought to say it in place")
			}},
	} {
		t.Run(row.name, func(t *testing.T) {
			bases := &schema.Environment{Name: "prod"}
			text, err := pair.Promote(from, to, bases, pair.Wish{}).Rewrite(from, to, bases, pair.Wish{}, before, row.load)
			switch {
			case row.text != "" && (err != nil || !strings.Contains(string(text), row.text)):
				t.Errorf("%v\n%s", err, text)
			case row.text == "" && (err == nil || !row.want(err)):
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
	bases := &schema.Environment{Name: "prod"}
	if text, err := pair.Promote(from, to, bases, pair.Wish{}).Rewrite(from, to, bases, pair.Wish{}, []byte("login: ["), nil); err == nil {
		t.Errorf("what is no YAML became %q", text)
	}
}
