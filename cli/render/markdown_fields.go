package render

import (
	"fmt"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// markdownTables returns a table for each changed object.
func markdownTables(env *sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, c := range env.Changes {
		fmt.Fprintf(&b, "**%s** %s%s\n\n", c.Action, asCode(c.Key.Spelled()), unreadMark(env, c.Key))
		if len(c.Fields) > 0 {
			b.WriteString(markdownFields(c) + "\n" + markdownLines(c))
		}
	}
	return b.String()
}

// fieldColumn is a column of a table of fields.
type fieldColumn struct {
	name string
	text func(diff.Field) string
}

var (
	pathColumn    = fieldColumn{"field", func(f diff.Field) string { return asCell(f.Path.Spelled()) }}
	beforeColumn  = fieldColumn{"before", func(f diff.Field) string { return asCell(sidesOf(f.Before, f.After).before) }}
	goneColumn    = fieldColumn{"before", func(f diff.Field) string { return asCell(displayGone(f.Before)) }}
	afterColumn   = fieldColumn{"after", func(f diff.Field) string { return asCell(sidesOf(f.Before, f.After).after) }}
	newColumn     = fieldColumn{"after", func(f diff.Field) string { return asCell(schema.Display(f.After)) }}
	originColumn  = fieldColumn{"origin", func(f diff.Field) string { return originWord[f.Origin] }}
	appliedColumn = fieldColumn{"applied", func(f diff.Field) string {
		if f.Applied == nil {
			return ""
		}
		return asCell(displayApplied(f))
	}}
)

// fieldColumns are the columns that make sense for an action.
var fieldColumns = map[diff.Action][]fieldColumn{
	diff.Create:  {pathColumn, newColumn, originColumn},
	diff.Update:  {pathColumn, beforeColumn, afterColumn, originColumn},
	diff.Replace: {pathColumn, beforeColumn, afterColumn, originColumn},
	diff.Delete:  {pathColumn, goneColumn, originColumn},
}

// originWord emphasizes origins outside of git.
var originWord = map[diff.Origin]string{
	diff.OriginGit: "git", diff.OriginLive: "**live**", diff.OriginBoth: "**both**", diff.OriginUnknown: "unknown",
}

func markdownFields(c diff.Change) string {
	columns := fieldColumns[c.Action]
	for _, f := range c.Fields {
		if f.Applied != nil {
			columns = append(columns[:len(columns):len(columns)], appliedColumn)
			break
		}
	}
	var b strings.Builder
	for _, column := range columns {
		b.WriteString("| " + column.name + " ")
	}
	b.WriteString("|\n" + strings.Repeat("|---", len(columns)) + "|\n")
	for _, f := range c.Fields {
		for _, column := range columns {
			b.WriteString("| " + column.text(f) + " ")
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// markdownLines returns the differences of multi-line texts, each in a fence that no
// content can close.
func markdownLines(c diff.Change) string {
	var b strings.Builder
	for _, f := range c.Fields {
		if c.Action == diff.Create || c.Action == diff.Delete {
			break
		}
		if lines := sidesOf(f.Before, f.After).lines; lines != nil {
			text := strings.Join(lines, "\n")
			fence := fenceFor(text)
			fmt.Fprintf(&b, "%s, line by line:\n\n%sdiff\n%s\n%s\n\n", asCode(f.Path.Spelled()), fence, text, fence)
		}
	}
	return b.String()
}
