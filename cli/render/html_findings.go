package render

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/sync"
)

// HTML writes findings as a page: each once with its environments, then by environments
// and kinds, then with their places.
func (f Findings) HTML(w io.Writer, language lang.Language) error {
	look := Palette{Language: language}
	p := &htmlPage{palette: look, Heading: legible(strings.ToUpper(f.Command[:1]) + f.Command[1:]), Title: legible(f.summary(look)), Sandbox: f.Sandbox,
		Of: fileWords, Still: legible(look.say("nothing found")), Legend: legible(look.say("✕ error, ! warning."))}
	groups := newGroups(p)
	causeAlerts(groups, "", sync.Causes(list.Flat(f.Failed, sync.Failures)))
	for _, part := range f.parts() {
		name := cmp.Or(part[0].Env, part[0].Pos.File)
		for _, one := range part {
			groups.finding(name, one)
		}
		groups.add(htmlMember{Name: tell(name)}, foundTold(part, look))
	}
	for _, file := range f.clean() {
		groups.add(htmlMember{Name: tell(file)}, nil)
	}
	groups.end()
	return p.write(w)
}

func (g *htmlGroups) finding(where string, f *schema.Fault) {
	line := htmlLine{Lead: tell(ruleOf(f)), Text: tell(f.Text)}
	if len(f.Path) > 0 {
		line.Names = tellAll([]string{f.Path.Spelled()})
	}
	sort := errorAlerts
	if f.Severity == schema.Doubtful {
		sort = warningAlerts
	}
	g.alert(sort, where, line)
}

// parts returns the findings by environment or file, in the order of the first of each.
func (f Findings) parts() [][]*schema.Fault {
	return list.Groups(f.List, func(one *schema.Fault) string { return cmp.Or(one.Env, one.Pos.File) })
}

// foundTold returns what is told of an environment: its findings by kind, level and rule.
func foundTold(in []*schema.Fault, p Palette) *htmlTold {
	t := &htmlTold{State: legible(p.say("warnings"))}
	wrong := Findings{List: in}.Count(schema.Wrong)
	if wrong > 0 {
		t.State, t.Pressing = legible(p.say("errors")), true
	}
	t.Counts = legible(p.count(wrong, "1 error", "%s errors") + ", " + p.count(len(in)-wrong, "1 warning", "%s warnings"))
	slices.SortStableFunc(in, func(a, b *schema.Fault) int { return cmp.Compare(a.Severity, b.Severity) })
	place := func(f *schema.Fault) [3]legible {
		o := objectOf(f, p)
		return [3]legible{o.Kind, o.Word, o.Key}
	}
	t.Objects = list.Each(list.Groups(in, place), func(same []*schema.Fault) htmlObject {
		o := objectOf(same[0], p)
		o.Rows, o.Count = list.Each(same, rowOf), len(same)
		return o
	})
	return t
}

func objectOf(f *schema.Fault, p Palette) htmlObject {
	o := htmlObject{Kind: otherKind, Glyph: "✕", Word: legible(p.say(f.Severity.String())), Key: tell(ruleOf(f)), Columns: []htmlColumn{p.column("where"), p.column("field"), p.column("finding")}}
	if f.Severity == schema.Doubtful {
		o.Glyph = "!"
	}
	if len(f.Path) > 0 {
		if k := schema.KindOf(f.Path); k != nil {
			o.Kind = legible(k.Name)
		}
	}
	return o
}

func rowOf(f *schema.Fault) []htmlField {
	field := htmlField{}
	if len(f.Path) > 0 {
		field.Text = tell(f.Path.Spelled())
	}
	return []htmlField{{Text: tell(f.Pos.String())}, field, {Text: tell(f.Text), Prose: true}}
}
