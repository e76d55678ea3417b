package lock

import (
	"bytes"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
)

var fuzzed = Owner{Env: "prod", Version: "1.2.3", Places: Places{
	"cloudbase": {Address: "https://tcb.tencentcloudapi.com", Tenant: "acme"}, "devices": {Address: "https://iot.acme.example"},
}}

const (
	lockHead  = "apiVersion: authsync/v1\nkind: Lock\nenvironment: prod\n"
	vaultHead = "apiVersion: authsync/v1\nkind: Vault\nenvironment: prod\n"
)

// sealedBlock is a sealed text as a YAML block, indented by depth.
func sealedBlock(f *testing.F, path, depth string) string {
	f.Helper()
	sealed, err := secrets.Seal(secrets.NewClear("token"), secrets.Binding{Env: "prod", Path: path}, []age.Recipient{schematest.Identity().Recipient()})
	if err != nil {
		f.Fatal(err)
	}
	return "!age |\n" + depth + strings.ReplaceAll(strings.TrimSpace(sealed.Armored()), "\n", "\n"+depth) + "\n"
}

// parsedAlike holds the objects that are parsed line by line against those of the parser.
func parsedAlike(t *testing.T, text []byte) {
	head, objects, _ := halves(text)
	entries, ok := parseObjects(objects)
	decode := func(text []byte) (file lockFile, err error) {
		d := yaml.NewDecoder(bytes.NewReader(text))
		d.KnownFields(true)
		return file, d.Decode(&file)
	}
	if _, err := decode(head); err != nil || !ok || len(entries) == 0 {
		return
	}
	whole, err := decode(text)
	if err != nil {
		t.Fatalf("not YAML, and parsed: %v\n%q", err, text)
	}
	got := map[string]Entry{}
	for _, p := range entries {
		got[p.name] = p.entry
	}
	if diff := cmp.Diff(whole.Objects, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%q (-parser +lines)\n%s", text, diff)
	}
}

// Whoever writes the repository writes the lock. Any bytes are an error, or a lock
// that is written as it was read.
func FuzzLock(f *testing.F) {
	for _, text := range []string{
		"", "\x00", lockHead, lockHead + "listed: [whatever]\n", lockHead + "unmanaged: [provider, 'record/a/b']\n",
		lockHead + "systems: {cloudbase: acme, devices: 'https://elsewhere.example/x'}\nlisted: [application]\nobjects: {application/a: {id: '1'}}\n",
		lockHead + "systems: {cloudbase: {tenant: acme, sandbox: x}}\nrun: -1\nobjects: {login: ~, provider/: {fields: {'': x, a.b: '[\"(sealed)\"]'}}}\n",
		lockHead + "objects: {provider/a: {id: 'a', applied: 2026-01-02T03:04:05Z, authsync: '1', stamp: 'x\ny', read: 0001-01-01, fields: {a: '1'}, settled: {b: ~}, attested: {c: x}}}\n",
		lockHead + "systems: {cloudbase: {tenant: acme}}\nobjects:\n  provider/a:\n    id: 'it''s'\n    applied: 2026-01-02T03:04:05Z\n    authsync: 1.2.3\n    fields:\n      a.b: '\"x\"'\n      c: \"30\"\n      \"\\x00\": \"\\ty\"\n    settled:\n      a.b: 'null'\n    attested:\n      a.b: hmac:00ff\n  login:\n    applied: 2026-01-02T03:04:05Z\n    authsync: '1'\n    id: |-\n      two\n\n      lines\n",
		lockHead + "objects:\n  a:\n    fields:\n      b: c\n       d\n  a:\n    fields: {}\nlisted: []\n", lockHead + "objects:\n  provider/a:\n    id: a # b\n    authsync: ~\n    applied: 2026-01-02\n",
		lockHead + "key: " + sealedBlock(f, lockKeyPath, "  "), lockHead + "objects: &o {login: {fields: &m {<<: *m}}}\n",
		"apiVersion: authsync/v9\nkind: Lock\n", strings.ReplaceAll(lockHead, "\n", "\r\n"), "<<<<<<< ours\n" + lockHead,
	} {
		f.Add([]byte(text))
	}
	spelled := func(text []byte) ([]byte, error) {
		l := newLock(File{}, fuzzed)
		if err := l.read(text); err != nil {
			return nil, err
		}
		return l.spell()
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		PlacesIn(text)
		parsedAlike(t, text)
		once, err := spelled(text)
		if err != nil {
			return
		}
		twice, err := spelled(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%v\n%s\nis read as\n%s\nand that as\n%s", err, text, once, twice)
		}
	})
}

// Any bytes are an error, or a vault that is written as it was read.
func FuzzVault(f *testing.F) {
	token := sealedBlock(f, "tokens.server", "      ")
	for _, text := range []string{
		"", vaultHead, vaultHead + "tokens: {}\n", vaultHead + "making: {server: [], 'apiKey/': ['a']}\n", vaultHead + "tokens: {server: ~}\n",
		vaultHead + "tokens:\n  server:\n    id: a\n    replaces: [b]\n    token: " + token,
		vaultHead + "tokens:\n  apiKey/server:\n    sealedFor: tokens.server\n    id: a\n    token: " + token,
		vaultHead + "tokens:\n  server:\n    former:\n    - id: b\n      until: 2026-01-02T03:04:05.5+08:00\n    token: &t " + token,
		vaultHead + "tokens: {login: {id: a, token: !age x}}\n", vaultHead + "systems: {cloudbase: acme}\nmaking: {'': [~]}\n",
	} {
		f.Add([]byte(text))
	}
	spelled := func(text []byte) ([]byte, error) {
		v := &Vault{owner: fuzzed, held: contents{map[schema.Key]VaultEntry{}, map[schema.Key][]string{}}}
		if err := v.read(text); err != nil {
			return nil, err
		}
		return v.held.spell(v.owner)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := spelled(text)
		if err != nil {
			return
		}
		twice, err := spelled(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%v\n%s\nis read as\n%s\nand that as\n%s", err, text, once, twice)
		}
	})
}
