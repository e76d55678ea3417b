package render

import (
	"io"

	"authsync/cli/say"
	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

const ofAppeared = "appeared in the service, and git states it now"

// fieldOf is a field of an object, as it was and is.
type fieldOf struct {
	key  schema.Key
	path []schema.Path // none = the whole object
	sides
	origin diff.Origin
}

func fieldsOf(key schema.Key, fields []diff.Field) []fieldOf {
	return list.Each(fields, func(f diff.Field) fieldOf {
		return fieldOf{key, []schema.Path{f.Path}, sidesOf(f.Before, f.After), f.Origin}
	})
}

// acceptedFields are what git takes over of live. An object that appeared has no path.
func acceptedFields(all []sync.Accepted) []fieldOf {
	return list.Flat(all, func(a sync.Accepted) []fieldOf {
		if len(a.Fields) == 0 {
			return []fieldOf{{key: a.Key}}
		}
		return fieldsOf(a.Key, a.Fields)
	})
}

// acceptedText says what became of a field, with its values as spell has them.
func (f fieldOf) acceptedText(p Palette, spell func(string) string) string {
	if f.path == nil {
		return p.Language.Say(ofAppeared)
	}
	return p.Language.Sayf("was %s, is %s", spell(f.before), spell(f.after))
}

func textAccepted(w io.Writer, accepted []sync.Accepted, p Palette) {
	for _, f := range acceptedFields(accepted) {
		told := p.say(ofAppeared)
		for _, path := range f.path {
			told = say.Sprintf("%s: %s -> %s", path, f.before, f.after)
		}
		say.Fprintf(w, "  %s %s %s\n", p.Paint("!", p.say("accepted drift:")), f.key, told)
	}
}

func markdownAccepted(env *sync.EnvironmentPlan, p Palette) []string {
	return list.Each(acceptedFields(env.Accepted), func(f fieldOf) string { return about(f.key, f.path) + ": " + f.acceptedText(p, asCode) })
}

func acceptedAlert(g *htmlGroups, env *sync.EnvironmentPlan) {
	for _, f := range acceptedFields(env.Accepted) {
		g.alert(acceptedAlerts, env.Name, htmlLine{Names: named(f.key, f.path), Text: legible(f.acceptedText(g.page.palette, shown))})
	}
}
