package sync_test

import (
	"os"
	"path/filepath"
	"testing"

	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/sync"
)

const manifestHead = "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems: {cloudbase: {envId: " + envID + "}}\n"

// allSystems is the head of a manifest that names every system.
const allSystems = "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems:\n  cloudbase: {envId: " + envID + "}\n" +
	"  connectors: {url: 'https://auth.test.example'}\n  devices: {url: 'https://iot.test.example'}\n"

// manifest reads the part of a manifest below its head.
func manifest(t *testing.T, text string, plain schema.Secrecy) *schema.Environment {
	t.Helper()
	return readManifest(t, manifestHead+text, plain)
}

func readManifest(t *testing.T, text string, plain schema.Secrecy) *schema.Environment {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, plain)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	loaded.Environments[0].File = "test.yaml"
	return loaded.Environments[0]
}

// put makes what a manifest says, with secrets in clear, the live state.
func (w *world) put(t *testing.T, o sandbox.Options, live string) {
	t.Helper()
	w.putAll(t, o, manifestHead+live)
}

func (w *world) putAll(t *testing.T, o sandbox.Options, manifest string) {
	t.Helper()
	w.fresh(o)
	if err := w.server.Seed(readManifest(t, manifest, schema.SecretsPlain)); err != nil {
		t.Fatal(err)
	}
}

func (w *world) plan(t *testing.T, site *sync.Site, o sync.Options) *sync.EnvironmentPlan {
	t.Helper()
	plan := sync.Build(site, w.read(t, site, o), o)
	if len(plan.Refusals) > 0 {
		t.Fatalf("%+v", plan.Refusals)
	}
	return allowed(plan)
}

// allowed lets a plan through its gates.
func allowed(plan *sync.EnvironmentPlan) *sync.EnvironmentPlan {
	for i := range plan.Gates {
		plan.Gates[i].Allowed = true
	}
	return plan
}
