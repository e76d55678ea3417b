package explain

import "authsync/schema"

// Documented is an object whose limits all name the document that they are from,
// in it and inside it.
func Documented(s schema.Struct, from schema.Document) schema.Struct {
	s.From = either(s.From, from)
	fields := make([]schema.Field, len(s.Fields))
	for i, f := range s.Fields {
		around := either(f.From, s.From)
		if limited(f.Type) || f.Need != schema.Optional {
			f.From = around
		}
		f.Type = documentedType(f.Type, around)
		fields[i] = f
	}
	rules := make([]schema.Rule, len(s.Rules))
	for i, rule := range s.Rules {
		rules[i] = rule
		rules[i].From = either(rule.From, s.From)
	}
	s.Fields, s.Rules = fields, rules
	return s
}

func documentedType(t schema.Type, from schema.Document) schema.Type {
	switch t := t.(type) {
	case schema.Struct:
		return Documented(t, from)
	case schema.ListOf:
		return schema.ListOf{Item: documentedType(t.Item, from)}
	case schema.SetOf:
		return schema.SetOf{Item: documentedType(t.Item, from)}
	}
	return t
}

func either(own, around schema.Document) schema.Document {
	if own != "" {
		return own
	}
	return around
}

// limited reports whether a type takes less than its form lets expect.
func limited(t schema.Type) bool {
	switch t := t.(type) {
	case schema.OneOf, schema.Choice, schema.Integer, schema.Span:
		return true
	case schema.String:
		return t.Pattern != nil || t.MaxBytes > 0 || t.Check != nil
	case schema.ListOf:
		return limited(t.Item)
	case schema.SetOf:
		return limited(t.Item)
	}
	return false
}

// source is the document of a limit, to stand behind it.
func source(from schema.Document) string {
	if from == "" {
		return ""
	}
	return " (*" + string(from) + "*)"
}
