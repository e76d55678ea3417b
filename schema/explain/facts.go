package explain

import (
	"strings"

	"authsync/schema"
)

// Line is a name and what is said of it.
type Line struct{ Name, Text string }

// Facts are what is known of a place, each under a name.
func Facts(p Place) []Line {
	var facts []Line
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, Line{name, plain(text)})
		}
	}
	if p.Field == nil && p.Kind != nil && p.Type == nil {
		add("system", p.Kind.System)
		add("name", NameRule(p.Kind))
		add("how many", HowMany(p.Kind))
		add("source", described(p.Source))
		return facts
	}
	if p.Field != nil {
		add("takes", takesOf(*p.Field))
		add("also", strings.Join(besides(p), ", "))
	}
	if p.Weaker != nil {
		add("gate", "weaken, where a change makes it less safe: "+p.Weaker.Why)
	}
	add("update", sent(p))
	add("wire", p.Wire)
	add("source", described(p.Source))
	return facts
}

func takesOf(f schema.Field) string {
	if f.Access == schema.ReadOnly {
		return "nothing: the service says it, and a manifest cannot"
	}
	return schema.Words(f.Type)
}

// besides are the notes on a field, but for the gate, which has a line of its own.
func besides(p Place) []string {
	var list []string
	for _, n := range notes {
		if n.applies(*p.Field) {
			list = append(list, n.text)
		}
	}
	if p.Kind != nil && p.Whole == p.Field.Name && !strings.Contains(p.Wire, ".") {
		list = append(list, UpdateNotes(p.Kind, p.Field.Name)...)
	}
	return list
}

// sent says how a change of a place reaches the service.
func sent(p Place) string {
	switch {
	case p.Kind == nil, p.Field != nil && p.Field.Access == schema.ReadOnly:
		return ""
	case p.Whole == "":
		return "none: it speaks to authsync, and is never sent"
	case p.Kind.OfCredential(p.Below):
		return "sent together with its group, and only where one of that differs: the service keeps what it is not sent"
	case p.Field == nil || p.Field.Name != p.Whole:
		return "sent with the whole of " + p.Whole + ": what live has there, and the manifest's over it"
	}
	return "sent whole when something in it differs, and else not at all"
}

// FieldLines are fields, each with what it takes and means.
func FieldLines(fields []schema.Field) []Line {
	var lines []Line
	for _, f := range fields {
		text := f.Doc
		if f.Access == schema.Settable {
			text += " Takes " + schema.Words(f.Type) + "."
		}
		if list := FieldNotes(f); len(list) > 0 {
			text += " (" + strings.Join(list, ", ") + ")"
		}
		lines = append(lines, Line{f.Name, plain(text)})
	}
	return lines
}

// RuleLines are the rules that hold inside a place.
func RuleLines(p Place) []Line {
	text := docs(p.Rules...)
	if p.Kind != nil && p.Type == nil && p.Field == nil {
		text = Limits(p.Kind)
	}
	return points(text)
}

// WriteLines say how objects of a kind are created, updated, replaced and deleted.
func WriteLines(p Place) []Line {
	if p.Kind == nil || p.Type != nil || p.Field != nil {
		return nil
	}
	return points(Updates(p.Kind))
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

// plain is a sentence without the marks of Markdown.
func plain(text string) string {
	return strings.NewReplacer("`", "", "**", "", "(*", "(", "*)", ")").Replace(text)
}

// described is a document with what it is.
func described(from schema.Document) string {
	for _, d := range schema.Documents {
		if d.Name == from {
			return string(d.Name) + ": " + d.Text
		}
	}
	return string(from)
}
