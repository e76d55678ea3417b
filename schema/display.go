package schema

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"authsync/schema/pattern"
	"authsync/secrets"
	"authsync/spell"
)

// Display shows a value to a person in one line, similar to a manifest. A service's
// text cannot break out of the line or control a terminal or a runner: see package
// spell. Long texts are cut and show the beginning of their digest. [DisplayBoth]
// shows two values side by side.
func Display(v Value) string { return cut(displayWhole(v)) }

// displayWhole shows a value without cutting it.
func displayWhole(v Value) string {
	switch v := v.(type) {
	case nil, Null:
		return unsetWord
	case Seconds:
		return v.String()
	case Flag:
		return strings.ToLower(string(v))
	case Text:
		return displayText(string(v))
	case Secret:
		if v.Form() == secrets.PlainForm {
			return "(another secret)"
		}
		return spell.Text(v.Value.String())
	case Unmodelled:
		return "(carried)"
	case ToSet:
		return toSetWord
	}
	return spell.Text(Show(v))
}

const unsetWord = "(unset)"

// asWords matches texts that look like authsync's own words about a value.
var asWords = pattern.Of(`^\(.*\)$`)

func displayText(text string) string {
	if asWords.MatchString(text) {
		return spell.Quoted(text)
	}
	return spell.Name(text)
}

const longest = 100

func cut(text string) string {
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	return fmt.Sprintf("%s... (%d characters, sha256 %.8x)", string(runes[:longest-20]), len(runes), sha256.Sum256([]byte(text)))
}

// DisplayPath shows a path to a person. Its names may come from a service.
func DisplayPath(p Path) string {
	names := make([]string, len(p))
	for i, name := range p {
		if names[i] = spell.Name(name); strings.ContainsAny(name, ". ") && names[i] == name {
			names[i] = spell.Quoted(name)
		}
	}
	return strings.Join(names, ".")
}

// Spelled shows a path to a person; see [DisplayPath].
func (p Path) Spelled() string { return DisplayPath(p) }

// Spelled shows a key to a person, with foreign parts in quotes if necessary.
func (k Key) Spelled() string {
	if k.Name == "" {
		return spell.Name(k.Kind)
	}
	name := spell.Name(k.Name)
	if kind := KindNamed(k.Kind); kind != nil && kind.Arity == Groups {
		if group, row, both := strings.Cut(k.Name, "/"); both {
			name = spell.Name(group) + "/" + spell.Name(row)
		}
	}
	return k.Kind + "/" + name
}

// Format makes every message show a key as for a person. [Key.String] is for data.
func (k Key) Format(s fmt.State, verb rune) {
	fmt.Fprintf(s, fmt.FormatString(s, verb), k.Spelled())
}

// Format is that of [Key.Format].
func (p Path) Format(s fmt.State, verb rune) {
	fmt.Fprintf(s, fmt.FormatString(s, verb), p.Spelled())
}
