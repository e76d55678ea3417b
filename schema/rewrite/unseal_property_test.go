package rewrite_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/schema/schematest"
	"authsync/secrets"
)

// sealedTo seals for a test, and knows what it sealed.
func sealedTo(c secrets.Clear, b secrets.Binding, to []string) (secrets.Value, error) {
	recipients, err := secrets.ParseRecipients(to)
	if err != nil {
		return secrets.Value{}, err
	}
	return secrets.Seal(c, b, recipients)
}

func testKeys() *secrets.Keyring {
	return &secrets.Keyring{Identities: []age.Identity{schematest.Identity()}}
}

// hidden draws texts of every kind that a secret can have.
func hidden() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[ -~]{1,30}`),
		rapid.StringMatching(`[a-z'"\\#:{}\[\],&*!|>%@ \t]{1,12}`),
		rapid.StringMatching(`([a-zé密 \t#'"]{0,8}\n){1,4}[a-z]{0,4}`),
		rapid.StringMatching(`-----BEGIN KEY-----\n[A-Za-z0-9+/]{10}\n-----END KEY-----\n{0,3}`),
		rapid.StringN(1, 20, 60),
		rapid.SampledFrom([]string{"\n", " ", "\r\n", "a\r\nb", "\t", "null", "~", "12", "\u2028", "\ufeff", "a\n", "\na", "a\n\n", " a\nb", "a\n  b\n", "\x00", "\u0085", "😀", "\x7f"}),
	).Filter(func(text string) bool { return text != "" && strings.ToValidUTF8(text, "") == text })
}

// sealedManifest writes a manifest by hand: secrets among comments, in every
// style that a sealed value can have.
type sealedManifest struct {
	t       *rapid.T
	text    strings.Builder
	secrets map[string]string // by path
	n       int
}

func (m *sealedManifest) pick(label string, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(m.t, label)
}

func (m *sealedManifest) seal(path schema.Path) string {
	clear := hidden().Draw(m.t, path.String())
	m.secrets[path.String()] = clear
	v, err := sealedTo(secrets.NewClear(clear), secrets.Binding{Env: "prod", Path: path.String()}, []string{schematest.Identity().Recipient().String()})
	if err != nil {
		m.t.Fatal(err)
	}
	return v.Armored()
}

func (m *sealedManifest) value(path schema.Path, indent string) string {
	anchor := fmt.Sprintf("&a%d ", m.n)
	tag := m.pick("tag", "!age ", "!age ", "!age ", anchor+"!age ", "!age "+anchor, "!age  ")
	end := m.pick("end", "\n", "\n", " # a: comment\n", "\t# tab\n", "   \n")
	armored := m.seal(path)
	if m.pick("style", "block", "block", "quoted") == "quoted" {
		return " " + tag + fmt.Sprintf("%q", armored) + end
	}
	margin := "\n" + indent + m.pick("margin", " ", "  ", "    ")
	lines := strings.ReplaceAll(strings.TrimSpace(armored), "\n", margin)
	return " " + tag + m.pick("head", "|", "|-", "|+", "|") + end[:len(end)-1] + margin + lines + "\n" + m.pick("after", "", "", "\n", "\n\n")
}

func (m *sealedManifest) mapping(at schema.Path, indent string, depth int) {
	for range rapid.IntRange(1, 3).Draw(m.t, "fields") {
		m.n++
		name := fmt.Sprintf("f%d", m.n)
		path := at.Then(name)
		m.text.WriteString(m.pick("before", "", "", "\n", indent+"# a comment: 'x'\n"))
		m.text.WriteString(indent + name + ":")
		switch sort := m.pick("sort", "secret", "secret", "secret", "clear", "flow", "list", "map"); {
		case sort == "secret":
			m.text.WriteString(m.value(path, indent))
		case sort == "flow":
			m.text.WriteString(fmt.Sprintf(" {a: 1, b: !age %q, c: [x, !age %q]} # flow\n", m.seal(path.Then("b")), m.seal(path.Then("c").Then("1"))))
		case sort == "list":
			m.text.WriteString("\n")
			dash := indent + m.pick("dash", "", "  ")
			for i := range rapid.IntRange(1, 3).Draw(m.t, "items") {
				m.text.WriteString(dash + "-" + m.value(path.Then(fmt.Sprint(i)), dash))
			}
		case sort == "map" && depth > 0:
			m.text.WriteString("\n")
			m.mapping(path, indent+m.pick("indent", "  ", "    ", " "), depth-1)
		default:
			m.text.WriteString(" " + m.pick("clear", "x", "!env NAME", `"q"`, "12") + m.pick("clear end", "\n", " # why\n"))
		}
	}
}

func drawManifest(t *rapid.T) *sealedManifest {
	m := &sealedManifest{t: t, secrets: map[string]string{}}
	m.text.WriteString("# the head\napiVersion: authsync/v1\nkind: Environment\nname: prod\nrecipients: [" + schematest.Identity().Recipient().String() + "]\n" +
		"systems: {connectors: {url: \"https://auth.example.com\"}}\nconnectors:\n  dm:\n    type: Email\n    config:\n")
	m.mapping(schema.Path{"connectors", "dm", "config"}, "      ", 2)
	text := m.text.String()
	switch m.pick("line ends", "\n", "\n", "\r\n", "none", "mark") {
	case "\r\n":
		text = strings.ReplaceAll(text, "\n", "\r\n")
	case "none":
		text = strings.TrimRight(text, "\n")
	case "mark":
		text = "\ufeff" + text
	}
	m.text.Reset()
	m.text.WriteString(text)
	return m
}

// A manifest that is shown in clear and sealed again without an edit is the
// same to the byte, and what is shown are the secrets themselves.
func TestUnsealRestores(t *testing.T) {
	shown := 0
	rapid.Check(t, func(t *rapid.T) {
		m := drawManifest(t)
		text := []byte(m.text.String())
		u, err := rewrite.Unseal("prod.yaml", text, testKeys().Open)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, s := range u.Shut {
			t.Fatalf("%s: %s: %v\n%s", s.Pos, s.Path, s.Err, text)
		}
		shown += len(m.secrets)
		if bytes.Contains(u.Text, []byte("BEGIN AGE")) {
			t.Fatalf("sealed text is left:\n%s", u.Text)
		}
		var document yaml.Node
		if err := yaml.Unmarshal(u.Text, &document); err != nil {
			t.Fatalf("%v\n%s", err, u.Text)
		}
		got := values(document.Content[0], nil)
		for path, clear := range m.secrets {
			if got[path] != "!plain "+clear {
				t.Fatalf("%s: shown as %q, want %q\n%s", path, got[path], clear, u.Text)
			}
		}
		again, faults := u.Seal(u.Text, nobodySeals)
		if len(faults) > 0 {
			t.Fatalf("%v\n%s", faults, u.Text)
		}
		if diff := cmp.Diff(string(text), string(again.Text)); diff != "" {
			t.Fatalf("(-before +after)\n%s", diff)
		}
	})
	if shown == 0 {
		t.Error("no secret was drawn")
	}
}

func nobodySeals(secrets.Clear, secrets.Binding, []string) (secrets.Value, error) {
	panic("a secret that did not change is sealed")
}

// Editing one secret changes its bytes, and no others.
func TestSealChangesOneSecret(t *testing.T) {
	changed := 0
	rapid.Check(t, func(t *rapid.T) {
		m := drawManifest(t)
		if len(m.secrets) == 0 {
			return
		}
		text := m.text.String()
		u, err := rewrite.Unseal("prod.yaml", []byte(text), testKeys().Open)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for path := range m.secrets {
			paths = append(paths, path)
		}
		path, err := schema.ParsePath(rapid.SampledFrom(paths).Draw(t, "path"))
		if err != nil {
			t.Fatal(err)
		}
		// The editor is the one of sealing: it puts a value into its place and
		// nothing else.
		const mark = "-----BEGIN AGE ENCRYPTED FILE-----\nthe new secret\n"
		edited, err := rewrite.ReplaceScalar("prod.yaml", u.Text, path, mark)
		if err != nil {
			return
		}
		edited = bytes.Replace(edited, []byte("!age"), []byte("!plain"), 1)
		again, faults := u.Seal(edited, sealedTo)
		if len(faults) > 0 {
			t.Fatalf("%v\n%s", faults, edited)
		}
		if diff := cmp.Diff([]schema.Path{path}, again.Sealed); diff != "" {
			t.Fatalf("sealed (-want +got)\n%s", diff)
		}
		changed++
		var before, after yaml.Node
		if err := yaml.Unmarshal([]byte(text), &before); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(again.Text, &after); err != nil {
			t.Fatal(err)
		}
		want, got := values(before.Content[0], nil), values(after.Content[0], nil)
		delete(want, path.String())
		delete(got, path.String())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		front, back := common(text, string(again.Text))
		if middle := text[front : len(text)-back]; strings.Count(middle, "BEGIN AGE") > 1 || strings.Contains(middle, "a comment") {
			t.Fatalf("%s: more than one value has changed:\n%s", path, middle)
		}
		u, err = rewrite.Unseal("prod.yaml", again.Text, testKeys().Open)
		if err != nil || len(u.Shut) > 0 {
			t.Fatalf("%v %v", err, u.Shut)
		}
	})
	if changed == 0 {
		t.Error("nothing was edited")
	}
}
