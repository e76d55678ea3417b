package render

import (
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/spell"
)

// seePage returns the elements of a page with their attributes, and its text.
func seePage(t rapid.TB, page string) (shape []string, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			return shape, text
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			shape = append(shape, strings.TrimSpace(fmt.Sprintln(token.Name.Local, token.Attr)))
		case xml.EndElement:
			shape = append(shape, "/"+token.Name.Local)
		case xml.CharData:
			text += string(token)
		case xml.Comment:
			shape = append(shape, "comment")
		}
	}
}

// Whatever the texts are, the page has the same elements as with harmless ones, and
// the reader sees just the texts, with what does not show spelled out.
func TestHTMLHoldsWhatItIsGiven(t *testing.T) {
	var harmless [places]string
	for at := range harmless {
		harmless[at] = "placeholder" + string(rune('a'+at))
	}
	body := schema.Object{"x": schema.Text("y")}
	shape, text := seePage(t, htmlOf(t, spread(harmless, body)))
	rapid.Check(t, func(t *rapid.T) {
		var texts [places]string
		for at := range texts {
			texts[at] = hostile().Draw(t, fmt.Sprint("text ", at))
		}
		alone(&texts)
		page := htmlOf(t, spread(texts, body))
		gotShape, gotText := seePage(t, page)
		if diff := cmp.Diff(shape, gotShape); diff != "" {
			t.Fatalf("other elements (-harmless +hostile)\n%s\n%s", diff, page)
		}
		want := text
		for at, text := range told(texts) {
			old := told(harmless)[at]
			if !strings.Contains(want, old) && place(at) != inValue {
				t.Fatalf("place %d does not show", at)
			}
			want = strings.ReplaceAll(want, old, text)
		}
		if diff := cmp.Diff(want, gotText); diff != "" {
			t.Fatalf("other text (-want +got)\n%s\n%s", diff, page)
		}
		for _, line := range strings.Split(page, "\n") {
			if line := html.UnescapeString(line); spell.Text(line) != line {
				t.Fatalf("what does not show, or acts, is in %q", line)
			}
		}
	})
}

// A body that is sent is shown as it is, and forges nothing.
func TestHTMLShowsBodies(t *testing.T) {
	var texts [places]string
	for at := range texts {
		texts[at] = "x"
	}
	shape, _ := seePage(t, htmlOf(t, spread(texts, schema.Object{"x": schema.Text("y")})))
	for _, evil := range slices.Concat(nasty, []string{"</pre>", "</details></main><script>alert(1)</script>"}) {
		got, _ := seePage(t, htmlOf(t, spread(texts, schema.Object{evil: schema.Text(evil)})))
		if diff := cmp.Diff(shape, got); diff != "" {
			t.Errorf("%q: other elements (-harmless +hostile)\n%s", evil, diff)
		}
	}
}

// The same holds for findings.
func TestHTMLOfFindingsHoldsWhatItIsGiven(t *testing.T) {
	shape, _ := seePage(t, auditPage(t, "harmless", lang.English))
	for _, evil := range nasty {
		page := auditPage(t, evil+" x", lang.English)
		got, _ := seePage(t, page)
		if diff := cmp.Diff(shape, got); diff != "" {
			t.Errorf("%q: other elements (-harmless +hostile)\n%s", evil, diff)
		}
		for _, line := range strings.Split(page, "\n") {
			if line := html.UnescapeString(line); spell.Text(line) != line {
				t.Errorf("what does not show, or acts, is in %q", line)
			}
		}
	}
}
