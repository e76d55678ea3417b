package explain

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
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
func HowMany(k *schema.Kind, l lang.Language) string {
	if k.Max > 0 {
		return l.Sayf("at most %s", strconv.Itoa(k.Max))
	}
	if k.Class.Field != "" {
		classes := slices.Sorted(maps.Keys(k.Class.Max))
		return l.Sayf("at most %s", list.Join(classes, ", ", func(class string) string { return l.Sayf("%s of %s", strconv.Itoa(k.Class.Max[class]), class) }))
	}
	return l.Say(arity[k.Arity])
}

// NameRule says where an object stands, and what its name may be.
func NameRule(k *schema.Kind, l lang.Language) string {
	lines := []string{l.Sayf("Stands under `%s`.", stands(k))}
	if k.Notation == schema.NamesOnly {
		lines = []string{l.Say("A list of names; nothing else is said of one. What a Base names and what the environment names are taken together. No two are the same but for case and a last dot.")}
	}
	if k.GroupKey.Form != "" {
		lines = append(lines, l.Sayf("GROUP is %s.", l.Say(k.GroupKey.Form))+source(either(k.GroupKey.From, k.From)))
	}
	if k.Key.Form != "" {
		lines = append(lines, l.Sayf("NAME is %s.", l.Say(k.Key.Form))+source(either(k.Key.From, k.From)))
	}
	for _, alias := range k.Key.Aliases {
		lines = append(lines, l.Sayf("`%s` stands for the one whose id is `systems.%s.%s`.", alias, k.System, k.Key.AliasOf))
	}
	for _, name := range slices.Sorted(maps.Keys(k.Key.Means)) {
		m := k.Key.Means[name]
		lines = append(lines, l.Sayf("`%s` is always of %s `%s`.", name, m.Field, string(m.Value)))
	}
	if k.RowKey != "" {
		lines = append(lines, l.Sayf("It is the value of the field that the group's `%s` names; an object need not say it again.", k.RowKey))
	}
	return strings.Join(lines, " ")
}

// Order are the collections in the order in which they are written.
func Order(kinds []*schema.Kind, l lang.Language) (string, error) {
	levels, err := schema.Levels(kinds)
	var parts []string
	for _, level := range levels {
		names := list.Each(level, func(k *schema.Kind) string { return k.Collection })
		part := Code(names, l)
		if len(names) > 1 {
			part = l.Sayf("%s side by side", part)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, l.Say(", then ")), err
}

// Limits are the rules over a kind's objects, as a list.
func Limits(k *schema.Kind, l lang.Language) string {
	var lines []string
	if k.Max > 0 || k.Class.Field != "" {
		lines = append(lines, l.Sayf("An environment has %s.", HowMany(k, l))+source(k.From))
	}
	if k.Label != "" {
		lines = append(lines, l.Sayf("No two have the same `%s`; left out, it is the object's name.", k.Label))
	}
	for _, r := range k.Regional {
		lines = append(lines, l.Sayf("Region %s alone: `%s`. %s.%s", strings.Join(r.In, ", "), r.At.String(), l.Say(r.Why), source(r.From)))
	}
	lacking := k.Update.Lacking
	lacking.From = either(lacking.From, k.From)
	return bullets(lines) + Rules(Documented(k.Type, k.From), l) + docs(l, k.MetaRule, lacking)
}

// Rules are those of an object, as a list.
func Rules(s schema.Struct, l lang.Language) string {
	return docs(l, append(slices.Clip(s.Rules), s.Whole)...)
}

func docs(l lang.Language, rules ...schema.Rule) string {
	var lines []string
	for _, rule := range rules {
		if rule.Doc != "" {
			lines = append(lines, l.Say(rule.Doc)+source(rule.From))
		}
	}
	return bullets(lines)
}

func bullets(lines []string) string {
	return list.Join(lines, "", func(line string) string { return "- " + line + "\n" })
}

// Updates is a kind's row in the table of the update rule, in words.
func Updates(k *schema.Kind, l lang.Language) string {
	lines := slices.Concat(creation(k, l), changes(k.Update, l), removal(k, l))
	return bullets(lines)
}

func creation(k *schema.Kind, l lang.Language) []string {
	var lines []string
	u := k.Update
	switch {
	case u.Create == schema.ByCall && len(u.OnCreate) > 0:
		lines = append(lines, l.Sayf("Created by a call of its own, which takes %s.", Code(u.OnCreate, l)))
	case u.Create == schema.ByCall:
		lines = append(lines, l.Say("Created by a call of its own."))
	case len(u.ByUpdate) == 0:
		lines = append(lines, l.Say("Always there: nothing creates it."))
	}
	if len(u.ByUpdate) > 0 {
		lines = append(lines, l.Sayf("The first update creates %s.", Code(u.ByUpdate, l)))
	}
	if k.Key.Creatable != nil {
		lines = append(lines, l.Sayf("The call that creates takes names of %s alone. Any other is the service's own: the first update creates it, or turns it on.", l.Say(k.Key.CreatableForm)))
	}
	if len(u.AfterCreate) > 0 {
		lines = append(lines, l.Sayf("The call that creates does not take %s: an update follows it.", Code(u.AfterCreate, l)))
	}
	if u.Token == schema.TokenOnce {
		lines = append(lines, l.Say("The service shows its token once. It is sealed into the vault, `NAME.vault.yaml`, before anything else is done."))
	}
	if u.Seen == schema.InVault {
		lines = append(lines, l.Say("No call shows one: it is compared with the vault. Drift cannot see it, and an export leaves it out."))
	}
	if u.Ousts != "" {
		lines = append(lines, l.Sayf("Making the first one trips the gate `lockout`: %s.", l.Say(u.Ousts)))
	}
	return lines
}

// replacing says in which order an object is replaced.
var replacing = map[schema.Replacement]string{
	schema.CreateFirst: "the new one is made first, and the old one deleted once everything else has been seen to stand",
	schema.DeleteFirst: "the old one is deleted first",
}

func changes(u schema.Update, l lang.Language) []string {
	var lines []string
	if len(u.Always) > 0 {
		lines = append(lines, l.Sayf("Every update sends %s as well.", Code(u.Always, l)))
	}
	if len(u.Ways) > 0 {
		lines = append(lines, l.Sayf("%s open ways in. One that goes on is written before anything is taken away, one that goes off after everything that is given.", Code(u.Ways, l)))
	}
	if len(u.Immutable) > 0 {
		lines = append(lines, l.Sayf("Immutable: %s. A difference replaces the object; %s.", Code(u.Immutable, l), l.Say(replacing[u.Replace])))
	}
	if u.Expiry.After != "" {
		lines = append(lines, l.Sayf("Replaced when it is older than `%s`.", u.Expiry.After))
	}
	if u.Overlap.End == schema.EndedByService {
		lines = append(lines, l.Sayf("The service ends the old one by itself, %s after the new one is made; no call changes that.", u.Overlap.Usual.String()))
	}
	if u.Expiry.At != "" {
		lines = append(lines, l.Sayf("Replaced when less than `%s` is left until `%s`.", u.Expiry.Before, u.Expiry.At))
	}
	if u.Overlap.Field != "" {
		lines = append(lines, l.Sayf("The old one lives on for `%s`, %s if left out. The first apply after that deletes it, without a gate. At the limit a replacement is refused, unless the overlap is 0: then the old one goes before the new one comes (gate `replace`).",
			u.Overlap.Field, u.Overlap.Usual.String()))
	}
	for _, from := range slices.Sorted(maps.Keys(u.Sways)) {
		lines = append(lines, l.Sayf("A new `%s` is sent together with what the manifest states of %s: the service may make something of these.", from, Code(u.Sways[from], l)))
	}
	if u.Derived.From != nil {
		fields := list.Each(u.Derived.Fields, schema.Path.String)
		lines = append(lines, l.Sayf("A new `%s` makes the service overwrite %s, where %s. What the manifest states of these is written once more after it.",
			u.Derived.From.String(), Code(fields, l), conditions(u.Derived.When, l)))
	}
	if u.Parallel == schema.Parallel {
		lines = append(lines, l.Say("Several may be written at once."))
	} else if u.Create == schema.ByCall {
		lines = append(lines, l.Say("Written one after the other."))
	}
	return lines
}

func conditions(o schema.Object, l lang.Language) string {
	return list.Join(o.Names(), l.Say(" and "), func(name string) string { return l.Sayf("`%s` is `%s`", name, schema.Display(o[name])) })
}

func removal(k *schema.Kind, l lang.Language) []string {
	if k.Update.Deletion == schema.DeletedByCall {
		lines := []string{l.Say("Deleted by `--prune` once git has removed it, and by `--prune-unmanaged` where the manifest has the collection without it.")}
		if k.Notation == schema.Mapped {
			lines = []string{l.Say("Deleted by `--prune` once git has removed it, and by `--prune-unmanaged` where the manifest has the collection without it; never while `keep` is true.")}
		}
		for _, use := range k.UsedBy {
			lines = append(lines, l.Sayf("Deleting one that the `%s` of a managed %s uses trips the gate `lockout`.", use.Field.String(), use.Kind))
		}
		if k.Key.Creatable != nil {
			lines = append(lines, l.Say("One that the call that creates could not make again is never deleted."))
		}
		return lines
	}
	return []string{l.Say("Never deleted.")}
}

// Code is a list of names in words.
func Code(names []string, l lang.Language) string {
	parts := list.Each(names, func(name string) string { return "`" + name + "`" })
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + l.Say(" and ") + parts[last]
}

// Credential says when the fields of a credential are sent.
func Credential(c schema.Credential, l lang.Language) string {
	parts, name := Code(c.Parts, l), Code([]string{c.Name}, l)
	return l.Sayf("An update sends %s only where one of them differs, and nothing that live has of them. "+
		"So what else the object holds can be changed without them, whatever live hides:", Code(c.Group(), l)) + "\n\n" + bullets([]string{
		l.Say("None of them keeps the credential that is in use."),
		l.Sayf("%s without %s overwrite the service's own.", parts, name),
		l.Sayf("%s with %s make one of that name. That there is one already is an error.", parts, name),
		l.Sayf("%s alone uses the one of that name.", name),
	})
}
