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
		for _, one := range part {
			groups.finding(part.name(), one)
		}
		groups.add(htmlMember{Name: tell(part.name())}, part.told(look))
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

// foundIn are the findings of one environment, or else of one file.
type foundIn []*schema.Fault

func (p foundIn) name() string { return cmp.Or(p[0].Env, p[0].Pos.File) }

// parts returns the findings by environment or file, in the order of the first of each.
func (f Findings) parts() []foundIn {
	at := map[string]int{}
	var parts []foundIn
	for _, one := range f.List {
		name := foundIn{one}.name()
		i, known := at[name]
		if !known {
			i = len(parts)
			at[name] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], one)
	}
	return parts
}

// told returns what is told of an environment: its findings by kind, level and rule.
func (in foundIn) told(p Palette) *htmlTold {
	t := &htmlTold{State: legible(p.say("warnings"))}
	wrong := Findings{List: in}.Count(schema.Wrong)
	if wrong > 0 {
		t.State, t.Pressing = legible(p.say("errors")), true
	}
	t.Counts = legible(p.count(wrong, "1 error", "%s errors") + ", " + p.count(len(in)-wrong, "1 warning", "%s warnings"))
	slices.SortStableFunc(in, func(a, b *schema.Fault) int { return cmp.Compare(a.Severity, b.Severity) })
	at := map[[3]legible]int{}
	for _, f := range in {
		o := objectOf(f, p)
		place := [3]legible{o.Kind, o.Word, o.Key}
		i, known := at[place]
		if !known {
			i = len(t.Objects)
			at[place] = i
			t.Objects = append(t.Objects, o)
		}
		t.Objects[i].Rows = append(t.Objects[i].Rows, rowOf(f))
		t.Objects[i].Count = len(t.Objects[i].Rows)
	}
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
