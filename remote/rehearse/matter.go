package rehearse

import (
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/secrets"
	"authsync/sync"
)

// part is what a plan does to objects that cannot be told apart: whatever the other
// parts do, it ends by its own quirks alone.
type part struct {
	kind string
	name string // "" = all objects of the kind, of which one may bear on another
	// quirks are those that are not known and matter to it.
	quirks []quirk.Name
}

func (p part) holds(key schema.Key) bool {
	return p.kind == key.Kind && (p.name == "" || p.name == key.Name)
}

func matter(plan *sync.EnvironmentPlan, fixed quirk.Set) []part {
	var parts []part
	rows := quirk.All()
	for _, s := range plan.Steps {
		p := part{kind: s.Key.Kind, name: s.Key.Name}
		if !apart(schema.KindNamed(s.Key.Kind)) {
			p.name = ""
		}
		i := slices.IndexFunc(parts, func(q part) bool { return q.holds(s.Key) })
		if i < 0 {
			i, parts = len(parts), append(parts, p)
		}
		for _, row := range rows {
			if _, known := fixed[row.Name]; !known && matters(row, s) && !slices.Contains(parts[i].quirks, row.Name) {
				parts[i].quirks = append(parts[i].quirks, row.Name)
			}
		}
	}
	return parts
}

// apart reports whether what becomes of an object never depends on another of its
// kind.
func apart(k *schema.Kind) bool {
	return k.Rivals.Field == "" && k.Update.Token == schema.NoToken
}

// matters reports whether the effect of a step depends on a quirk.
func matters(row quirk.Quirk, s sync.Step) bool {
	if row.Shows.Kind == s.Key.Kind && s.Sends()[split(row.Shows.At)[0]] != nil {
		return true // also what is left out of a field that is sent stays, or does not
	}
	return slices.ContainsFunc(row.Touches, func(t quirk.Touch) bool { return touches(t, s) })
}

func touches(t quirk.Touch, s sync.Step) bool {
	if t.Kind != s.Key.Kind || t.Call != "" && t.Call != string(s.Op) {
		return false
	}
	var sent schema.Value = s.Sends()
	if t.At != "" {
		sent = s.Sends().At(split(t.At)...)
	}
	if sent == nil || t.Holds == nil {
		return sent != nil || t.At == ""
	}
	return schema.Holds(sent, func(v schema.Value) bool { return slices.Contains(t.Holds, schema.Show(v)) })
}

func split(path string) []string { return strings.Split(path, ".") }

// seen returns the quirks of which live has shown an answer.
func seen(plan *sync.EnvironmentPlan) quirk.Set {
	set := quirk.Set{}
	for _, row := range quirk.All() {
		for _, o := range plan.Read().Live[row.Shows.Kind] {
			value := shown(schema.Unwrap(o.Fields.At(split(row.Shows.At)...)))
			if value != quirk.Blank && slices.Contains(row.Values(), value) { // what reads empty may be unset
				set[row.Name] = value
			}
		}
	}
	return set
}

// shown says how live shows a value; "" = it is not set, so that nobody knows.
func shown(v schema.Value) quirk.Value {
	secret, is := v.(schema.Secret)
	switch {
	case schema.IsUnset(v):
		return ""
	case !is || secret.Form() == secrets.PlainForm:
		return quirk.Shown
	case secret.Form() != secrets.HiddenForm:
		return ""
	case secret.Visible() == "":
		return quirk.Blank
	case strings.Trim(secret.Visible(), "*") == "":
		return quirk.Masked
	}
	return quirk.Part
}
