package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// canary is a secret that must not be seen. It holds characters that every
// encoding spells differently.
type canary struct {
	name string // what it was planted as
	text string
}

// Random text stands between them: each piece of any spelling has some of it.
func newCanary(name string) canary {
	core := make([]byte, 24)
	rand.Read(core)
	random := hex.EncodeToString(core)
	text := "c" + random[:4]
	for i, special := range []string{"+", "<", "/", ">", "é", "&", " ", `"`, `\`, "%"} {
		text += special + random[4+4*i:8+4*i]
	}
	return canary{name, text}
}

// headerCanary is one that fits into a header, as a key of the service's does.
func headerCanary(name string) canary {
	core := make([]byte, 16)
	rand.Read(core)
	return canary{name, "AKID" + hex.EncodeToString(core)}
}

// forms are the spellings in which the canary would give itself away.
func (c canary) forms() map[string]string {
	forms := map[string]string{
		"in clear":    c.text,
		"reversed":    reversed(c.text),
		"lower case":  strings.ToLower(c.text),
		"upper case":  strings.ToUpper(c.text),
		"hex":         hex.EncodeToString([]byte(c.text)),
		"HEX":         strings.ToUpper(hex.EncodeToString([]byte(c.text))),
		"query":       url.QueryEscape(c.text),
		"path":        url.PathEscape(c.text),
		"HTML":        html.EscapeString(c.text),
		"Go":          strings.Trim(fmt.Sprintf("%q", c.text), `"`),
		"ASCII":       strings.Trim(fmt.Sprintf("%+q", c.text), `"`),
		"JSON":        escapedJSON(c.text, escapeHTML),
		"JSON, plain": escapedJSON(c.text, keepHTML),
	}
	for shift := range 3 {
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			forms[fmt.Sprintf("%s at %d", name, shift)] = middle(encoding, c.text, shift)
		}
	}
	return forms
}

func reversed(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}

type htmlManner bool

const (
	escapeHTML htmlManner = true
	keepHTML   htmlManner = false
)

func escapedJSON(text string, html htmlManner) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(bool(html))
	e.Encode(text)
	return strings.Trim(strings.TrimSpace(out.String()), `"`)
}

// middle is the part of a text's base64 that does not depend on what stands
// before and after it, if shift bytes stand before it in its group of three.
func middle(e *base64.Encoding, text string, shift int) string {
	encoded := e.EncodeToString(append(make([]byte, shift), text...))
	return encoded[(shift*8+5)/6 : (shift+len(text))*8/6]
}

// piece is how much of a form is enough to be a leak.
const piece = 12

// search finds canaries: all pieces of all their forms, in one pass over a
// text. A zero one finds nothing yet.
type search struct {
	pieces map[[piece]byte]owner
	known  int                  // canaries
	common map[[piece]byte]bool // in the forms of every canary, and so of none
}

// owner is the canary that a piece is of, and in which form it has it.
type owner struct{ canary, form string }

func (o owner) String() string { return o.canary + " (" + o.form + ")" }

// learn adds the canaries that are new in a list that only grows.
func (s *search) learn(canaries []canary) {
	if s.pieces == nil {
		s.pieces, s.common = map[[piece]byte]owner{}, map[[piece]byte]bool{}
		for _, of := range []canary{newCanary(""), headerCanary("")} {
			of.eachPiece(func(p [piece]byte, _ string) { s.common[p] = true })
		}
	}
	for _, c := range canaries[s.known:] {
		c.eachPiece(func(p [piece]byte, form string) {
			if _, there := s.pieces[p]; !there && !s.common[p] {
				s.pieces[p] = owner{c.name, form}
			}
		})
	}
	s.known = len(canaries)
}

func (c canary) eachPiece(f func(p [piece]byte, form string)) {
	for form, spelled := range c.forms() {
		for i := 0; i+piece <= len(spelled); i++ {
			f([piece]byte([]byte(spelled[i:i+piece])), form)
		}
	}
}

// in says what of the canaries is in a text, or "".
func (s *search) in(text string) string {
	found := map[string]bool{}
	window := []byte(text)
	for i := 0; i+piece <= len(window); i++ {
		if whose, ok := s.pieces[[piece]byte(window[i:i+piece])]; ok {
			found[whose.String()] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), ", ")
}

// leak searches a text for canaries and says what it found, or "".
func leak(text string, canaries []canary) string {
	var s search
	s.learn(canaries)
	return s.in(text)
}

// The search finds what it is for.
func TestLeakIsFound(t *testing.T) {
	c, other := newCanary("this"), newCanary("other")
	quoted, err := json.Marshal(map[string]string{"text": c.text})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{
		"clear":  "password: " + c.text + "\n",
		"cut":    "password: " + c.text[:len(c.text)-3] + "...",
		"json":   string(quoted),
		"hex":    fmt.Sprintf("%x", "before"+c.text+"after"),
		"HEX":    fmt.Sprintf("%X", c.text),
		"quoted": fmt.Sprintf("%q", c.text),
		"ascii":  fmt.Sprintf("%+q", c.text),
		"query":  url.Values{"password": {c.text}}.Encode(),
		"path":   "/" + url.PathEscape(c.text) + "/",
		"back":   "x" + reversed(c.text) + "x",
		"lower":  strings.ToLower(c.text),
		"end":    "..." + c.text[len(c.text)-piece:],
		"inside": "..." + c.text[3:3+piece] + "...",
		"html":   "<td>" + html.EscapeString(c.text) + "</td>",
	}
	for shift := range 4 {
		before := strings.Repeat("x", shift)
		texts[fmt.Sprint("base64 after ", shift)] = base64.StdEncoding.EncodeToString([]byte(before + c.text + "after"))
		texts[fmt.Sprint("base64url after ", shift)] = base64.URLEncoding.EncodeToString([]byte(before + c.text + "after"))
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			if leak(text, []canary{c}) == "" {
				t.Errorf("not found in %s", text)
			}
			if found := leak(text, []canary{other}); found != "" {
				t.Errorf("found what is not there: %s", found)
			}
		})
	}
}
