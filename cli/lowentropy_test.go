package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const (
	lowRecipient = "age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg"
	lowIdentity  = "AGE-SECRET-KEY-1WJ7CGNQZPZMVJKLV87DP77TA0DZEXK56VNKT598MW7Q9X934J8RS0W6TG2"
)

// lowManifest has a secret of each sort that comes to be in a committed file.
const lowManifest = `apiVersion: authsync/v1
kind: Environment
name: low
recipients: [` + lowRecipient + `]
systems:
  cloudbase: {envId: acme-low}
  connectors: {url: "https://auth.low.example", token: !env LOW_TOKEN}
apiKeys:
  server: {keyType: api_key}
providers:
  github: {config: {clientId: a, clientSecret: %[1]s}}
  corp: {config: {clientId: a, clientSecret: !env LOW_SECRET}}
  email: {emailConfig: {smtpConfig: {senderAddress: a@b.example, serverHost: smtp.b.example, serverPort: 465, accountUsername: u, accountPassword: %[1]s}}}
connectors:
  dm:
    type: Email
    config: {access_key_id: LTAI5tExample, access_key_secret: %[1]s, account_name: noreply@acme.example}
`

const lowLive = `apiVersion: authsync/v1
kind: Environment
name: low
systems:
  cloudbase: {envId: acme-low}
  connectors: {url: "https://auth.low.example"}
providers:
  github: {providerType: OAUTH, name: {message: GitHub}, config: {clientId: a, clientSecret: !plain old}}
  corp: {providerType: OAUTH, name: {message: Corp}, config: {clientId: a, clientSecret: !plain old}}
  email: {providerType: EMAIL, name: {message: Mail}, config: {}, emailConfig: {on: true, smtpConfig: {senderAddress: a@b.example, serverHost: smtp.b.example, serverPort: 465, accountUsername: u, accountPassword: !plain old}}}
`

// Who has the repository and no key can guess a secret of four digits ten
// thousand times. So no field of any committed file may say whether a guess is
// right: what is derived from a secret must also be derived from something
// random that only a key holder knows, or from the sealed text, which is random.
//
// The same secret is kept twice, in two fresh repositories, and another one in a
// third. A field that is the same in the first two has nothing random in it, so
// it may have nothing of the secret in it either: it has to be the same in the
// third. That holds for every field of every file, whatever it is: a new one
// need not be named here.
func TestNothingCommittedTellsAGuess(t *testing.T) {
	secluded(t)
	first, second := committed(t, "4711"), committed(t, "4711")
	other := committed(t, "0815")
	for _, file := range []string{"low.yaml", "low.lock.yaml", "low.vault.yaml", "low.plan", "low.json", ".authsync/1.jsonl", ".authsync/1.yaml"} {
		if len(first[file]) == 0 {
			t.Errorf("there is no %s: the test proves nothing of it", file)
		}
	}
	for _, told := range telling(first, second, other) {
		t.Errorf("%s tells the secret", told)
	}
	t.Run("it would be seen", func(t *testing.T) {
		for files, secret := range map[*map[string]map[string]string]string{&first: "4711", &second: "4711", &other: "0815"} {
			sum := sha256.Sum256([]byte(secret))
			(*files)["low.lock.yaml"]["planted"] = hex.EncodeToString(sum[:])
		}
		if told := telling(first, second, other); len(told) != 1 {
			t.Errorf("a digest of the secret was found in %q", told)
		}
	})
}

// committed seals a manifest with a secret, applies it twice, rekeys, and
// returns the fields of each file that is then there, by path.
func committed(t *testing.T, secret string) map[string]map[string]string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"low.yaml": fmt.Sprintf(lowManifest, `"`+secret+`"`), "live/low.yaml": lowLive} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AUTHSYNC_SANDBOX", serve(t, sandboxOptions{seed: filepath.Join(dir, "live")}))
	t.Setenv("AUTHSYNC_IDENTITY", lowIdentity)
	t.Setenv("LOW_SECRET", secret)
	t.Setenv("LOW_TOKEN", "sandbox")
	if err := os.RemoveAll(filepath.Join(dir, "live")); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, "low.yaml")
	must(t, 0, "secrets", "seal", manifest)
	must(t, 0, "plan", manifest, "--rewrite-secrets", "--out", filepath.Join(dir, "low.plan"), "--format", "json="+filepath.Join(dir, "low.json"))
	must(t, 0, "apply", "--plan", filepath.Join(dir, "low.plan"))
	must(t, 0, "secrets", "rekey", manifest)
	must(t, 0, "apply", manifest, "--yes")

	files := map[string]map[string]string{}
	kept := map[string]int{}
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if filepath.ToSlash(name) == ".authsync/low.stamps" {
			return nil // not always there; it has times, and digests of what the lock has, as its own test says
		}
		if ours, is := strings.CutPrefix(filepath.ToSlash(name), ".authsync/low-"); is { // its name is its time
			ext := filepath.Ext(ours)
			kept[ext]++
			name = fmt.Sprintf(".authsync/%d%s", kept[ext], ext)
		}
		if strings.HasSuffix(name, ".jsonl") { // a document on each line, and one that yaml would read
			text = []byte("[" + strings.Join(byObject(strings.Split(strings.TrimSpace(string(text)), "\n")), ",\n") + "]")
		}
		files[filepath.ToSlash(name)] = fields(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// byObject are the lines of a journal in the order of the objects that they are about: those
// that are written side by side are noted in another order each time.
func byObject(lines []string) []string {
	objectOf := func(line string) string {
		var about struct{ Object string }
		_ = json.Unmarshal([]byte(line), &about) // a line about no object comes first
		return about.Object
	}
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(objectOf(a), objectOf(b)) })
	return lines
}

// fields are the values of a YAML or JSON file by path, and the lines of any
// other.
func fields(text []byte) map[string]string {
	found := map[string]string{}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil || len(root.Content) == 0 {
		for i, line := range strings.Split(string(text), "\n") {
			found[fmt.Sprint(i)] = line
		}
		return found
	}
	var walk func(n *yaml.Node, at string)
	walk = func(n *yaml.Node, at string) {
		found[at+"#"] = n.HeadComment + n.LineComment + n.FootComment
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i+1], at+"/"+n.Content[i].Value)
			}
		case yaml.ScalarNode:
			found[at] = n.Value
		default:
			for i, inner := range n.Content {
				walk(inner, fmt.Sprint(at, "/", i))
			}
		}
	}
	walk(&root, "")
	return found
}

// arguments says of each field of each file that authsync writes why it tells
// no guess of a secret. A new field fails the test until somebody has thought
// about it and put it here. Manifests are written by people: there only sealed
// texts are authsync's.
var arguments = []argument{
	{`low\.yaml`, `.*(clientSecret|accountPassword|access_key_secret)`, "a sealed text is random, or it is the name of a variable"},
	{`low\.yaml`, `.*`, "a person's, in clear for everybody"},

	{`low\.lock\.yaml`, `/0/(apiVersion|kind|environment|listed/\d+|unmanaged/\d+|systems/.*|recipients/\d+|run)`, "names and public keys, from the manifest or of live objects; a number"},
	{`low\.lock\.yaml`, `/0/key`, "random, and sealed besides"},
	{`low\.lock\.yaml`, `/0/objects/[^/]+/[^/]+/(applied|authsync)`, "when, and by which version"},
	{`low\.lock\.yaml`, `/0/objects/[^/]+/[^/]+/(stamp|read)`, "when the service says that it was changed, and when it was read"},
	{`low\.lock\.yaml`, `/0/objects/[^/]+/[^/]+/id`, "made up by the service, and no credential"},
	{`low\.lock\.yaml`, `/0/objects/provider/corp/fields/config\.clientSecret`, "hmac of the secret under the key: whoever can open that can open the secret's place too"},
	{`low\.lock\.yaml`, `/0/objects/.*/attested/.*`, "hmac of the sealed text and the secret, under a key that is derived from all identities of who has opened the text"},
	{`low\.lock\.yaml`, `/0/objects/.*/fields/.*(clientSecret|accountPassword|access_key_secret)`, "a digest of the sealed text, which is random and lies beside it"},
	{`low\.lock\.yaml`, `/0/objects/.*/fields/.*`, "what the manifest has in clear"},

	{`low\.vault\.yaml`, `/0/(apiVersion|kind|environment|systems/.*|tokens/[^/]+/[^/]+/id)`, "names, and the id that the service made up"},
	{`low\.vault\.yaml`, `/0/tokens/[^/]+/[^/]+/token`, "a sealed text is random; the token has 128 bits or more besides"},

	{`low\.(plan|json)`, `/0/(formatVersion|tool|version|empty|sandbox)`, "of the format"},
	{`low\.(plan|json)`, `/0/environments/\d+/(name|file|envId|sandbox|summary/\w+|destinations/.*|seals/.*|gates/.*|refusals/.*|errors/.*|notes/.*|unmanaged/.*)`, "names, numbers and words of authsync"},
	{`low\.(plan|json)`, `/0/environments/\d+/changes/.*`, "in clear what is no secret; of a secret a word: another, (sealed), (env NAME)"},
	{`low\.(plan|json)`, `/0/environments/\d+/steps/.*`, "calls with words in the place of secrets"},
	{`low\.plan`, `/0/saved/(made|expires|apiVersion|request/.*)`, "when, and what was typed"},
	{`low\.plan`, `/0/saved/environments/\d+/(name|systems/\w+|places/.*|recipients/\d+|manifest/\d+/path|unopened/.*)`, "names and public keys"},
	{`low\.plan`, `/0/saved/environments/\d+/manifest/\d+/sha256`, "a digest of a file without secrets in clear; its sealed texts are random"},
	{`low\.plan`, `/0/saved/environments/\d+/key`, "random, new for each plan, and sealed"},
	{`low\.plan`, `/0/saved/environments/\d+/live/\d+/(object|id|absent)`, "names, and ids of the service"},
	{`low\.plan`, `/0/saved/environments/\d+/live/\d+/fields/.*`, "in clear what is no secret; a secret, and what nobody knows, as hmac under the key"},
	{`low\.plan`, `/0/digest`, "of all the rest of the file, of which nothing tells"},

	{`\.authsync/\d+\.yaml`, `/0/(apiVersion|kind|environment|made)`, "names, and when"},
	{`\.authsync/\d+\.yaml`, `/0/run`, "a number"},
	{`\.authsync/\d+\.yaml`, `/0/systems/.*`, "where the services are, as the manifest says in clear"},
	{`\.authsync/\d+\.yaml`, `/0/mac`, "hmac under a key that never leaves the machine, of a text that is sealed"},
	{`\.authsync/\d+\.yaml`, `/0/objects`, "sealed as a whole"},
	{`\.authsync/\d+\.jsonl`, `/0/\d+/(run|settled)/.*`, "who ran what with which flags, and when"},
	{`\.authsync/\d+\.jsonl`, `/0/\d+/lock`, "a digest of the lock's text, which says nothing either"},
	{`\.authsync/\d+\.jsonl`, `/0/\d+/entry/(id|applied|authsync|stamp|read|key)`, "as in the lock; a digest of the sealed key, which is random"},
	{`\.authsync/\d+\.jsonl`, `/0/\d+/entry/attested/.*`, "as in the lock"},
	{`\.authsync/\d+\.jsonl`, `/0/\d+/entry/fields/.*`, "as in the lock; a value that the lock has in clear is a digest here"},
	{`\.authsync/\d+\.jsonl`, `/0/\d+/(begin|object|op|call|fields/\d+|end|outcome|readBack|finished|result)`, "names of objects, fields and calls, and how each ended"},
	{`\.authsync/(\.gitignore|low\.apply)`, `\d+`, "the same words for everybody; the claim of a run while it lasts"},
}

type argument struct{ file, field, why string }

func (a argument) is(file, field string) bool {
	return regexp.MustCompile("^"+a.file+"$").MatchString(file) && regexp.MustCompile("^(?:"+a.field+")$").MatchString(field)
}

func TestEveryWrittenFieldIsArgued(t *testing.T) {
	secluded(t)
	used := map[argument]bool{}
	for file, values := range committed(t, "4711") {
		for at, value := range values {
			field, isComment := strings.CutSuffix(at, "#")
			if isComment && (value == "" || strings.HasPrefix(value, "# What an apply") || strings.HasPrefix(value, "# What authsync") || strings.HasPrefix(value, "# Tokens")) {
				continue // a heading that is the same for everybody
			}
			i := slices.IndexFunc(arguments, func(a argument) bool { return a.is(file, field) })
			if i < 0 {
				t.Errorf("%s: %s: argue here why it tells no guess of a secret (it is %.40q)", file, at, value)
				continue
			}
			used[arguments[i]] = true
		}
	}
	for _, a := range arguments {
		if !used[a] {
			t.Errorf("no file has %s: %s any more", a.file, a.field)
		}
	}
}

// The length of what is sealed is that of the secret rounded up, so a short
// secret looks like another short one.
func TestLengthsTellLittle(t *testing.T) {
	secluded(t)
	short, longer := committed(t, "1"), committed(t, "four")
	for file, values := range short {
		for at, value := range values {
			if strings.HasPrefix(value, "-----BEGIN AGE") && file != ".authsync/1.yaml" && len(value) != len(longer[file][at]) {
				t.Errorf("%s: %s is %d bytes for a secret of 1, %d for one of 4", file, at, len(value), len(longer[file][at]))
			}
		}
	}
}

// telling are the fields that are the same with the same secret, and another
// with another one. A time is neither: it may be the same by
// chance.
func telling(first, second, other map[string]map[string]string) []string {
	var told []string
	for file, values := range first {
		for at, value := range values {
			time := strings.HasSuffix(at, "/applied") || strings.HasSuffix(at, "/time") || strings.HasSuffix(at, "/finished") ||
				strings.HasSuffix(at, "/made") || strings.HasSuffix(at, "/stamp") || strings.HasSuffix(at, "/read") || strings.HasSuffix(at, "/expires")
			if !time && value == second[file][at] && value != other[file][at] {
				told = append(told, file+": "+at)
			}
		}
	}
	return told
}
