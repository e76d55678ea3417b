package pair_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/pair"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// table is two drawn environments and what the second one's Base says, on disk.
type table struct {
	*rapid.T
	dir       string
	from, to  *schema.Environment
	bases     *schema.Environment
	before    []byte
	wish      pair.Wish
	secrets   []string // of the source
	promotion *pair.Promotion
	text      []byte
	after     *schema.Environment
}

// sealedText is a text that is read as a sealed one; nothing here opens it.
func sealedText(words string) string {
	return "-----BEGIN AGE ENCRYPTED FILE-----\n" + words + "\n-----END AGE ENCRYPTED FILE-----\n"
}

// objects draws objects of all kinds, with names that two environments share.
func (tb *table) objects(owner string, pool map[string][]string) map[string]*schema.Collection {
	shape := schematest.Shape{
		Clearing: schematest.SomeNull, Nested: []string{"XNested", "callbackUrl"}, Top: []string{"XTop"},
		Secret: func(t *rapid.T, at schema.Path) secrets.Value {
			if rapid.Bool().Draw(t, at.String()+" in a variable") {
				return secrets.Env("S_" + owner)
			}
			words := fmt.Sprintf("%s%x", owner, at.String())
			tb.secrets = append(tb.secrets, words)
			return secrets.Sealed(sealedText(words), secrets.Binding{Env: owner, Path: at.String()})
		},
	}
	all := map[string]*schema.Collection{}
	for _, k := range schema.Kinds {
		if !rapid.Bool().Draw(tb.T, owner+" has "+k.Collection) {
			continue
		}
		c := &schema.Collection{Kind: k}
		if k.Arity == schema.Groups {
			c.Groups = map[string]schema.Object{"g": {
				"envType": schema.Text(rapid.SampledFrom([]string{"prod", "pre"}).Draw(tb.T, "type")), k.RowKey: schema.Text(rapid.SampledFrom([]string{"k", "k", "k", "j"}).Draw(tb.T, "key")),
			}}
		}
		for _, name := range pool[k.Name] {
			if !rapid.Bool().Draw(tb.T, owner+" names "+name) {
				continue
			}
			d := &schema.Declared{Key: schema.Key{Kind: k.Name, Name: name}, Fields: k.Settable(shape.Fields(tb.T, k, name)), Meta: schema.Object{}}
			if rapid.IntRange(0, 9).Draw(tb.T, "keep") == 0 {
				d.Meta["keep"] = schema.Bool(true)
			}
			c.Objects = append(c.Objects, d)
		}
		all[k.Name] = c
	}
	return all
}

// pool are the names that objects have in either environment.
func pool(t *rapid.T) map[string][]string {
	all := map[string][]string{}
	for _, k := range schema.Kinds {
		names := []string{""}
		if k.Arity != schema.One {
			names = rapid.SliceOfNDistinct(schematest.Name(k), 0, 3, rapid.ID[string]).Draw(t, k.Collection)
			slices.Sort(names)
		}
		for i := range names {
			if k.Arity == schema.Groups {
				names[i] = "g/" + names[i]
			}
		}
		all[k.Name] = names
	}
	return all
}

// based draws a Base of the target: some of its values, some of the source's.
func (tb *table) based(from, to map[string]*schema.Collection) map[string]*schema.Collection {
	all := map[string]*schema.Collection{}
	for kind, c := range to {
		base := &schema.Collection{Kind: c.Kind, Groups: map[string]schema.Object{}}
		for _, d := range c.Objects {
			fields := schema.Object{}
			theirs := schema.Object{}
			if f := from[kind]; f != nil && f.Object(d.Key.Name) != nil {
				theirs = f.Object(d.Key.Name).Fields
			}
			for _, side := range []schema.Object{theirs, d.Fields} {
				for _, name := range side.Names() {
					if !schema.HoldsSecret(side[name]) && rapid.IntRange(0, 3).Draw(tb.T, "in base") == 0 {
						fields[name] = side[name]
					}
				}
			}
			if len(fields) > 0 {
				base.Objects = append(base.Objects, &schema.Declared{Key: d.Key, Fields: fields})
			}
		}
		if c.Kind.Arity == schema.Groups {
			base.Groups = c.Groups
		}
		if len(base.Objects) > 0 {
			all[kind] = base
		}
	}
	return all
}

func (tb *table) write(name string, e *schema.Environment, change func(text string) string) string {
	text, err := schema.Write(e, nil)
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.dir, name)
	if err := os.WriteFile(file, []byte(change(string(text))), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

func systems(tb *table, name string, all []string) map[string]schema.Object {
	out := map[string]schema.Object{}
	for _, system := range all {
		switch system {
		case schema.CloudBase:
			out[system] = schema.Object{"envId": schema.Text("acme-" + name)}
		case schema.OpenAPI:
		default:
			out[system] = schema.Object{"url": schema.Text("https://" + system + "." + name + ".example")}
		}
	}
	return out
}

// laid lays the two environments out; it reports whether they are manifests.
func (tb *table) laid() bool {
	names := pool(tb.T)
	all := []string{schema.CloudBase, schema.Connectors, schema.Devices}
	from, to := tb.objects("from", names), tb.objects("to", names)
	base := tb.based(from, to)
	tb.write("base.yaml", &schema.Environment{Name: "base", Collections: base}, func(text string) string {
		return strings.Replace(strings.Replace(text, "kind: Environment\nname: base\n", "kind: Base\n", 1), "systems: {}\n", "", 1)
	})
	fromFile := tb.write("from.yaml", &schema.Environment{Name: "from", Systems: systems(tb, "from", all), Collections: from}, func(text string) string { return text })
	has := all[:rapid.IntRange(1, 3).Draw(tb.T, "systems")]
	for kind, c := range to {
		if c.Kind.System != schema.OpenAPI && !slices.Contains(has, c.Kind.System) {
			delete(to, kind)
		}
	}
	toFile := tb.write("to.yaml", &schema.Environment{Name: "to", Systems: systems(tb, "to", has), Collections: to}, func(text string) string {
		return "# the head\n" + strings.Replace(text, "name: to\n", "name: to # its name\nextends: [base.yaml]\n", 1) + "# the end\n"
	})
	loaded := schema.Load([]string{fromFile, toFile}, schema.SecretsSealed)
	if len(loaded.Faults.Wrong()) > 0 {
		return false
	}
	tb.from, tb.to, tb.bases = loaded.Environments[0], loaded.Environments[1], schema.LoadBases(toFile)
	tb.before, _ = os.ReadFile(toFile)
	tb.wished(names)
	return true
}

// wished draws what is promoted.
func (tb *table) wished(names map[string][]string) {
	if rapid.Bool().Draw(tb.T, "prune") {
		tb.wish.Lacking = pair.Goes
	}
	any := func() sync.Asked {
		k := schematest.Kind(tb.T)
		key := schema.Key{Kind: k.Name}
		if some := names[k.Name]; len(some) > 0 && rapid.Bool().Draw(tb.T, "one") {
			key.Name = rapid.SampledFrom(some).Draw(tb.T, "name")
		}
		return sync.Asked{Key: key}
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(tb.T, "asked") {
		tb.wish.Asked = append(tb.wish.Asked, any())
	}
	for range rapid.SampledFrom([]int{0, 0, 1}).Draw(tb.T, "excluded") {
		tb.wish.Excluded = append(tb.wish.Excluded, any())
	}
}

func (tb *table) load(text []byte) (*schema.Environment, []*schema.Fault, error) {
	loaded := schema.LoadText(tb.to.File, text, schema.SecretsSealed)
	if faults := loaded.Faults.Mistakes().Wrong(); len(faults) > 0 {
		return nil, faults, nil
	}
	return loaded.Environments[0], nil, nil
}

func (tb *table) promote() {
	tb.promotion = pair.Promote(tb.from, tb.to, tb.bases, tb.wish)
	var err error
	if tb.text, err = tb.promotion.Rewrite(tb.from, tb.to, tb.bases, tb.wish, tb.before, tb.load); err != nil {
		tb.Fatalf("%v\n%s", err, tb.before)
	}
	tb.after, _, _ = tb.load(tb.text)
}

// told reports whether it was told that something stays other than the source has it.
func (tb *table) told(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(tb.promotion.Left, func(l sync.Left) bool {
		n := min(len(l.Path), len(at))
		return l.Key == key && slices.Equal(l.Path[:n], at[:n])
	})
}

func (tb *table) wanted(key schema.Key) bool {
	covers := func(t sync.Asked) bool {
		return t.Key == key || t.Key.Kind == key.Kind && (t.Key.Name == "" || strings.HasPrefix(key.Name, t.Key.Name+"/"))
	}
	return (len(tb.wish.Asked) == 0 || slices.ContainsFunc(tb.wish.Asked, covers)) && !slices.ContainsFunc(tb.wish.Excluded, covers)
}

// What is promoted leaves no difference but what belongs to each environment and what
// was told; no secret goes over; and what is not concerned stays.
func TestPromoteMakesTheSame(t *testing.T) {
	laid := 0
	rapid.Check(t, func(t *rapid.T) {
		tb := &table{T: t, dir: tempDir(t)}
		if !tb.laid() {
			t.Skip("no manifests")
		}
		laid++
		tb.promote()
		tb.same()
		tb.ownStays()
		tb.textStays()
		before := tb.text
		tb.to, tb.before = tb.after, tb.text
		tb.promote()
		if string(tb.text) != string(before) {
			t.Fatalf("once more brings something:\n%s\n%s", before, tb.text)
		}
	})
	t.Logf("%d pairs", laid)
}

func tempDir(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "pair")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (tb *table) same() {
	for _, o := range pair.Compare(pair.InGit(tb.from), pair.InGit(tb.after), new(secrets.Keyring)).Objects {
		if !tb.wanted(o.Key) {
			continue
		}
		if o.In != pair.Both && o.Differs() && !tb.told(o.Key, nil) {
			tb.Fatalf("%s is in one alone, and nothing tells it: %+v\n%s", o.Key, tb.promotion.Left, tb.text)
		}
		for _, f := range o.Fields {
			if f.Differs() && !tb.told(o.Key, f.Path) {
				tb.Fatalf("%s: %s differs, and nothing tells it\n%s\n%s", o.Key, f.Path, tb.before, tb.text)
			}
		}
	}
}

// ownStays checks that the target keeps what belongs to it, and everything of what was
// not wanted.
func (tb *table) ownStays() {
	was, is := pair.InGit(tb.to), pair.InGit(tb.after)
	for key, object := range was.Objects {
		k, now := schema.KindNamed(key.Kind), is.Objects[key]
		if now == nil {
			if _, had := pair.InGit(tb.from).Objects[key]; had || !tb.wanted(key) || tb.wish.Lacking == pair.Stays && !slices.ContainsFunc(tb.wish.Asked, func(a sync.Asked) bool { return a.Key == key }) {
				tb.Fatalf("%s is gone", key)
			}
			continue
		}
		schema.Walk(object, func(at schema.Path, v schema.Value) {
			own := strings.Contains(key.Name, "/") && k.Arity == schema.Groups || k.Arity != schema.Groups
			if (own && k.Scope(at, v) == schema.PerEnvironment || !tb.wanted(key)) && !schema.Same(v, now.At(at...)) {
				if v, is := v.(schema.Object); is && len(v) == 0 {
					return
				}
				tb.Fatalf("%s: %s has become %s", key, at, schema.Show(now.At(at...)))
			}
		})
	}
}

func (tb *table) textStays() {
	text := string(tb.text)
	for _, words := range tb.secrets {
		if strings.HasPrefix(words, "from") && strings.Contains(text, words) {
			tb.Fatalf("a secret of the source is in the target:\n%s", text)
		}
	}
	if strings.Contains(text, "S_from") {
		tb.Fatalf("a variable of the source is in the target:\n%s", text)
	}
	if !strings.HasPrefix(text, "# the head\n") || !strings.HasSuffix(text, "# the end\n") || !strings.Contains(text, "name: to # its name\n") {
		tb.Fatalf("a comment is gone:\n%s", text)
	}
	if len(tb.promotion.Taken) == 0 && text != string(tb.before) {
		tb.Fatal("nothing was promoted, and the text is another")
	}
	for _, f := range schema.LoadText(tb.to.File, tb.text, schema.SecretsSealed).Faults.Unset() {
		k := kindAt(f.Path)
		if name, below, _ := k.NameAt(f.Path); name != "" && k.Scope(below, schema.Text("")) == schema.Everywhere && !strings.Contains(text, "a secret") && !strings.Contains(text, "!todo text") && !strings.Contains(text, "!todo a list") {
			tb.Fatalf("%s is to be set, and belongs to no environment", f.Path)
		}
	}
}

func kindAt(at schema.Path) *schema.Kind {
	for _, k := range schema.Kinds {
		if k.Collection == at[0] {
			return k
		}
	}
	return nil
}
