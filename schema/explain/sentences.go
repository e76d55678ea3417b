package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"authsync/schema"
)

// stands is where an object stands in a manifest.
func stands(k *schema.Kind) string {
	name := "NAME"
	if k.Arity == schema.Groups {
		name = "GROUP/NAME"
	}
	return k.Path(name).String()
}

var arity = map[schema.Arity]string{schema.One: "one", schema.Many: "many", schema.Groups: "many, in groups"}

// HowMany says how many objects of a kind an environment has.
func HowMany(k *schema.Kind) string {
	if k.Max > 0 {
		return fmt.Sprintf("at most %d", k.Max)
	}
	if k.Class.Field != "" {
		var parts []string
		for _, class := range slices.Sorted(maps.Keys(k.Class.Max)) {
			parts = append(parts, fmt.Sprintf("%d of %s", k.Class.Max[class], class))
		}
		return "at most " + strings.Join(parts, ", ")
	}
	return arity[k.Arity]
}

// NameRule says where an object stands, and what its name may be.
func NameRule(k *schema.Kind) string {
	lines := []string{"Stands under `" + stands(k) + "`."}
	if k.Notation == schema.NamesOnly {
		lines = []string{"A list of names; nothing else is said of one. What a Base names and what the environment names are taken together. No two are the same but for case and a last dot."}
	}
	if k.GroupKey.Form != "" {
		lines = append(lines, "GROUP is "+k.GroupKey.Form+"."+source(either(k.GroupKey.From, k.From)))
	}
	if k.Key.Form != "" {
		lines = append(lines, "NAME is "+k.Key.Form+"."+source(either(k.Key.From, k.From)))
	}
	for _, alias := range k.Key.Aliases {
		lines = append(lines, fmt.Sprintf("`%s` stands for the one whose id is `systems.%s.%s`.", alias, k.System, k.Key.AliasOf))
	}
	for _, name := range slices.Sorted(maps.Keys(k.Key.Means)) {
		m := k.Key.Means[name]
		lines = append(lines, fmt.Sprintf("`%s` is always of %s `%s`.", name, m.Field, string(m.Value)))
	}
	if k.RowKey != "" {
		lines = append(lines, fmt.Sprintf("It is the value of the field that the group's `%s` names; an object need not say it again.", k.RowKey))
	}
	return strings.Join(lines, " ")
}

// Order are the collections in the order in which they are written.
func Order(kinds []*schema.Kind) (string, error) {
	levels, err := schema.Levels(kinds)
	var parts []string
	for _, level := range levels {
		var names []string
		for _, k := range level {
			names = append(names, k.Collection)
		}
		part := Code(names)
		if len(names) > 1 {
			part += " side by side"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", then "), err
}

// Limits are the rules over a kind's objects, as a list.
func Limits(k *schema.Kind) string {
	var lines []string
	if k.Max > 0 || k.Class.Field != "" {
		lines = append(lines, "An environment has "+HowMany(k)+"."+source(k.From))
	}
	if k.Label != "" {
		lines = append(lines, fmt.Sprintf("No two have the same `%s`; left out, it is the object's name.", k.Label))
	}
	for _, r := range k.Regional {
		lines = append(lines, fmt.Sprintf("Region %s alone: `%s`. %s.%s", strings.Join(r.In, ", "), r.At, r.Why, source(r.From)))
	}
	lacking := k.Update.Lacking
	lacking.From = either(lacking.From, k.From)
	return list(lines) + Rules(Documented(k.Type, k.From)) + docs(k.MetaRule, lacking)
}

// Rules are those of an object, as a list.
func Rules(s schema.Struct) string { return docs(s.Rules...) }

func docs(rules ...schema.Rule) string {
	var lines []string
	for _, rule := range rules {
		if rule.Doc != "" {
			lines = append(lines, rule.Doc+source(rule.From))
		}
	}
	return list(lines)
}

func list(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("- " + line + "\n")
	}
	return b.String()
}

// Updates is a kind's row in the table of the update rule, in words.
func Updates(k *schema.Kind) string {
	u := k.Update
	lines := slices.Concat(creation(k), changes(u), removal(k))
	return list(lines)
}

func creation(k *schema.Kind) []string {
	var lines []string
	u := k.Update
	switch {
	case u.Create == schema.ByCall && len(u.OnCreate) > 0:
		lines = append(lines, "Created by a call of its own, which takes "+Code(u.OnCreate)+".")
	case u.Create == schema.ByCall:
		lines = append(lines, "Created by a call of its own.")
	case len(u.ByUpdate) == 0:
		lines = append(lines, "Always there: nothing creates it.")
	}
	if len(u.ByUpdate) > 0 {
		lines = append(lines, "The first update creates "+Code(u.ByUpdate)+".")
	}
	if k.Key.Creatable != nil {
		lines = append(lines, "The call that creates takes names of "+k.Key.CreatableForm+" alone. Any other is the service's own: the first update creates it, or turns it on.")
	}
	if len(u.AfterCreate) > 0 {
		lines = append(lines, "The call that creates does not take "+Code(u.AfterCreate)+": an update follows it.")
	}
	if u.Token == schema.TokenOnce {
		lines = append(lines, "The service shows its token once. It is sealed into the vault, `NAME.vault.yaml`, before anything else is done.")
	}
	if u.Seen == schema.InVault {
		lines = append(lines, "No call shows one: it is compared with the vault. Drift cannot see it, and an export leaves it out.")
	}
	if u.Ousts != "" {
		lines = append(lines, "Making the first one trips the gate `lockout`: "+u.Ousts+".")
	}
	return lines
}

// replacing says in which order an object is replaced.
var replacing = map[schema.Replacement]string{
	schema.CreateFirst: "the new one is made first, and the old one deleted once everything else has been seen to stand",
	schema.DeleteFirst: "the old one is deleted first",
}

func changes(u schema.Update) []string {
	var lines []string
	if len(u.Always) > 0 {
		lines = append(lines, "Every update sends "+Code(u.Always)+" as well.")
	}
	if len(u.Ways) > 0 {
		lines = append(lines, Code(u.Ways)+" open ways in. One that goes on is written before anything is taken away, one that goes off after everything that is given.")
	}
	if len(u.Immutable) > 0 {
		lines = append(lines, fmt.Sprintf("Immutable: %s. A difference replaces the object; %s.", Code(u.Immutable), replacing[u.Replace]))
	}
	if u.Expiry.After != "" {
		lines = append(lines, fmt.Sprintf("Replaced when it is older than `%s`.", u.Expiry.After))
	}
	if u.Overlap.End == schema.EndedByService {
		lines = append(lines, fmt.Sprintf("The service ends the old one by itself, %s after the new one is made; no call changes that.", u.Overlap.Usual))
	}
	if u.Expiry.At != "" {
		lines = append(lines, fmt.Sprintf("Replaced when less than `%s` is left until `%s`.", u.Expiry.Before, u.Expiry.At))
	}
	if u.Overlap.Field != "" {
		lines = append(lines, fmt.Sprintf("The old one lives on for `%s`, %s if left out. The first apply after that deletes it, without a gate. At the limit a replacement is refused, unless the overlap is 0: then the old one goes before the new one comes (gate `replace`).",
			u.Overlap.Field, u.Overlap.Usual))
	}
	for _, from := range slices.Sorted(maps.Keys(u.Sways)) {
		lines = append(lines, fmt.Sprintf("A new `%s` is sent together with what the manifest states of %s: the service may make something of these.", from, Code(u.Sways[from])))
	}
	if u.Derived.From != nil {
		var fields []string
		for _, path := range u.Derived.Fields {
			fields = append(fields, path.String())
		}
		lines = append(lines, fmt.Sprintf("A new `%s` makes the service overwrite %s, where %s. What the manifest states of these is written once more after it.",
			u.Derived.From, Code(fields), conditions(u.Derived.When)))
	}
	if u.Parallel == schema.Parallel {
		lines = append(lines, "Several may be written at once.")
	} else if u.Create == schema.ByCall {
		lines = append(lines, "Written one after the other.")
	}
	return lines
}

func conditions(o schema.Object) string {
	var parts []string
	for _, name := range o.Names() {
		parts = append(parts, "`"+name+"` is `"+schema.Display(o[name])+"`")
	}
	return strings.Join(parts, " and ")
}

func removal(k *schema.Kind) []string {
	if k.Update.Deletion == schema.DeletedByCall {
		text := "Deleted by `--prune` once git has removed it, and by `--prune-unmanaged` where the manifest has the collection without it"
		if k.Notation == schema.Mapped {
			text += "; never while `keep` is true"
		}
		lines := []string{text + "."}
		for _, use := range k.UsedBy {
			lines = append(lines, fmt.Sprintf("Deleting one that the `%s` of a managed %s uses trips the gate `lockout`.", use.Field, use.Kind))
		}
		if k.Key.Creatable != nil {
			lines = append(lines, "One that the call that creates could not make anew is never deleted.")
		}
		return lines
	}
	return []string{"Never deleted."}
}

// Code is a list of names in words.
func Code(names []string) string {
	var parts []string
	for _, name := range names {
		parts = append(parts, "`"+name+"`")
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// Credential says when the fields of a credential are sent.
func Credential(c schema.Credential) string {
	parts, name := Code(c.Parts), Code([]string{c.Name})
	return "An update sends " + Code(c.Group()) + " only where one of them differs, and nothing that live has of them. " +
		"So what else the object holds can be changed without them, whatever live hides:\n\n" + list([]string{
		"None of them keeps the credential that is in use.",
		parts + " without " + name + " overwrite the service's own.",
		parts + " with " + name + " make one of that name. That there is one already is an error.",
		name + " alone uses the one of that name.",
	})
}
