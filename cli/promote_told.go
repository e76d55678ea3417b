package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/go-multierror"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/pair"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

// lines say what goes over, object by object, and what stays.
func (p *promotion) lines() []string {
	lines := list.Flat(p.promoted.Taken, func(t sync.Taken) []string { return takenLines(t, p.from.Name+" does not have it") })
	return append(lines, list.Each(p.promoted.Left, func(l sync.Left) string { return leftLine(l, p.reason(l)) })...)
}

// stays are the words for why something stays: of the source, the target, the
// flag that would change it, and the system.
var stays = map[sync.Reason]string{
	pair.Belongs:     "stays out: it belongs to each environment, and %[2]s has none",
	pair.NameBelongs: "stays out: it is named by the id that it has in %[1]s, and in %[2]s it has another; --target %[3]s brings it under the same id",
	pair.IsSecret:    "stays: %[2]s has a secret of its own, and none is promoted; authsync secrets set sets it",
	pair.SourceLacks: "stays: %[1]s does not have it; --target %[3]s takes it out",
	pair.IsKept:      "stays: %[1]s does not have it, and %[2]s says keep",
	pair.NoSystem:    "stays out: %[2]s has no systems.%[4]s, which says where that is",
	pair.NoObject:    "stays out: %[2]s has no such object; --target %[3]s brings all of it",
	pair.OtherKey:    "stays: the rows of the group go by another column in %[1]s",
	sync.InBase:      "stays: %[1]s does not have it, and it stands in a Base, which promote does not write",
	sync.Unsayable:   "does not go over: %[2]s may not say what %[1]s does",
}

func (p *promotion) reason(l sync.Left) string {
	target := sync.Asked{Key: l.Key, Field: l.Path}
	text := fmt.Sprintf(stays[l.Why], p.from.Name, p.to.Name, spell.Word(target.String()), schema.KindNamed(l.Key.Kind).System)
	if l.Fault != "" {
		text += ": " + l.Fault
	}
	return text
}

// refusals say why nothing is written, or nil.
func (o promoteOptions) refusals(ctx context.Context, p *promotion, s Streams) (refused, failed error) {
	var all *multierror.Error
	for _, f := range p.promoted.Strange() {
		if !sync.Allows(o.allow, string(sync.GateDestination), o.to) {
			g := sync.Gate{Name: sync.GateDestination, Allow: string(sync.GateDestination), Key: f.Key, Text: f.Names}
			if len(f.Path) > 0 {
				g.Fields = []schema.Path{f.Path}
			}
			all = multierror.Append(all, fmt.Errorf("refused: %s: %s", o.to, render.Gate(g, render.Palette{})))
		}
	}
	if all.ErrorOrNil() != nil {
		all = multierror.Append(all, errors.New("nothing was written; if all of this is meant: --allow destination"))
	}
	if o.looks == pair.ByGit {
		say.Fprintf(o.progress.Messages(s.Err), "%s: what is live was not looked at; --live does\n", p.to.File)
		return all.ErrorOrNil(), nil
	}
	moved, err := o.moved(ctx, p, s)
	if len(moved) > 0 {
		all = multierror.Append(all, moved...)
		all = multierror.Append(all, fmt.Errorf("nothing was written; take over what is live: authsync export %s, or put it right: authsync apply %[1]s", spell.Word(p.to.File)))
	}
	return all.ErrorOrNil(), err
}

// moved says what has moved on the target's live side since the last apply.
func (o promoteOptions) moved(ctx context.Context, p *promotion, s Streams) (moved []error, failed error) {
	sites, err := connect([]*schema.Environment{p.to}, o.selection)
	if err != nil {
		return nil, err
	}
	sayOfSandbox(o.progress.Messages(s.Err), sites)
	options := sync.Options{Now: o.options.Now, Targets: list.Flat(o.asked, sync.AskedText.Keys)}
	drifted := sync.Drift(sites[0], sync.ReadDrift(ctx, sites[0], options), options)
	var all *multierror.Error
	for _, err := range drifted.Errors {
		if errors.Is(err, sync.ErrNothingApplied) {
			say.Fprintf(s.Err, "%s: nothing was applied from here yet, so it is not known whether live has moved\n", p.to.File)
			continue
		}
		all = multierror.Append(all, sync.At(p.to.Name, err))
	}
	excluded := list.Flat(o.excluded, sync.AskedText.Keys)
	moves := list.Only(drifted.Moves, func(m sync.Move) bool { return !slices.Contains(excluded, m.Key) })
	return list.Flat(moves, o.movedText), all.ErrorOrNil()
}

func (o promoteOptions) movedText(m sync.Move) []error {
	if m.What != sync.Changed {
		return []error{fmt.Errorf("refused: %s: %s has %s since the last apply", o.to, m.Key.Spelled(), m.What)}
	}
	var all []error
	for _, f := range m.Fields {
		was, is := f.Display()
		all = append(all, fmt.Errorf("refused: %s: %s: %s has moved since the last apply: %s -> %s", o.to, m.Key.Spelled(), f.Path.Spelled(), was, is))
	}
	return all
}
