package sync_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/remote/rehearse"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// BenchmarkRehearsal rehearses four changes among twenty objects.
func BenchmarkRehearsal(b *testing.B) {
	w := newWorld(b, transport.Options{})
	before := twenty(b, "5", "profile")
	site := w.site(b, before)
	if r := sync.Apply(b.Context(), site, allowed(sync.Build(site, sync.Read(b.Context(), site, sync.Options{}), sync.Options{})), silent); !r.Complete() {
		b.Fatal(r.Steps)
	}
	site = w.site(b, twenty(b, "6", "email"))
	plan := sync.Build(site, sync.Read(b.Context(), site, sync.Options{}), sync.Options{})
	if len(plan.Steps) != 4 {
		b.Fatal(plan.Steps)
	}
	for b.Loop() {
		if r := rehearse.Plan(b.Context(), site, plan, rehearse.Deep); len(r.Divergences) > 0 || r.Without != "" {
			b.Fatalf("%+v", r)
		}
	}
}

// twenty is a manifest of twenty objects; some have what is put in.
func twenty(b *testing.B, devices, scope string) *schema.Environment {
	var text strings.Builder
	fmt.Fprintf(&text, "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems: {cloudbase: {envId: %s}}\n", envID)
	fmt.Fprintf(&text, "login: {emailLogin: true}\nclients: {default: {maxDevice: %s}}\nproviders:\n", devices)
	for i := range 18 {
		if i == 3 {
			scope = "profile"
		}
		fmt.Fprintf(&text, "  %c%c: {providerType: OAUTH, name: {message: P}, on: true, config: {clientId: c, clientSecret: !env S_A, scope: %s, authorizationEndpoint: \"https://a.example/x\", tokenEndpoint: \"https://a.example/t\", userinfoEndpoint: \"https://a.example/u\", redirectUri: \"https://b.example/c\"}}\n", 'a'+i, 'b'+i, scope)
	}
	file := filepath.Join(b.TempDir(), "test.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		b.Fatal(err)
	}
	return loaded.Environments[0]
}
