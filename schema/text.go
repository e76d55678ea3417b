package schema

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"authsync/schema/pattern"
	"authsync/secrets"
)

// String is free text.
type String struct {
	Pattern  *pattern.Pattern // nil = anything
	Form     string           // the pattern in words, for the fault
	MaxBytes int              // 0 = no limit
	Check    *Check           // nil = none
}

// Check is a rule about a text that is more than a pattern.
type Check struct {
	// Form is the rule in words.
	Form string
	// Fault says what is wrong with a text; "" = nothing.
	Fault func(text string) string
	// Pattern, Never and MaxLength, in characters, are the part of the rule that JSON
	// Schema can express; nil and 0 = nothing. A valid text matches Pattern, and none
	// of Never.
	Pattern   *pattern.Pattern
	Never     []*pattern.Pattern
	MaxLength int
	// Scope is that of every field whose text is one.
	Scope Scope
}

func (t String) read(r *reader, n *Node, at Path) Value {
	text, ok := readText(r, n, at)
	if !ok {
		return nil
	}
	switch {
	case text == "":
		r.fault(n, at, "is empty; leave the name out to leave the field alone, or write null to clear it")
		return nil
	case plainMask.MatchString(text):
		r.fault(n, at, NotAValue)
		return nil
	case t.Pattern != nil && !t.Pattern.MatchString(text):
		r.fault(n, at, "%s is not %s%s", quote(text), t.Form, strangeIn(text))
		return nil
	case t.MaxBytes > 0 && len(text) > t.MaxBytes:
		r.fault(n, at, "is %d bytes long; the most is %d", len(text), t.MaxBytes)
		return nil
	}
	if t.Check != nil {
		if fault := t.Check.Fault(text); fault != "" {
			r.fault(n, at, "%s", fault)
			return nil
		}
	}
	if r.plain != SecretsPlain && carriesSecret(text) && !coveredBy(r.notSecret, at) {
		r.faults.doubt(n.Pos, at, "holds a secret in clear text, and takes no sealed one: write it without the secret")
	}
	return Text(text)
}

// readText reads a scalar that YAML reads as text. A number or a boolean is refused,
// since YAML may have changed its spelling (0123, 1e3, 1.10).
func readText(r *reader, n *Node, at Path) (string, bool) {
	if n.Form != ScalarForm {
		r.fault(n, at, "takes text, not %s", n.Form)
		return "", false
	}
	switch n.Tag {
	case "!!str", "!!timestamp":
		return n.Text, true
	case "!!int", "!!float", "!!bool":
		r.fault(n, at, "takes text; put quotes around it: %s", quote(n.Text))
	case "!age", "!env", "!plain":
		r.fault(n, at, "is not a secret and cannot be %s; write it in clear", n.Tag)
	default:
		r.fault(n, at, "takes text, not %s", n.Tag)
	}
	return "", false
}

// fromWire takes a text for a secret that is one by its content, such as an address with
// a password: it is not to be shown.
func (String) fromWire(v Value) (Value, error) {
	read, err := textFromWire(v)
	if text, ok := read.(Text); ok && carriesSecret(string(text)) {
		return Secret{secrets.Plain(string(text))}, nil
	}
	return read, err
}

func (String) toWire(v Value) Value     { return textToWire(v) }
func (String) spell(v Value) *yaml.Node { return spellText(v) }

func textFromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	text, ok := v.(Text)
	if !ok {
		return nil, &wireError{want: "a string", got: v}
	}
	return hideMasks(text), nil
}

// textToWire clears with "": the official client drops null from a body, so a service
// may never have received a null (wire.md 1.1, 1.5).
func textToWire(v Value) Value {
	if _, clear := v.(Null); clear {
		return Text("")
	}
	return v
}

func spellText(v Value) *yaml.Node {
	if IsSecret(v) {
		return Sealed{}.spell(v)
	}
	text, _ := v.(Text)
	n := new(yaml.Node)
	n.SetString(string(text))
	switch {
	case fitsBlock(string(text)):
		n.Style = yaml.LiteralStyle
	case strings.Contains(string(text), "\n"), text == "<<": // plain, it would be a merge key
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// fitsBlock reports whether a text's lines can be a block. For other texts the encoder
// loses or adds empty lines, or loses the indent.
func fitsBlock(text string) bool {
	if !strings.Contains(text, "\n") || strings.ContainsAny(text[:1], "\n\t ") || strings.HasSuffix(text, "\n\n") {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }) < 0
}

// OneOf is text out of a fixed list.
type OneOf []string

func (t OneOf) read(r *reader, n *Node, at Path) Value {
	text, ok := readText(r, n, at)
	if !ok {
		return nil
	}
	if slices.Contains(t, text) {
		return Text(text)
	}
	if near := Nearest(text, t); near != "" {
		r.fault(n, at, "%s is unknown, did you mean %s? (%s)", quote(text), near, strings.Join(t, ", "))
	} else {
		r.fault(n, at, "%s is not one of %s%s", quote(text), strings.Join(t, ", "), strangeIn(text))
	}
	return nil
}

func (OneOf) fromWire(v Value) (Value, error) { return textFromWire(v) }
func (OneOf) toWire(v Value) Value            { return textToWire(v) }
func (OneOf) spell(v Value) *yaml.Node        { return spellText(v) }

var isURL = &Check{
	Form:    "a URL (https://host/path)",
	Fault:   urlFault,
	Pattern: pattern.Of(`^(?i:https?)://[^/?#]`),
	Never:   []*pattern.Pattern{urlUser},
	Scope:   PerEnvironment,
}

func urlFault(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return quote(text) + " is not a URL (https://host/path)"
	}
	if u.User != nil {
		return "holds a user name or password; a URL is not a place for a secret"
	}
	return ""
}

// isServiceURL is isURL for the base of a service: no query, no fragment.
var isServiceURL = &Check{
	Form:    "the base URL of a service (https://host/path, without query and fragment)",
	Fault:   serviceURLFault,
	Pattern: pattern.Of(`^(?i:https?)://[^/?#]+(/[^?#]*)?$`),
	Never:   []*pattern.Pattern{urlUser},
}

// urlUser is a user name, and maybe a password, in a URL.
var urlUser = pattern.Of(`^[A-Za-z]+://[^/?#]*@`)

func serviceURLFault(text string) string {
	if fault := urlFault(text); fault != "" {
		return fault
	}
	if strings.ContainsAny(text, "?#") {
		return quote(text) + " has a query or a fragment; give the service's base URL"
	}
	return ""
}
