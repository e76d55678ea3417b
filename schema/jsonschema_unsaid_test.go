package schema_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"authsync/schema"
)

// unsaid is what JSON Schema cannot say, by the faults that the loader has for
// it. Every line has a manifest that the schema takes and the loader does not,
// and the loader has those faults and no other.
var unsaid = []struct {
	reason string
	fault  *regexp.Regexp
	sample string // below sampleHead; with the files beside it in txtar's form
}{
	{"what stands at the path of a secret that ends", regexp.MustCompile(`^there is no secret at this path`),
		"login: {emailLogin: true}\nexpires: {providers.github.config.clientSecret: 2027-01-01}\n"},
	{"a tag is nothing to JSON Schema: a secret in clear is a text like a sealed one", regexp.MustCompile(`is a secret in clear text`),
		"providers: {github: {config: {clientSecret: hunter2}}}\n"},
	{"... and so is one for a sandbox", regexp.MustCompile(`^!plain is for`), "providers: {github: {config: {clientSecret: !plain hunter2}}}\n"},
	{"... what !age seals", regexp.MustCompile(`^is not an armored age file`), "providers: {github: {config: {clientSecret: !age hunter2}}}\n"},
	{"... what !env names", regexp.MustCompile(`^!env takes the name`), "providers: {github: {config: {clientSecret: !env 'A B'}}}\n"},
	{"... whose variable it is", regexp.MustCompile(`^\w+ is (authsync's own|a credential of the)`), "providers: {github: {config: {clientSecret: !env GITHUB_TOKEN}}}\n"},
	{"... a tag where there is no secret", regexp.MustCompile(`^is not a secret and cannot be`), "providers: {github: {config: {clientId: !env ID}}}\n"},
	{"... a tag that is none of ours", regexp.MustCompile(`^!\S* is not a tag of a manifest|^takes text, not !`), "login: {extra: {a: !vault x}}\n"},
	{"... a tag before a time that would be right without", regexp.MustCompile(`^takes a time such as 2h, 30d or seconds, not !\w+ "(\d{1,11}[wdhms])+"$`),
		"clients: {default: {accessTokenExpiresIn: !env 2h}}\n"},
	{"it cannot reckon with a time that is text", regexp.MustCompile(`\(-?\d+ seconds\) is out of range`), "clients: {default: {maxDevice: 1, accessTokenExpiresIn: 1s}}\n"},
	{"it cannot compare two fields", regexp.MustCompile(`^\S+ is not less than refreshTokenExpiresIn`),
		"clients: {default: {accessTokenExpiresIn: 2h, refreshTokenExpiresIn: 2h}}\n"},
	{"... nor these", regexp.MustCompile(`^is not shorter than expireIn`), "apiKeys: {a: {keyType: api_key, expireIn: 14d, rotateBefore: 14d}}\n"},
	{"0 is the life of a key that never ends, however it is spelled", regexp.MustCompile(`^needs expireIn: a key without it never ends`),
		"apiKeys: {a: {keyType: api_key, expireIn: 0s, rotateBefore: 14d}}\n"},
	{"it cannot count the objects of a class", regexp.MustCompile(`^holds \d+ of \w+; an environment`),
		"apiKeys: {a: {keyType: publish_key}, b: {keyType: publish_key}}\n"},
	{"it cannot see that two objects have one label", regexp.MustCompile(` too, and there can be one$`), "integrations: {a: {name: x}, b: {name: x}}\n"},
	{"... nor that one field of a list's items is unique", regexp.MustCompile(`^has two texts for`),
		"providers: {github: {name: {message: G, localized: [{locale: en, message: A}, {locale: en, message: B}]}}}\n"},
	{"... nor that a field repeats a name above it", regexp.MustCompile(`^is the key, which is the row's name`),
		"records: {sys_role: {envType: prod, key: code, rows: {admin: {code: root}}}}\n"},
	{"... or the object's", regexp.MustCompile(`is not the application's id`), "applications: {a1: {apiServer: {appId: b2, roleIdList: []}}}\n"},
	{"... nor which modes go together", regexp.MustCompile(` does not take `), "applications: {a1: {provider: internal-standalone, integrationModes: [ssoClient]}}\n"},
	{"... or that a name is a setting", regexp.MustCompile(`^is the id that default stands for`), "clients: {test-1a2b3c: {maxDevice: 1}}\n"},
	{"a pattern for every URL would be right for none", regexp.MustCompile(`is not a URL \(https`), "providers: {github: {picture: 'https://a b/'}}\n"},
	{"... nor for paths", regexp.MustCompile(`is neither a URL \(https`), "applications: {a1: {logoUrl: 'mailto:a'}}\n"},
	{"... and so for mail addresses", regexp.MustCompile(`is not an e-mail address`),
		"providers: {email: {emailConfig: {smtpConfig: {senderAddress: '@'}}}}\n"},
	{"it counts characters, not bytes", regexp.MustCompile(`^is \d+ bytes long`),
		"providers: {github: {config: {samlMetadata: " + strings.Repeat("密", 3414) + "}}}\n"},
	{"a recipient has a checksum, and recipients must go together", regexp.MustCompile(`recipient`), "recipients: [age1x]\n"},
	{"it sees one file: not whether another is there", regexp.MustCompile(`cannot be read:`), "extends: [none.yaml]\n"},
	{"... nor what it is", regexp.MustCompile(`only a Base can be extended`),
		"extends: [other.yaml]\n-- other.yaml --\napiVersion: authsync/v1\nkind: Environment\nname: other\nsystems: {cloudbase: {envId: other-1a2b3c}}\n"},
	{"... nor a circle", regexp.MustCompile(`extends itself`), "extends: [m.yaml]\n"},
	{"an editor takes each document of a file by itself", regexp.MustCompile(`^a second document`), "---\na: b\n"},
	{"a path means something in the rest of the manifest", regexp.MustCompile(`^there is no secret at this path`), "expires: {login.emailLogin: 2027-03-31}\n"},
	{"a tag before a name or a mapping is lost on the way to JSON", regexp.MustCompile(`^a (name|mapping|list) takes no tag, `), "login: {!env emailLogin: true}\n"},
	{"1.0 is a whole number to JSON Schema, and 0x10 to YAML", regexp.MustCompile(`^takes a whole number, not "(-?\d+\.0+|[-+]?0[xob]\w+|[-+]?[\d_]+|\d[\d.]*[eE][-+]?\d+)"(: write -?\d+)?$`), "clients: {default: {maxDevice: 1.0}}\n"},
	{"... and no number in a spelling of JSON's", regexp.MustCompile(`is a number that JSON cannot spell so`), "login: {extra: {A: 0x10}}\n"},
}

// unseen is what the schema asks of no manifest that extends another: what is
// missing, or contradicts, may come from there. The sample is as above.
var unseen = []struct {
	fault  *regexp.Regexp
	sample string
}{
	{regexp.MustCompile(` is missing$`), "providers: {github: {name: {}}}\n"},
	{regexp.MustCompile(`^needs systems\.`), "connectors: {}\n"},
	{regexp.MustCompile(` needs \w+$`), "providers: {corp: {providerType: SAML}}\n"},
	{regexp.MustCompile(` go together$`), "systems: {cloudbase: {envId: test-1a2b3c, secretId: !env ID}}\n"},
	{regexp.MustCompile(`^OIDC needs the scope openid$`), "providers: {corp: {providerType: OIDC, config: {clientId: a, scope: email}}}\n"},
	{regexp.MustCompile(`^is for providerType EMAIL`), "providers: {corp: {providerType: CUSTOM, emailConfig: {on: true}}}\n"},
	{regexp.MustCompile(`^contradicts transparentMode`), "providers: {corp: {transparentMode: true, reuseUserId: false}}\n"},
	{regexp.MustCompile(`^the life of a publish_key`), "apiKeys: {a: {keyType: publish_key, expireIn: 1d}}\n"},
	{regexp.MustCompile(`^needs expireIn: `), "apiKeys: {a: {keyType: api_key, rotateBefore: 1d}}\n"},
}

// Without the other manifest, the schema refuses the same.
func TestWhatJSONSchemaAsksOfAWholeManifestOnly(t *testing.T) {
	const base = "apiVersion: authsync/v1\nkind: Base\n"
	for _, row := range unseen {
		t.Run(row.fault.String(), func(t *testing.T) {
			alone := head
			if strings.HasPrefix(row.sample, "systems:") {
				alone, _, _ = strings.Cut(head, "systems:")
			}
			alone += row.sample
			for name, text := range map[string]string{"alone": alone, "extending": alone + "extends: [base.yaml]\n"} {
				file := filepath.Join(put(t, map[string]string{"m.yaml": text, "base.yaml": base}), "m.yaml")
				loaded := schema.Load([]string{file}, schema.SecretsSealed)
				loaded.Faults.Demand(nothing)
				list := loaded.Faults.Wrong()
				if len(list) != 1 || !row.fault.MatchString(list[0].Text) {
					t.Errorf("%s: the loader says %v", name, list)
				}
				if refused := objection([]byte(text)) != ""; refused != (name == "alone") {
					t.Errorf("%s: refused by the schema: %v", name, refused)
				}
			}
		})
	}
}

// sampleHead names every system that needs no more than an address.
const sampleHead = "apiVersion: authsync/v1\nkind: Environment\nname: test\n" +
	"systems: {cloudbase: {envId: test-1a2b3c}, devices: {url: 'https://iot.example'}}\n"

func TestWhatJSONSchemaCannotSay(t *testing.T) {
	for _, row := range unsaid {
		if row.sample == "" {
			continue
		}
		t.Run(row.reason, func(t *testing.T) {
			archive := txtar.Parse([]byte("-- m.yaml --\n" + sampleHead + row.sample))
			files := map[string]string{}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			dir := put(t, files)
			if text := objection([]byte(files["m.yaml"])); text != "" {
				t.Errorf("JSON Schema can say it: %s", text)
			}
			loaded := schema.Load([]string{filepath.Join(dir, "m.yaml")}, schema.SecretsSealed)
			if len(loaded.Faults.Wrong()) == 0 {
				t.Fatal("the loader has nothing against it either")
			}
			for _, f := range loaded.Faults.Wrong() {
				if !row.fault.MatchString(f.Text) {
					t.Errorf("%q is not %s", f.Text, row.fault)
				}
			}
		})
	}
}
