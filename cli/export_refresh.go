package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	patch "github.com/rogpeppe/go-internal/diff"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/diff"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

// refresh lays out a manifest that is there with what live has moved.
func (o exportOptions) refresh(x *export) error {
	var err error
	if x.before, err = disk.ReadBeside(x.site.Env.File); err != nil {
		return err
	}
	takes := sync.Takes{Losing: o.losing}
	wide := *x.site
	wide.Env = sync.Widened(x.site.Env, o.asked)
	x.unknown = map[string]error{}
	for _, text := range o.asked {
		asked, err := text.In(&wide, x.read)
		if errors.Is(err, sync.ErrUnknownTarget) {
			x.unknown[text.String()] = err
			continue
		}
		if err := fieldThere(asked); err != nil {
			return fmt.Errorf("--target %s: %w", text, err)
		}
		takes.Asked = append(takes.Asked, asked)
	}
	if len(o.asked) > 0 && len(takes.Asked) == 0 {
		x.text, x.taken = x.before, &sync.Takeover{}
		return nil
	}
	x.targets = list.Each(takes.Asked, func(asked sync.Asked) schema.Key { return asked.Key })
	if x.taken, err = sync.TakeOver(&wide, x.read, takes, x.sealer.seal); err != nil {
		return err
	}
	wide.Keys = x.sealer
	x.text, err = x.taken.Rewrite(&wide, x.read, takes, x.sealer.seal, x.before, x.load)
	if unsayable, is := errors.AsType[*sync.UnsayableError](err); is {
		return unwritable(unsayable.Faults)
	}
	if err != nil {
		return err
	}
	if err := x.verify(); err != nil {
		return err
	}
	x.sayTaken()
	return nil
}

func (x *export) load(text []byte) (*schema.Environment, []*schema.Fault, error) {
	loaded := schema.LoadText(x.site.Env.File, text, schema.SecretsSealed, roots()...)
	if faults := loaded.Faults.Wrong(); len(faults) > 0 {
		return nil, faults, nil
	}
	return loaded.Environments[0], nil, nil
}

// sayTaken says what was taken over, object by object, and what was not.
func (x *export) sayTaken() {
	x.said = append(x.said, list.Flat(x.taken.Taken, func(t sync.Taken) []string { return takenLines(t, "live has lost it") })...)
	x.said = append(x.said, list.Each(x.taken.Left, func(l sync.Left) string { return leftLine(l, x.reason(l)) })...)
	var parts []string
	for _, k := range schema.Kinds {
		if n := x.taken.Untouched[k.Name]; n > 0 {
			parts = append(parts, render.Count(n, k.Name, k.Name+"s"))
		}
	}
	if len(parts) > 0 {
		x.say("left alone: %s", strings.Join(parts, ", "))
	}
}

// leftLine says of what stays why it does.
func leftLine(l sync.Left, reason string) string {
	if len(l.Path) > 0 {
		return l.Key.Spelled() + ": " + l.Path.Spelled() + " " + reason
	}
	return l.Key.Spelled() + " " + reason
}

// takenLines say what a manifest takes over of an object.
func takenLines(t sync.Taken, lost string) []string {
	switch t.Action {
	case diff.Create:
		text := t.Key.Spelled() + ": added"
		for _, f := range t.Fields {
			if why, is := t.Weaker[f.Path.String()]; is {
				text += fmt.Sprintf(" (weaker: %s: %s)", f.Path.Spelled(), why)
			}
		}
		return []string{text}
	case diff.Delete:
		with := ""
		if len(t.Sealed) > 0 {
			with = ", with what was sealed at " + list.Join(t.Sealed, ", ", schema.Path.Spelled)
		}
		return []string{t.Key.Spelled() + ": taken out, " + lost + with}
	}
	var lines []string
	for i, f := range t.Fields {
		text := ""
		if t.Edits[i].Node == nil && f.After != nil {
			text = " (from a Base)"
		}
		if why, is := t.Weaker[f.Path.String()]; is {
			text += " (weaker: " + why + ")"
		}
		was, is := f.Display()
		lines = append(lines, fmt.Sprintf("%s: %s: %s -> %s%s", t.Key.Spelled(), f.Path.Spelled(), was, is, text))
	}
	return lines
}

var reasons = map[sync.Reason]string{
	sync.MovedInGit:     "stays: git alone has moved it since the last apply; %s takes over what live has",
	sync.NewInGit:       "stays: it is new in git, and was never applied; %s takes over what live has",
	sync.RemovedFromGit: "stays out: git no longer names it, and live still has it; %s takes it over",
	sync.NeverInGit:     "stays out: it is not new in live, and git does not name it; %s takes it over",
	sync.NotLive:        "stays: live does not have it, and no lock says that it ever did; %s removes it",
	sync.InBase:         "stays: live no longer has it, and it is in a Base, which export does not write",
	sync.HoldsSealed:    "stays: live has lost it, and secrets that are sealed in it would go too; --prune takes it out",
	sync.HiddenLive:     "stays: live has another secret and hides it; put that in with: authsync secrets set %s",
	sync.NotAsked:       "stays: it was not asked for",
	sync.Unsayable:      "stays: a manifest cannot say what live has",
	sync.Unjudged:       "stays",
}

func (x *export) reason(l sync.Left) string {
	text := reasons[l.Why]
	switch l.Why {
	case sync.HiddenLive:
		k := schema.KindNamed(l.Key.Kind)
		text = fmt.Sprintf(text, spell.Word(append(k.Path(l.Key.Name), l.Path...).String())+" --in "+spell.Word(x.site.Env.File))
	case sync.MovedInGit, sync.NewInGit, sync.RemovedFromGit, sync.NeverInGit, sync.NotLive:
		text = fmt.Sprintf(text, "--target "+spell.Word(sync.Asked{Key: l.Key, Field: l.Path}.String()))
	}
	if l.Fault != "" {
		text += ": " + l.Fault
	}
	return text
}

// fileDiff is how a file would change, in unified form.
func fileDiff(file string, before, after []byte) string {
	old := file
	if before == nil {
		old = "/dev/null"
	}
	_, hunks, _ := strings.Cut(string(patch.Diff(old, before, file, after)), "\n")
	// What a line holds is spelled, so that reading it is safe; the mark before it stays.
	return list.Join(strings.Split(hunks, "\n"), "\n", func(line string) string {
		if line == "" {
			return ""
		}
		return line[:1] + spell.Source(line[1:])
	})
}

// knownSomewhere fails where no environment knows what was asked for: most likely
// it is misspelt.
func (o exportOptions) knownSomewhere(exports []*export) {
	for _, x := range exports {
		if x.err != nil || len(x.unknown) == 0 {
			continue
		}
		for _, asked := range o.asked {
			known := func(other *export) bool { return other.err == nil && other.unknown[asked.String()] == nil }
			if err := x.unknown[asked.String()]; err != nil && !slices.ContainsFunc(exports, known) {
				x.err = err
			}
		}
	}
}

// agreed asks before secrets go that may have no other copy, and before several
// files are written.
func (o exportOptions) agreed(exports []*export, s Streams) error {
	changed := 0
	for _, x := range exports {
		if x.err == nil && x.before != nil && string(x.before) != string(x.text) {
			changed++
		}
		if x.err == nil && !o.dryRun && isTerminal(s.In) {
			o.askLosing(x, s)
		}
	}
	if changed < 2 || o.approved || o.dryRun || !isTerminal(s.In) {
		return nil
	}
	for _, x := range exports {
		for _, line := range x.said {
			say.Fprintf(s.Err, "%s: %s\n", x.site.Env.File, line)
		}
		x.said = nil
	}
	return approve(s, "rewrite "+render.Count(changed, "file", "files"))
}

// askLosing asks whether objects that live has lost go, with their secrets.
func (o exportOptions) askLosing(x *export, s Streams) {
	if x.taken == nil {
		return
	}
	losing := list.Only(x.taken.Left, func(l sync.Left) bool { return l.Why == sync.HoldsSealed })
	keys := list.Join(losing, ", ", func(l sync.Left) string { return l.Key.Spelled() })
	if keys == "" || approve(s, fmt.Sprintf("take %s out of %s, which live has lost, with the secrets that are sealed there", keys, x.site.Env.File)) != nil {
		return
	}
	x.said = nil
	o.losing = true
	x.err = o.refresh(x)
}
