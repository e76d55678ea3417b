package explain

import (
	"strings"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/pattern"
)

// Line is a name and what is said of it.
type Line struct{ Name, Text string }

// Facts are what is known of a place, each under a name.
func Facts(p Place, l lang.Language) []Line {
	var facts []Line
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, Line{l.Say(name), plain(text)})
		}
	}
	if p.Field == nil && p.Kind != nil && p.Type == nil {
		add("system", p.Kind.System)
		add("name", NameRule(p.Kind, l))
		add("how many", HowMany(p.Kind, l))
		add("source", described(p.Source, l))
		return facts
	}
	if p.Field != nil {
		add("takes", takesOf(*p.Field, l))
		add("also", strings.Join(besides(p, l), ", "))
	}
	if p.Weaker != nil {
		add("gate", l.Sayf("weaken, where a change makes it less safe: %s", l.Say(p.Weaker.Why)))
	}
	add("update", sent(p, l))
	add("wire", p.Wire)
	add("source", described(p.Source, l))
	return facts
}

func takesOf(f schema.Field, l lang.Language) string {
	if f.Access == schema.ReadOnly {
		return l.Say("nothing: the service says it, and a manifest cannot")
	}
	return schema.Takes(f.Type).In(l)
}

// besides are the notes on a field, but for the gate, which has a line of its own.
func besides(p Place, l lang.Language) []string {
	list := wordsOn(*p.Field, l)
	if p.Kind != nil && p.Whole == p.Field.Name && !strings.Contains(p.Wire, ".") {
		list = append(list, UpdateNotes(p.Kind, p.Field.Name, l)...)
	}
	return list
}

// sent says how a change of a place reaches the service.
func sent(p Place, l lang.Language) string {
	switch {
	case p.Kind == nil, p.Field != nil && p.Field.Access == schema.ReadOnly:
		return ""
	case p.Whole == "":
		return l.Say("none: it speaks to authsync, and is never sent")
	case p.Kind.OfCredential(p.Below):
		return l.Say("sent together with its group, and only where one of that differs: the service keeps what it is not sent")
	case p.Field == nil || p.Field.Name != p.Whole:
		return l.Sayf("sent with the whole of %s: what live has there, and the manifest's over it", p.Whole)
	}
	return l.Say("sent whole when something in it differs, and else not at all")
}

// FieldLines are fields, each with what it takes and means.
func FieldLines(fields []schema.Field, l lang.Language) []Line {
	var lines []Line
	for _, f := range fields {
		text := l.Say(f.Doc)
		if f.Access == schema.Settable {
			text += " " + l.Sayf("Takes %s.", schema.Takes(f.Type).In(l))
		}
		if list := FieldNotes(f, l); len(list) > 0 {
			text += " (" + strings.Join(list, ", ") + ")"
		}
		lines = append(lines, Line{f.Name, plain(text)})
	}
	return lines
}

// RuleLines are the rules that hold inside a place.
func RuleLines(p Place, l lang.Language) []Line {
	text := docs(l, p.Rules...)
	if p.Kind != nil && p.Type == nil && p.Field == nil {
		text = Limits(p.Kind, l)
	}
	return points(text)
}

// WriteLines say how objects of a kind are created, updated, replaced and deleted.
func WriteLines(p Place, l lang.Language) []Line {
	if p.Kind == nil || p.Type != nil || p.Field != nil {
		return nil
	}
	return points(Updates(p.Kind, l))
}

// points are the items of a list as Markdown has it.
func points(list string) []Line {
	var lines []Line
	for _, line := range strings.Split(list, "\n") {
		if text, ok := strings.CutPrefix(line, "- "); ok {
			lines = append(lines, Line{"", plain(text)})
		}
	}
	return lines
}

// emphasis is around words only: the stars of paths stand between dots.
var emphasis = pattern.Of(`\*(\pL[\pL\d' ]*)\*`)

// plain is a sentence without the marks of Markdown.
func plain(text string) string {
	return emphasis.ReplaceAllString(strings.NewReplacer("`", "", "**", "").Replace(text), "$1")
}

func described(from schema.Document, l lang.Language) string {
	for _, d := range schema.Documents {
		if d.Name == from {
			return string(d.Name) + ": " + l.Say(d.Text)
		}
	}
	return string(from)
}
