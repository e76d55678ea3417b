package render

import (
	"fmt"
	"io"
	"strings"

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

// sides are two values to show beside each other.
type sides struct {
	before, after string
	// lines are the differences of multi-line texts; nil = the values have one line.
	lines []string
}

func sidesOf(before, after schema.Value) sides {
	if lines := schema.DisplayLines(before, after); lines != nil {
		return sides{lineCount(before), lineCount(after), lines}
	}
	was, is := schema.DisplayBoth(before, after)
	return sides{was, is, nil}
}

func lineCount(v schema.Value) string {
	text, _ := v.(schema.Text)
	n := strings.Count(string(text), "\n")
	if !strings.HasSuffix(string(text), "\n") {
		n++
	}
	return fmt.Sprintf("(%s)", Count(n, "line", "lines"))
}

func (s sides) write(w io.Writer) {
	for _, line := range s.lines {
		say.Fprintf(w, "        %s\n", line)
	}
}
