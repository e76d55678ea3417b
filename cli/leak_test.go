package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// canary is a secret that must not be seen. It holds characters that every
// encoding spells differently.
type canary struct {
	name string // what it was planted as
	text string
}

func newCanary(name string) canary {
	core := make([]byte, 12)
	rand.Read(core)
	text := hex.EncodeToString(core)
	return canary{name, "cnry-" + text[:12] + `+/ "<&>\é%` + text[12:]}
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
		"hex":         hex.EncodeToString([]byte(c.text)),
		"HEX":         strings.ToUpper(hex.EncodeToString([]byte(c.text))),
		"query":       url.QueryEscape(c.text),
		"path":        url.PathEscape(c.text),
		"Go":          strings.Trim(fmt.Sprintf("%q", c.text), `"`),
		"ASCII":       strings.Trim(fmt.Sprintf("%+q", c.text), `"`),
		"its begin":   c.text[:17],
		"its end":     c.text[len(c.text)-12:],
		"JSON":        escapedJSON(c.text, true),
		"JSON, plain": escapedJSON(c.text, false),
	}
	for shift := range 3 {
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			forms[fmt.Sprintf("%s at %d", name, shift)] = middle(encoding, c.text, shift)
		}
	}
	return forms
}

func escapedJSON(text string, html bool) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(html)
	e.Encode(text)
	return strings.Trim(strings.TrimSpace(out.String()), `"`)
}

// middle is the part of a text's base64 that does not depend on what stands
// before and after it, if shift bytes stand before it in its group of three.
func middle(e *base64.Encoding, text string, shift int) string {
	encoded := e.EncodeToString(append(make([]byte, shift), text...))
	return encoded[(shift*8+5)/6 : (shift+len(text))*8/6]
}

// leak searches a text for canaries and says what it found, or "".
func leak(text string, canaries []canary) string {
	var found []string
	for _, c := range canaries {
		for form, spelled := range c.forms() {
			if strings.Contains(text, spelled) {
				found = append(found, fmt.Sprintf("%s (%s)", c.name, form))
			}
		}
	}
	return strings.Join(found, ", ")
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
