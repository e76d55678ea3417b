package render

import (
	"fmt"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// markdownTables is a table for each object that changes.
func markdownTables(env *sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, c := range env.Changes {
		fmt.Fprintf(&b, "**%s** %s%s\n\n", c.Action, asCode(c.Key.String()), unread(env, c.Key))
		if len(c.Fields) > 0 {
			b.WriteString(markdownFields(c) + "\n")
		}
	}
	return b.String()
}

// column is one of a table of fields.
type column struct {
	name string
	text func(diff.Field) string
}

var (
	pathColumn    = column{"field", func(f diff.Field) string { return asCell(schema.DisplayPath(f.Path)) }}
	beforeColumn  = column{"before", func(f diff.Field) string { return asCell(schema.Display(f.Before)) }}
	goneColumn    = column{"before", func(f diff.Field) string { return asCell(displayGone(f.Before)) }}
	afterColumn   = column{"after", func(f diff.Field) string { return asCell(schema.Display(f.After)) }}
	originColumn  = column{"origin", func(f diff.Field) string { return originWord[f.Origin] }}
	appliedColumn = column{"applied", func(f diff.Field) string {
		if f.Applied == nil {
			return ""
		}
		return asCell(schema.Display(f.Applied))
	}}
)

// fieldColumns are those that say something of an action's fields.
var fieldColumns = map[diff.Action][]column{
	diff.Create:  {pathColumn, afterColumn, originColumn},
	diff.Update:  {pathColumn, beforeColumn, afterColumn, originColumn},
	diff.Replace: {pathColumn, beforeColumn, afterColumn, originColumn},
	diff.Delete:  {pathColumn, goneColumn, originColumn},
}

// originWord makes those stand out that git does not know of.
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
