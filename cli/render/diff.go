package render

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/diff"
	"authsync/schema/list"
	"authsync/sync"
)

// Diff writes only the changes of a plan for a person.
func Diff(w io.Writer, plan *sync.Plan, p Palette) error {
	b := bufio.NewWriter(w)
	Sandbox(b, plan.Sandbox(), p)
	for i, env := range plan.Environments {
		if i > 0 && (hasMore(env) || hasMore(plan.Environments[i-1])) {
			say.Fprintf(b, "\n")
		}
		say.Fprintf(b, "%s: %s\n", p.title(env.Name, env.EnvID), diffSummary(env, p))
		for _, c := range env.Changes {
			textChange(b, c, unreadMark(env, c.Key, p), p)
		}
		textRemoved(b, env.Removed, p)
	}
	return b.Flush()
}

func hasMore(env *sync.EnvironmentPlan) bool {
	return len(env.Changes) > 0 || removedText(env.Removed) != ""
}

// diffSummary counts the changes, and what could not be compared.
func diffSummary(env *sync.EnvironmentPlan, p Palette) string {
	text := p.Language.Say("nothing differs")
	switch {
	case len(env.Changes) > 0:
		text = changeCounts(env, p)
	case len(env.Errors)+len(env.Unjudged()) > 0:
		return p.Language.Say("could not be compared")
	}
	if secrets := len(env.Uncompared); secrets > 0 {
		text += " " + p.count(secrets, "(1 secret was not compared)", "(%s secrets were not compared)")
	}
	return text
}

func changeCounts(env *sync.EnvironmentPlan, p Palette) string {
	number := func(a diff.Action) string { return strconv.Itoa(env.Count(a)) }
	text := p.Language.Sayf("%s to create, %s to update, %s to delete", number(diff.Create), number(diff.Update), number(diff.Delete))
	if n := env.Count(diff.Replace); n > 0 {
		text += p.Language.Sayf(", %s to replace", strconv.Itoa(n))
	}
	return text
}

// Changes counts the changes of a plan by action.
func Changes(plan *sync.Plan) string {
	var parts []string
	for _, what := range []struct {
		action diff.Action
		word   string
	}{{diff.Create, "create"}, {diff.Update, "update"}, {diff.Delete, "delete"}, {diff.Replace, "replace"}} {
		changes := list.Flat(plan.Environments, func(env *sync.EnvironmentPlan) []diff.Change { return env.Changes })
		if n := list.Count(changes, func(c diff.Change) bool { return c.Action == what.action }); n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, what.word))
		}
	}
	return strings.Join(parts, ", ")
}
