package schema

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"authsync/disk"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/spell"
)

// QuirksFile is the kind of a file that says what is known of services, by
// system and address. It holds no secret.
const QuirksFile = "Quirks"

// quirksNames are what such a file is called, to be read beside manifests.
var quirksNames = []string{"quirks.yaml", "quirks.yml"}

// SandboxAddress stands for whichever sandbox plays a system.
const SandboxAddress = "sandbox"

// Quirks are what is known of services, by system and address.
type Quirks map[string]map[string]Findings

// Findings are what is known of one service.
type Findings map[quirk.Name]Finding

// Finding is what is known of a quirk, and how that was found out.
type Finding struct {
	Value   quirk.Value
	Seen    string // what was seen of the service
	At      string // when
	Version string // of authsync
}

// Source says where a finding stands, and what it rests on.
func (f Finding) Source() string {
	text := quirksNames[0]
	for _, fact := range []string{f.Seen, f.At} {
		if fact != "" {
			text += ", " + spell.Text(fact)
		}
	}
	return text
}

// Set is what is known, without how.
func (f Findings) Set() quirk.Set {
	known := quirk.Set{}
	for name, finding := range f {
		known[name] = finding.Value
	}
	return known
}

// At is what is known of a system at an address. What is known of a service is not
// believed of a sandbox that plays it, and the other way round.
func (q Quirks) At(system, address, sandbox string) Findings {
	if sandbox != "" {
		address = SandboxAddress
	}
	return maps.Clone(q[system][address])
}

func (q Quirks) Add(system, address string, name quirk.Name, found Finding) {
	if q[system] == nil {
		q[system] = map[string]Findings{}
	}
	if q[system][address] == nil {
		q[system][address] = Findings{}
	}
	q[system][address][name] = found
}

// Played is how a sandbox plays all that is known. It can play a quirk in one way.
func (q Quirks) Played() (quirk.Set, error) {
	played := quirk.Set{}
	for _, system := range slices.Sorted(maps.Keys(q)) {
		for _, address := range slices.Sorted(maps.Keys(q[system])) {
			for name, value := range q[system][address].Set() {
				if before, told := played[name]; told && before != value {
					return nil, fmt.Errorf("%s is %s and %s there, and a sandbox plays one of them", name, before, value)
				}
				played[name] = value
			}
		}
	}
	return played, nil
}

// CheckQuirk says what is wrong with a quirk's name or value, with the nearest
// right one; nil = nothing.
func CheckQuirk(name, value string) error {
	q, ok := quirk.Find(quirk.Name(name))
	if !ok {
		return errors.New(unknownQuirk(name))
	}
	values := quirkValues(q)
	if !slices.Contains(values, value) {
		return errors.New(name + " is never " + quote(value) + ": " + unknownName("value", value, values))
	}
	return nil
}

// unknownQuirk names the nearest quirk. All of them are too many for a line.
func unknownQuirk(name string) string {
	names := list.Each(quirk.All(), func(q quirk.Quirk) string { return string(q.Name) })
	if near := Nearest(name, names); near != "" {
		return unknownName("quirk", name, []string{near})
	}
	return "unknown quirk; docs/unknowns.md lists them"
}

func quirkValues(q quirk.Quirk) []string {
	return list.Each(q.Values(), func(v quirk.Value) string { return string(v) })
}

// LoadQuirks reads one file of what is known, whatever its name.
func LoadQuirks(path string) (Quirks, *Faults) {
	l := newLoader(SecretsSealed, nil)
	l.given[filepath.Clean(path)] = struct{}{}
	f := l.parse(filepath.Clean(path), disk.Bounds{})
	switch {
	case f.err != nil:
		l.out.Faults.add(Position{File: path}, nil, "%s", reason(f.err))
	case f.node != nil && f.kind != "" && f.kind != QuirksFile:
		l.out.Faults.add(f.node.Field("kind").Pos, Path{"kind"}, "is %s, and this takes %s", f.kind, QuirksFile)
	}
	return f.quirks, &l.out.Faults
}

// QuirksBeside is the file of what is known beside a manifest: the one that is there, or
// the one to make.
func QuirksBeside(manifest string) string {
	for _, name := range quirksNames {
		path := filepath.Join(filepath.Dir(manifest), name)
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return filepath.Join(filepath.Dir(manifest), quirksNames[0])
}

// quirksBeside is what is known in the folder of a file, and the file that says so.
func (l *loader) quirksBeside(f *file) *file {
	for _, name := range quirksNames {
		path := filepath.Join(filepath.Dir(f.path), name)
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		found := l.parse(path, f.bounds)
		switch {
		case found.err != nil:
			l.out.Faults.add(Position{File: path}, nil, "%s", reason(found.err))
		case found.kind == QuirksFile:
			return found
		}
	}
	return nil
}

// misnamed doubts files of what is known that nothing reads.
func (l *loader) misnamed() {
	for _, f := range l.files {
		if f.kind == QuirksFile && !slices.Contains(quirksNames, filepath.Base(f.path)) {
			l.out.Faults.doubt(f.node.Field("kind").Pos, Path{"kind"}, "is read for the manifests beside it only where the file is called "+quirksNames[0])
		}
	}
}

// readQuirks reads what a file of kind Quirks says.
func readQuirks(r *reader, n *Node) Quirks {
	known := Quirks{}
	for _, field := range n.Fields {
		switch field.Name {
		case "apiVersion", "kind":
		case "systems":
			eachField(r, field.Value, Path{"systems"}, func(system NamedNode, at Path) {
				if systemNamed(system.Name) == nil {
					r.faults.add(system.Pos, at, "%s", unknownName("system", system.Name, systemNames()))
					return
				}
				known[system.Name] = readAddresses(r, system, at)
			})
		default:
			r.faults.add(field.Pos, Path{field.Name}, "%s", unknownName("field", field.Name, []string{"apiVersion", "kind", "systems"}))
		}
	}
	return known
}

func systemNames() []string {
	return list.Each(Systems, func(s SystemSettings) string { return s.Name })
}

// eachField walks over the fields of what has to be a mapping.
func eachField(r *reader, n *Node, at Path, do func(NamedNode, Path)) {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return
	}
	for _, field := range n.Fields {
		do(field, at.Then(field.Name))
	}
}

func readAddresses(r *reader, system NamedNode, at Path) map[string]Findings {
	known := map[string]Findings{}
	eachField(r, system.Value, at, func(place NamedNode, at Path) {
		address, path, ok := SplitURL(place.Name)
		switch {
		case place.Name == SandboxAddress:
			address = SandboxAddress
		case !ok || path != "" || address != strings.TrimSuffix(place.Name, "/"):
			r.faults.add(place.Pos, at, "is no address of a service, such as https://auth.example.com, nor %s", SandboxAddress)
			return
		}
		found := Findings{}
		eachField(r, place.Value, at, func(field NamedNode, at Path) { readQuirk(r, system.Name, field, at, found) })
		known[address] = found
	})
	return known
}

// quirkFact is something that may be said of a quirk beside its value.
type quirkFact struct {
	name, doc string
	in        func(*Finding) *string
}

var quirkFacts = []quirkFact{
	{"seen", "What was seen of the service.", func(f *Finding) *string { return &f.Seen }},
	{"at", "When it was seen.", func(f *Finding) *string { return &f.At }},
	{"version", "The version of authsync that saw it.", func(f *Finding) *string { return &f.Version }},
}

// quirkValue is the name of the value where facts stand beside it.
const quirkValue = "value"

func quirkFactNames() []string {
	names := []string{quirkValue}
	for _, fact := range quirkFacts {
		names = append(names, fact.name)
	}
	return names
}

// readQuirk reads NAME: VALUE, or NAME: {value: VALUE} with how that was seen.
func readQuirk(r *reader, system string, field NamedNode, at Path, into Findings) {
	q, ok := quirk.Find(quirk.Name(field.Name))
	switch {
	case !ok:
		r.faults.add(field.Pos, at, "%s", unknownQuirk(field.Name))
		return
	case q.System != system:
		r.faults.add(field.Pos, at, "is a quirk of %s", q.System)
		return
	}
	n := field.Value
	var found Finding
	if n.Form == MapForm {
		found = readQuirkFacts(r, n, at)
		if n = n.Field(quirkValue); n == nil {
			r.fault(field.Value, at.Then(quirkValue), "is missing")
			return
		}
	}
	if text, ok := (OneOf(quirkValues(q))).read(r, n, at).(Text); ok {
		found.Value = quirk.Value(text)
		into[q.Name] = found
	}
}

func readQuirkFacts(r *reader, n *Node, at Path) (found Finding) {
	for _, given := range n.Fields {
		i := slices.IndexFunc(quirkFacts, func(f quirkFact) bool { return f.name == given.Name })
		switch {
		case given.Name == quirkValue:
		case i < 0:
			r.faults.add(given.Pos, at.Then(given.Name), "%s", unknownName("field", given.Name, quirkFactNames()))
		default:
			text, _ := (String{}).read(r, given.Value, at.Then(given.Name)).(Text)
			*quirkFacts[i].in(&found) = string(text)
		}
	}
	return found
}
