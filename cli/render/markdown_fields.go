package render

import (
	"fmt"
	"slices"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

func markdownTables(env *sync.EnvironmentPlan, p Palette) string {
	var b strings.Builder
	for _, c := range env.Changes {
		fmt.Fprintf(&b, "**%s** %s%s\n\n", c.Action, asCode(c.Key.Spelled()), unreadMark(env, c.Key, p))
		if len(c.Fields) > 0 {
			b.WriteString(markdownFields(c, p) + "\n" + markdownLines(c, p))
		}
	}
	return b.String()
}

type fieldColumn struct {
	name string
	text func(diff.Field) string
	// loud says which of authsync's own words stand out; nil = the text is foreign.
	loud func(diff.Field) bool
}

var (
	pathColumn    = fieldColumn{"field", func(f diff.Field) string { return f.Path.Spelled() }, nil}
	beforeColumn  = fieldColumn{"before", func(f diff.Field) string { return sidesOf(f.Before, f.After).before }, nil}
	goneColumn    = fieldColumn{"before", func(f diff.Field) string { return displayGone(f.Before) }, nil}
	afterColumn   = fieldColumn{"after", func(f diff.Field) string { return sidesOf(f.Before, f.After).after }, nil}
	newColumn     = fieldColumn{"after", func(f diff.Field) string { return schema.Display(f.After) }, nil}
	originColumn  = fieldColumn{"origin", func(f diff.Field) string { return originWord[f.Origin] }, outside}
	appliedColumn = fieldColumn{"applied", func(f diff.Field) string {
		if f.Applied == nil {
			return ""
		}
		return displayApplied(f)
	}, nil}
)

// fieldColumns are the columns that make sense for an action.
var fieldColumns = map[diff.Action][]fieldColumn{
	diff.Create:  {pathColumn, newColumn, originColumn},
	diff.Update:  {pathColumn, beforeColumn, afterColumn, originColumn},
	diff.Replace: {pathColumn, beforeColumn, afterColumn, originColumn},
	diff.Delete:  {pathColumn, goneColumn, originColumn},
}

var originWord = map[diff.Origin]string{
	diff.OriginGit: "git", diff.OriginLive: "live", diff.OriginBoth: "both", diff.OriginUnknown: "unknown",
}

// outside reports whether somebody changed a field in the environment itself.
func outside(f diff.Field) bool { return f.Origin == diff.OriginLive || f.Origin == diff.OriginBoth }

// outsideFields are those of changes that somebody changed so.
func outsideFields(changes []diff.Change) []fieldOf {
	return list.Flat(changes, func(c diff.Change) []fieldOf {
		return fieldsOf(c.Key, list.Only(c.Fields, outside))
	})
}

func (c fieldColumn) cell(f diff.Field) string {
	switch text := c.text(f); {
	case c.loud == nil:
		return asCell(text)
	case c.loud(f):
		return "**" + text + "**"
	default:
		return text
	}
}

func columnsOf(c diff.Change) []fieldColumn {
	columns := fieldColumns[c.Action]
	if slices.ContainsFunc(c.Fields, func(f diff.Field) bool { return f.Applied != nil }) {
		return append(slices.Clone(columns), appliedColumn)
	}
	return columns
}

func markdownFields(c diff.Change, p Palette) string {
	columns := columnsOf(c)
	row := func(text func(fieldColumn) string) string { return "| " + list.Join(columns, " | ", text) + " |\n" }
	return row(func(column fieldColumn) string { return p.Language.Say(column.name) }) + strings.Repeat("|---", len(columns)) + "|\n" +
		list.Join(c.Fields, "", func(f diff.Field) string { return row(func(column fieldColumn) string { return column.cell(f) }) })
}

// markdownLines returns the differences of multi-line texts, each in a fence that no
// content can close.
func markdownLines(c diff.Change, p Palette) string {
	if c.Action == diff.Create || c.Action == diff.Delete {
		return ""
	}
	var b strings.Builder
	for _, f := range c.Fields {
		if lines := sidesOf(f.Before, f.After).lines; lines != nil {
			text := strings.Join(lines, "\n")
			fence := fenceFor(text)
			fmt.Fprintf(&b, "%s\n\n%sdiff\n%s\n%s\n\n", p.sayf("%s, line by line:", asCode(f.Path.Spelled())), fence, text, fence)
		}
	}
	return b.String()
}
