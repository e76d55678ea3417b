package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	for _, file := range []string{"low.yaml", "low.lock.yaml", "low.vault.yaml", ".authsync/1.jsonl", ".authsync/1.yaml"} {
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
	must(t, 0, "apply", manifest, "--yes", "--rewrite-secrets")
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
		if ours, is := strings.CutPrefix(filepath.ToSlash(name), ".authsync/low-"); is { // its name is its time
			ext := filepath.Ext(ours)
			kept[ext]++
			name = fmt.Sprintf(".authsync/%d%s", kept[ext], ext)
		}
		files[name] = fields(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
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

// telling are the fields that are the same with the same secret, and another
// with another one. A time is neither: it may be the same by
// chance.
func telling(first, second, other map[string]map[string]string) []string {
	var told []string
	for file, values := range first {
		for at, value := range values {
			time := strings.HasSuffix(at, "/applied") || strings.HasSuffix(at, "/time") || strings.HasSuffix(at, "/finished")
			if !time && value == second[file][at] && value != other[file][at] {
				told = append(told, file+": "+at)
			}
		}
	}
	return told
}
