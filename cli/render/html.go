package render

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
)

// The page is one file without a script: what opens is <details>, and the only style is
// the one whose digest the page's policy names. So a browser loads nothing for it, and
// whatever a name in it may be, runs nothing.
var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string
)

// legible is text for a person: authsync's own, or foreign text from [tell].
type legible string

// tell makes foreign text fit for a page: in one line, visible, of bounded length.
func tell(text string) legible { return legible(shown(text)) }

func tellAll(texts []string) []legible { return list.Each(texts, tell) }

// htmlPage is a result as a page: what a reviewer must see, the environments by kinds,
// and each environment.
type htmlPage struct {
	palette  Palette // of which a page has only the language
	Heading  legible
	Title    legible
	Sandbox  string
	Limits   []htmlLimit
	Alerts   []htmlAlerts
	Kinds    []legible
	Sections []htmlSection
	// Quiet are the environments of which there is nothing to tell, Of is what they are
	// called, and Still says so.
	Quiet []legible
	Of    [2]string // one and many, as [Palette.count] takes them
	Still legible
	// Legend says what the symbols mean.
	Legend legible
}

type htmlLimit struct {
	Title legible
	Keys  []legible
	More  legible
}

// htmlAlerts are the lines of one sort that a reviewer must see.
type htmlAlerts struct {
	Title    string
	Pressing bool // somebody has to see to them
	Lines    []htmlLine
}

// Folded says whether lines that ask for nothing are so many that they would keep a
// reader from the rest.
func (a htmlAlerts) Folded() bool { return !a.Pressing && len(a.Lines) > 8 }

// htmlLine is one line about some environments.
type htmlLine struct {
	Where []htmlPlace
	Lead  legible
	Names []legible // an object and its fields
	Text  legible
	Hint  legible
	Flag  legible // of the command line, after the hint
}

// htmlPlace is an environment, and the section that tells more; 0 = none.
type htmlPlace struct {
	Name    legible
	Section int
}

// htmlSection is about environments of which the same is told.
type htmlSection struct {
	Number  int
	Members []htmlMember
	htmlTold
}

// htmlMember is what differs between the environments of a section.
type htmlMember struct {
	Name, EnvID, GoesTo, SealsTo legible
	Changed                      []legible // files
	Bodies                       []htmlBody
}

type htmlBody struct {
	Number int
	Call   legible
	Text   string
}

type htmlTold struct {
	Counts   legible
	State    legible
	Pressing bool
	Gates    []legible
	Objects  []htmlObject
	Levels   [][]htmlCall // those of a level are made at once
	WaysIn   []htmlWays
	ReadBack []htmlObject // those that are not as wanted
	Notes    []htmlLine
}

// htmlWays are the ways in after a call.
type htmlWays struct{ When, Ways legible }

type htmlObject struct {
	Kind    legible
	First   bool // of its kind
	Count   int  // in the first table
	Glyph   legible
	Word    legible
	Key     legible
	Remark  legible
	Columns []htmlColumn
	Rows    [][]htmlField
	Lines   []htmlLines
}

type htmlColumn struct {
	Name  string // in English, which the style refers to
	Title legible
}

type htmlField struct {
	Text legible
	Own  bool // one of authsync's own words
	Loud bool
	// Prose is a sentence.
	Prose bool
}

// htmlLines are the differences of a text of several lines.
type htmlLines struct {
	Path  legible
	Lines []legible
}

type htmlCall struct {
	Number            int
	Call, Key, Fields legible
	Outcome, Why      legible
	Bad               bool
}

// htmlCount is how many objects of a kind have an action.
type htmlCount struct {
	Glyph, Word legible
	N           int
}

// Cells counts the objects of a section by kind and action, as rows of the first table
// show them.
func (s htmlSection) Cells(kinds []legible) [][]htmlCount {
	return list.Each(kinds, func(kind legible) []htmlCount {
		of := list.Only(s.Objects, func(o htmlObject) bool { return o.Kind == kind })
		return list.Each(list.Groups(of, func(o htmlObject) legible { return o.Word }), func(same []htmlObject) htmlCount {
			count := htmlCount{same[0].Glyph, same[0].Word, 0}
			for _, o := range same {
				count.N += o.Count
			}
			return count
		})
	})
}

// Calls is how many calls a section has.
func (t htmlTold) Calls() int {
	return len(slices.Concat(t.Levels...))
}

func (p *htmlPage) write(w io.Writer) error {
	p.gather()
	sum := sha256.Sum256([]byte(pageStyle))
	page, err := template.New("page").Funcs(template.FuncMap{
		"style":  func() template.CSS { return template.CSS(pageStyle) },
		"digest": func() string { return "sha256-" + base64.StdEncoding.EncodeToString(sum[:]) },
		"class":  func(glyph legible) string { return glyphClass[glyph] },
		"count":  p.palette.count,
		"kind":   p.kind,
		"say":    p.palette.Language.Say,
		"sayf":   p.palette.Language.Sayf,
		"lang":   func() string { return htmlLanguage[p.palette.Language] },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	return page.Execute(w, p)
}

var htmlLanguage = map[lang.Language]string{"": "en", lang.English: "en", lang.Chinese: "zh-CN"}

var glyphClass = map[legible]string{
	legible(diff.Create): "add", legible(diff.Update): "mod", legible(diff.Delete): "del", legible(diff.Replace): "rep",
	"✕": "del", "!": "mod",
}

// otherKind is the column of what is about no kind.
const otherKind legible = "other"

// kind is the heading of a column of the first table.
func (p *htmlPage) kind(name legible) string {
	if name == otherKind {
		return p.palette.Language.Say("other")
	}
	return string(name)
}

// gather finds the columns of the first table, in the order of the kinds, and the first
// object of each.
func (p *htmlPage) gather() {
	has := map[legible]bool{}
	for i := range p.Sections {
		seen := map[legible]bool{}
		for j := range p.Sections[i].Objects {
			o := &p.Sections[i].Objects[j]
			o.First = !seen[o.Kind]
			seen[o.Kind], has[o.Kind] = true, true
		}
	}
	kinds := append(list.Each(schema.Kinds, func(k *schema.Kind) legible { return legible(k.Name) }), otherKind)
	p.Kinds = list.Only(kinds, func(kind legible) bool { return has[kind] })
}

// HasCalls says whether the first table has a column for calls.
func (p *htmlPage) HasCalls() bool {
	return slices.ContainsFunc(p.Sections, func(s htmlSection) bool { return len(s.Levels) > 0 })
}

// HasGates says whether the first table has a column for gates.
func (p *htmlPage) HasGates() bool {
	return slices.ContainsFunc(p.Sections, func(s htmlSection) bool { return len(s.Gates) > 0 })
}

// Few says how many sections can stand open without getting in the way.
func (p *htmlPage) Few() bool { return len(p.Sections) <= 5 }
