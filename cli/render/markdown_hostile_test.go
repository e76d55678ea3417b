package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"pgregory.net/rapid"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// reader shows Markdown as a site would that leaves HTML alone.
var reader = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithXHTML()))

// seen is what a reader sees of Markdown.
type seen struct {
	shape []string // elements but for <code>, in order
	text  string   // all text outside of blocks of code
	bare  []string // the pieces of it outside of <code>
	code  []string // blocks of code
}

func see(t rapid.TB, markdown string) seen {
	t.Helper()
	var page bytes.Buffer
	if err := reader.Convert([]byte(markdown), &page); err != nil {
		t.Fatal(err)
	}
	var s seen
	var open []string
	d := xml.NewDecoder(strings.NewReader("<page>" + page.String() + "</page>"))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return s
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page.String())
		}
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
			if token.Name.Local != "code" {
				s.shape = append(s.shape, strings.TrimSpace(fmt.Sprintln(token.Name.Local, token.Attr)))
			}
		case xml.EndElement:
			open = open[:len(open)-1]
			if token.Name.Local != "code" {
				s.shape = append(s.shape, "/"+token.Name.Local)
			}
		case xml.Comment:
			s.shape = append(s.shape, "comment "+string(token))
		case xml.CharData:
			switch {
			case slices.Contains(open, "pre"):
				s.code = append(s.code, string(token))
			case !slices.Contains(open, "code"):
				s.bare = append(s.bare, string(token))
				fallthrough
			default:
				s.text += string(token)
			}
		}
	}
}

// meant are what sites read into text outside of code, or into Markdown that
// they read otherwise than others.
var meant = regexp.MustCompile("[@#<>*_~$&\\[\\]{}`!\\\\%^]|://|www\\.\\w|:[a-z0-9+-]+:|GH-\\d|[A-Z]-\\d|\\b[0-9a-fA-F]{7,}\\b|^/|\\w\\.\\w")

// nasty are what somebody could write into a name.
var nasty = []string{
	"|", `\`, `\|`, "`", "```", "~~~", "\n", "\n\n", "\r", "\t", " ", "  ", "@user", "@org/team", "#1", "GH-1", "org/repo#1", "!1", "%1", "$1", "&amp;", "&#64;user",
	"https://x.example", "www.x.example", "a@b.example", "mailto:a@b.example", ":smile:", "<img src=x onerror=y>", "</summary>", "</details>", "</code>", "<!--", "-->", "<a href=x>",
	"**b**", "_i_", "~~x~~", "[x](https://y.example)", "![x](y)", "[^1]", "[x]: y", "# h", "- x", "1. x", "2)", "> q", "---", "===", "|---|", "$x$", "$`x`$", "[[wiki]]", "{+x+}",
	"/approve", "Closes", "deadbeef", "0123abcd", "\u202e", "\u200b", "\u00a0", "\ufeff", "\x00", "\x1b[31m", "\xff", "<", ">", "&", "*", "_", "word", "ein Wort", "名前", "(", ")", ",", ".", ":", "'",
}

func hostile() *rapid.Generator[string] {
	piece := rapid.OneOf(rapid.SampledFrom(nasty), rapid.StringN(1, 5, -1))
	return rapid.Custom(func(t *rapid.T) string {
		text := strings.Join(rapid.SliceOfN(piece, 1, 6).Draw(t, "pieces"), rapid.SampledFrom([]string{"", " "}).Draw(t, "between"))
		// What is spelled otherwise at the beginning of a text than after a word or
		// a sign is told by the tests of spell.
		for _, before := range []string{"x ", "/", "("} {
			if strings.TrimPrefix(shown(before+text), before) != shown(text) {
				return "x" + text
			}
		}
		return text
	})
}

// place is where a text of somebody else may stand in a plan.
type place int

const (
	inEnvironment place = iota
	inEnvID
	inKey
	inPath
	inValue
	inBefore
	inApplied
	inGate
	inGateField
	inRefusal
	inError
	inNote
	inUnmanaged
	inCall
	inStepField
	inID
	inWay
	places
)

// spread is a plan with a text at each place.
func spread(texts [places]string, body schema.Object) *sync.Plan {
	key := schema.Key{Kind: "provider", Name: texts[inKey]}
	path := schema.Path{"config", texts[inPath]}
	field := diff.Field{Path: path, Before: schema.Text(texts[inBefore]), After: schema.Text(texts[inValue]), Origin: diff.OriginBoth, Applied: schema.Text(texts[inApplied])}
	return &sync.Plan{Environments: []*sync.EnvironmentPlan{{
		Name: texts[inEnvironment], EnvID: "id " + texts[inEnvID],
		Gates: []sync.Gate{
			{Name: sync.GateWeaken, Allow: "weaken", Key: key, Fields: []schema.Path{{texts[inGateField]}}, Text: texts[inGate]},
			{Name: sync.GateDelete, Allow: "delete=1", Text: "1 object is deleted: " + texts[inGate], Allowed: true},
		},
		Refusals: []sync.Refusal{{Key: key, Text: texts[inRefusal]}},
		Errors:   []error{errors.New(texts[inError]), errors.New("cloudbase: " + texts[inError] + ": no")},
		Changes: []diff.Change{
			{Key: key, Action: diff.Update, Fields: []diff.Field{field}},
			{Key: key, Action: diff.Create, Fields: []diff.Field{field}},
			{Key: key, Action: diff.Delete, Fields: []diff.Field{field}},
		},
		Steps: []sync.Step{
			{Number: 1, Key: key, Op: sync.OpUpdate, Fields: []string{texts[inStepField], "other"}, Call: sync.Call{Method: "PUT", Path: "/x/" + texts[inCall], Body: body}},
			{Number: 2, Key: key, Op: sync.OpDelete, ID: "identifier " + texts[inID], Call: sync.Call{Action: "DeleteIt"}},
		},
		WaysIn:    []sync.Standing{{Ways: []string{texts[inWay]}}, {After: 1, SecondFactor: true}},
		Notes:     []sync.Note{{Key: key, Text: texts[inNote]}, {Text: "this (" + texts[inNote] + ") and that"}},
		Unmanaged: []schema.Key{key, {Kind: "connector", Name: texts[inUnmanaged]}},
	}}}
}

// told are the texts as a reader is to see them.
func told(texts [places]string) [places]string {
	var all [places]string
	for at, text := range texts {
		switch place(at) {
		case inValue, inBefore, inApplied:
			all[at] = shown(schema.Display(schema.Text(text)))
		case inPath:
			all[at] = shown(schema.Path{"config", text}.Spelled())
		case inGateField:
			all[at] = shown(schema.Path{text}.Spelled())
		case inKey:
			all[at] = shown(schema.Key{Kind: "provider", Name: text}.Spelled())
		case inUnmanaged:
			all[at] = shown(schema.Key{Kind: "connector", Name: text}.Spelled())
		default:
			all[at] = shown(text)
		}
	}
	return all
}

// alone makes the values of a field such that each is spelled as if it stood
// alone: what is spelled otherwise beside another is told by the tests of schema.
func alone(texts *[places]string) {
	value := schema.Text(texts[inValue])
	for _, at := range []place{inBefore, inApplied} {
		other := schema.Text(texts[at])
		was, is := schema.DisplayBoth(other, value)
		if was != schema.Display(other) || is != schema.Display(value) || schema.DisplayLines(other, value) != nil {
			texts[at] = "quite another value"
		}
		if was, is := schema.DisplayBoth(schema.Text(texts[at]), value); was != schema.Display(schema.Text(texts[at])) || is != schema.Display(value) {
			texts[inValue], texts[inBefore], texts[inApplied] = "one value", "quite another value", "a third value"
			return
		}
	}
}

// Whatever the texts are, the page has the same elements as with harmless ones,
// and the reader sees just the texts; outside of code none of them means
// anything to a site.
func TestMarkdownHoldsWhatItIsGiven(t *testing.T) {
	var harmless [places]string
	for at := range harmless {
		harmless[at] = "placeholder" + string(rune('a'+at))
	}
	plain := see(t, markdownOf(t, Markdown{}, spread(harmless, schema.Object{"x": schema.Text("y")})))
	rapid.Check(t, func(t *rapid.T) {
		var texts [places]string
		for at := range texts {
			texts[at] = hostile().Draw(t, fmt.Sprint("text ", at))
		}
		alone(&texts)
		body := schema.Object{texts[inKey]: schema.Text(texts[inValue]), "list": schema.List{schema.Text(texts[inNote])}}
		page := markdownOf(t, Markdown{}, spread(texts, body))
		got := see(t, page)
		if diff := cmp.Diff(plain.shape, got.shape); diff != "" {
			t.Fatalf("other elements (-harmless +hostile)\n%s\n%s", diff, page)
		}
		want := plain.text
		for at, text := range told(texts) {
			old := told(harmless)[at]
			if !strings.Contains(plain.text, old) {
				t.Fatalf("place %d does not show", at)
			}
			want = strings.ReplaceAll(want, old, text)
		}
		if diff := cmp.Diff(want, got.text); diff != "" {
			t.Fatalf("other text (-want +got)\n%s\n%s", diff, page)
		}
		for _, text := range got.bare {
			if found := meant.FindString(text); found != "" {
				t.Fatalf("%q stands outside of code, in %q\n%s", found, text, page)
			}
		}
		var again, sent interface{}
		if err := json.Unmarshal([]byte(strings.Join(got.code, "")), &again); err != nil {
			t.Fatalf("%v\n%s", err, page)
		}
		if err := json.Unmarshal(schema.RedactJSON(body), &sent); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sent, again); diff != "" {
			t.Fatalf("another body (-want +got)\n%s", diff)
		}
	})
}
