package render

import (
	"slices"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// fleetSize is from how many environments on a result is told as that of a fleet: those
// of which there is nothing to tell in one line, and the same change once, with all
// environments that have it.
const fleetSize = 11

// groups tell the same of several environments once, in the order of the first.
type groups struct {
	list []*group
	at   map[statement]*group
}

// statement is what is told of an environment: in full, and in brief, without values.
type statement struct{ full, brief string }

type group struct {
	statement
	where []string // environments
}

func (g *groups) add(env string, all ...statement) {
	if g.at == nil {
		g.at = map[statement]*group{}
	}
	for _, t := range all {
		same := g.at[t]
		if same == nil {
			same = &group{statement: t}
			g.at[t], g.list = same, append(g.list, same)
		}
		if n := len(same.where); n == 0 || same.where[n-1] != env {
			same.where = append(same.where, env)
		}
	}
}

// tell adds what is told in full in any case.
func (g *groups) tell(env, text string) { g.add(env, statement{text, text}) }

// telling is how much is told of a group.
type telling struct {
	names func(where []string) (some []string, more string)
	told  func(statement) string
}

// tellings are from the most to the least told.
var tellings = []telling{{allNames, toldInFull}, {sync.Few, toldInFull}, {sync.Few, toldInBrief}, {noNames, toldInBrief}}

func allNames(where []string) ([]string, string) { return where, "" }
func noNames([]string) ([]string, string)        { return nil, "" }
func toldInFull(t statement) string              { return t.full }
func toldInBrief(t statement) string             { return t.brief }

// where names the environments of a group at the end of its line.
func (t telling) where(g *group, spelled func([]string) string) string {
	some, more := t.names(g.where)
	if len(g.where) < 2 || len(some) == 0 {
		return ""
	}
	return ": " + spelled(some) + more
}

func (g *groups) bySize() []*group {
	all := slices.Clone(g.list)
	slices.SortStableFunc(all, func(a, b *group) int { return len(b.where) - len(a.where) })
	return all
}

// shared are the groups of several environments, the largest first.
func (g *groups) shared() []*group {
	return slices.DeleteFunc(g.bySize(), func(one *group) bool { return len(one.where) < 2 })
}

// changesTold tells each change of a plan: of an update each field, of others the object.
func changesTold(env *sync.EnvironmentPlan, p Palette) (all []statement) {
	for _, c := range env.Changes {
		remark := unreadMark(env, c.Key, p)
		if c.Action == diff.Update {
			all = append(all, list.Each(c.Fields, func(f diff.Field) statement { return fieldTold(c.Key, f, originRemark(f)+remark) })...)
			continue
		}
		brief := string(c.Action) + " " + c.Key.Spelled()
		fields := list.Join(c.Fields, ", ", func(f diff.Field) string { return fieldText(c.Action, f) + originRemark(f) })
		all = append(all, statement{strings.TrimSuffix(brief+remark+": "+fields, ": "), brief})
	}
	return all
}

func fieldTold(key schema.Key, f diff.Field, remark string) statement {
	at := key.Spelled() + "." + f.Path.Spelled()
	both := sidesOf(f.Before, f.After)
	return statement{at + " " + both.before + " -> " + both.after + remark, "~ " + at}
}

// originRemark is [originText] at the end of a line.
func originRemark(f diff.Field) string {
	return strings.TrimPrefix(string(originText(f, Palette{})), " ") // of the two before it
}

func fieldText(a diff.Action, f diff.Field) string {
	switch a {
	case diff.Create:
		return f.Path.Spelled() + " " + schema.Display(f.After)
	case diff.Delete:
		return f.Path.Spelled() + " " + displayGone(f.Before)
	}
	both := sidesOf(f.Before, f.After)
	return f.Path.Spelled() + " " + both.before + " -> " + both.after
}

func movesTold(d *sync.Drifted, p Palette) (all []statement) {
	for _, m := range d.Moves {
		motion := motions[m.What]
		if m.What == sync.Changed {
			for _, f := range m.Fields {
				if schema.IsSecret(f.Before) {
					f.Before = schema.Text(displayGone(f.Before))
				}
				all = append(all, fieldTold(m.Key, f, ""))
			}
			continue
		}
		brief := strings.TrimSpace(string(motion.glyph) + " " + m.Key.Spelled() + " " + p.Language.Say(motion.word))
		fields := list.Join(m.Fields, ", ", func(f diff.Field) string { return f.Path.Spelled() + " " + displayGone(f.After) })
		all = append(all, statement{strings.TrimSuffix(brief+": "+fields, ": "), brief})
	}
	return all
}

// places names the environments of a group: the one, or their number.
func (g *group) places(p Palette, name func(string) string) string {
	if len(g.where) == 1 {
		return name(g.where[0])
	}
	return p.environments(len(g.where))
}
