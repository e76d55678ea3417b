package sync_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

var plainWord = regexp.MustCompile(`^( *[A-Za-z]+): ([A-Za-z][A-Za-z0-9]*)$`)

// yamlBreak is what ends a line to a YAML parser.
var yamlBreak = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

// laidOut is a manifest as a person has left it: comments, empty lines, quotes,
// spaces, line ends.
func laidOut(t *rapid.T, text string) string {
	pick := func(label string, choices ...string) string { return rapid.SampledFrom(choices).Draw(t, label) }
	var out strings.Builder
	inside := -1 // indent of what holds the block that the line is in
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if inside >= 0 && (indent > inside || line == "") {
			out.WriteString(line + "\n")
			continue
		}
		inside = -1
		if strings.HasSuffix(line, "|") || strings.HasSuffix(line, "|-") {
			inside = indent
		}
		comment := fmt.Sprintf("# c%d: it's", i)
		out.WriteString(pick("before", "", "", "", "\n", line[:indent]+comment+"\n"))
		if m := plainWord.FindStringSubmatch(line); m != nil && m[2] != "true" && m[2] != "false" && m[2] != "null" {
			line = m[1] + ":" + pick("space", " ", "   ") + pick("quote", m[2], "'"+m[2]+"'", `"`+m[2]+`"`)
		}
		if inside < 0 && line != "" && !strings.ContainsAny(line, `#"'`) {
			line += pick("behind", "", "", "", " # d"+strconv.Itoa(i), "\t# d"+strconv.Itoa(i))
		}
		out.WriteString(line + "\n")
	}
	made := out.String()
	if pick("last line", "ends", "ends", "does not") == "does not" && inside < 0 {
		made = strings.TrimSuffix(made, "\n")
	}
	return pick("mark", "", "", "\ufeff") + strings.ReplaceAll(made, "\n", pick("line ends", "\n", "\n", "\r\n"))
}

// objectText is what of a text stands for an object of the manifest, from its
// name to the next one.
func objectText(t *rapid.T, text string, key schema.Key) string {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	n := document.Content[0]
	lines := yamlBreak.Split(text, -1)
	from, to := 0, len(lines)+1
	for _, name := range schema.KindNamed(key.Kind).Path(key.Name) {
		i := 0
		for i < len(n.Content) && n.Content[i].Value != name {
			i += 2
		}
		if i >= len(n.Content) {
			return ""
		}
		from = n.Content[i].Line
		if i+2 < len(n.Content) {
			to = n.Content[i+2].Line
		}
		n = n.Content[i+1]
	}
	kept := lines[from-1 : to-1]
	for len(kept) > 0 && (strings.TrimSpace(kept[len(kept)-1]) == "" || strings.HasPrefix(strings.TrimSpace(kept[len(kept)-1]), "#")) {
		kept = kept[:len(kept)-1] // of what follows
	}
	return strings.Join(kept, "\n")
}

// For any manifest, laid out in any way, and anything that others do: what a
// takeover does not speak of stays to the byte, the result is a manifest, and
// its plan has nothing but what was told.
func TestTakeOverChangesNothingElse(t *testing.T) {
	usually(t, 50)
	w := newWorld(t, transport.Options{})
	var count struct{ all, still, taken, left int }
	rapid.Check(t, func(t *rapid.T) {
		w.fresh(manners["merge"])
		w.live(t, nil)
		text, err := schema.Write(w.desired(t, w.state(t)), nil)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(w.dir, strconv.Itoa(w.runs)+".yaml")
		before := laidOut(t, string(text))
		site := w.site(t, loadedFrom(t, file, before))
		if rapid.Bool().Draw(t, "with a lock") && !w.applies(t, site, sync.Options{}) {
			return
		}
		if rapid.Bool().Draw(t, "others") {
			w.runs++
			w.applies(t, w.site(t, w.desired(t, w.state(t))), sync.Options{})
		}
		count.all++
		read := w.read(t, site, sync.Options{Others: sync.OthersWhole})
		keys := &sealedHere{w.keys}
		over, err := sync.TakeOver(site, read, sync.Takes{Losing: true}, keys.seal)
		if err != nil {
			t.Fatal(err)
		}
		text, err = over.Rewrite(site, read, sync.Takes{Losing: true}, keys.seal, []byte(before), func(text []byte) (*schema.Environment, []*schema.Fault, error) {
			loaded := schema.LoadText(file, text, schema.SecretsSealed)
			if faults := loaded.Faults.Wrong(); len(faults) > 0 {
				return nil, faults, nil
			}
			return loaded.Environments[0], nil, nil
		})
		if err != nil {
			t.Fatalf("%v\n%s", err, before)
		}
		after := string(text)
		count.taken, count.left = count.taken+len(over.Taken), count.left+len(over.Left)
		if len(over.Taken) == 0 {
			count.still++
			if after != before {
				t.Fatalf("nothing was taken over:\n%s\n->\n%s", before, after)
			}
		}
		for _, c := range site.Env.Collections {
			for _, d := range c.Objects {
				own := objectText(t, before, d.Key)
				if !slices.ContainsFunc(over.Taken, func(t sync.Taken) bool { return t.Key == d.Key }) && own != objectText(t, after, d.Key) {
					t.Fatalf("%s was not taken over, and is another: %s", d.Key, cmp.Diff(own, objectText(t, after, d.Key)))
				}
			}
		}
		again := *site
		again.Env, again.Keys = loadedFrom(t, file, after), keys
		plan := sync.Build(&again, read, sync.Options{})
		for _, c := range plan.Changes {
			for _, f := range c.Fields {
				if !over.Tells(c.Key, f.Path) {
					t.Fatalf("%s %s %s is not told\n%s\n->\n%s", c.Action, c.Key, f.Path, before, after)
				}
			}
		}
	})
	t.Logf("%+v", count)
	if enough() && (count.still == 0 || count.taken == 0 || count.left == 0) {
		t.Errorf("something never happened: %+v", count)
	}
}

// enough reports whether so much is drawn that what is drawn may be counted: of a
// few draws (-short) it is chance that none is of a sort.
func enough() bool { return !testing.Short() }

// usually sets how often a property is tried where no flag says so: a try of it
// reads the service several times over.
func usually(t *testing.T, tries int) {
	t.Helper()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if asked {
		return
	}
	checks := flag.Lookup("rapid.checks").Value
	before := checks.String()
	if err := checks.Set(strconv.Itoa(tries)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := checks.Set(before); err != nil {
			t.Fatal(err)
		}
	})
}

func loadedFrom(t *rapid.T, file, text string) *schema.Environment {
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return loaded.Environments[0]
}

// sealedHere seals as an export does.
type sealedHere struct{ sync.Keys }

func (s *sealedHere) seal(v secrets.Value, at schema.Path) (secrets.Value, error) {
	clear, err := s.Keys.Open(v)
	if err != nil {
		return secrets.Value{}, err
	}
	return secrets.Seal(clear, secrets.Binding{Env: "test", Path: at.String()}, []age.Recipient{schematest.Identity().Recipient()})
}
