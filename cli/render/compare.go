package render

import (
	"bufio"
	"io"
	"maps"
	"slices"
	"strings"

	"authsync/cli/say"
	"authsync/diff"
	"authsync/pair"
	"authsync/schema"
	"authsync/schema/list"
)

// Compare writes for a person what differs between two environments: first what they
// should have in common, then what each has for itself.
func Compare(w io.Writer, c *pair.Comparison, p Palette) error {
	b := bufio.NewWriter(w)
	Sandbox(b, c.Sandbox, p)
	textCompare(b, c, p)
	return b.Flush()
}

func textCompare(b io.Writer, c *pair.Comparison, p Palette) {
	say.Fprintf(b, "%s and %s, by %s: %s\n", p.title(c.A.Name, c.A.ID()), p.title(c.B.Name, c.B.ID()), c.By, compareSummary(c))
	for _, kind := range slices.Sorted(maps.Keys(c.Unread)) {
		say.Fprintf(b, "  %s %s: not compared: %s\n", p.note(), kind, c.Unread[kind])
	}
	compareObjects(b, c, schema.Everywhere, p)
	var own strings.Builder
	compareObjects(&own, c, schema.PerEnvironment, p)
	if own.Len() > 0 {
		say.Fprintf(b, "\nwhat belongs to each environment, and is not counted:\n")
		io.WriteString(b, own.String())
	}
}

func compareSummary(c *pair.Comparison) string {
	if n := c.Differs(); n > 0 {
		return Count(n, "object differs", "objects differ")
	}
	return "nothing differs"
}

func compareObjects(w io.Writer, c *pair.Comparison, scope schema.Scope, p Palette) {
	for _, o := range c.Objects {
		switch {
		case o.In != pair.Both && o.Scope == scope:
			glyph, in := diff.Delete, c.A.Name
			if o.In == pair.OnlyB {
				glyph, in = diff.Create, c.B.Name
			}
			say.Fprintf(w, "  %s %s only in %s\n", p.Paint(string(glyph), say.Text(string(glyph))), o.Key, in)
		case o.In == pair.Both:
			compareFields(w, o, scope, p)
		}
	}
}

func compareFields(w io.Writer, o pair.Object, scope schema.Scope, p Palette) {
	fields := list.Only(o.Fields, func(f pair.Field) bool { return f.Scope == scope })
	if len(fields) == 0 {
		return
	}
	glyph := "~"
	if scope == schema.PerEnvironment {
		glyph = " "
	}
	say.Fprintf(w, "  %s %s\n", p.Paint(glyph, say.Text(glyph)), o.Key)
	for _, f := range fields {
		switch {
		case f.Verdict == pair.NotComparable:
			say.Fprintf(w, "      %s: not comparable: %s\n", f.Path, f.Reason)
		case f.Secret():
			say.Fprintf(w, "      %s: %s\n", f.Path, secretSides(f))
		case schema.HoldsUnmodelled(f.A) || schema.HoldsUnmodelled(f.B):
			say.Fprintf(w, "      %s: differs, and is not shown: it is not modelled\n", f.Path)
		default:
			both := sidesOf(f.A, f.B)
			say.Fprintf(w, "      %s: %s | %s\n", f.Path, sideWord(f.A, both.before), sideWord(f.B, both.after))
			both.write(w)
		}
	}
}

// secretSides says of two secrets no more than whether they are the same.
func secretSides(f pair.Field) string {
	switch {
	case f.A == nil:
		return "(absent) | (a secret)"
	case f.B == nil:
		return "(a secret) | (absent)"
	}
	return "(a secret) " + string(f.Verdict)
}

// sideWord tells what is not named from what is named and cleared.
func sideWord(v schema.Value, text string) string {
	switch v.(type) {
	case nil:
		return "(absent)"
	case schema.Null:
		return "null"
	}
	return text
}

// Compare writes the comparison for a pull request: its text in one code fence.
func (m Markdown) Compare(w io.Writer, c *pair.Comparison) error {
	var text strings.Builder
	textCompare(&text, c, m.palette())
	title := compareSummary(c) + " between the environments"
	return m.fenced(w, c.Sandbox, strings.ToUpper(title[:1])+title[1:], text.String())
}
