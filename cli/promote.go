package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/disk"
	"authsync/git"
	"authsync/pair"
	"authsync/schema"
	"authsync/schema/explain"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

type promoteOptions struct {
	selection
	from, to        string
	revision        string // of git, at which from is read; "" = as it is now
	asked, excluded []sync.AskedText
	lacking         pair.Lacking
	looks           pair.Source // at the target's live, or at git alone
	dryRun          bool
	allow           []string
}

func promoteCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "promote",
		Usage:     "make the manifest of one environment say what another one's says",
		UsageText: "authsync promote FROM TO [PATH...] [flags]\n\nexample: authsync promote staging prod envs --target provider/github --dry-run",
		ArgsUsage: "ENV ENV [PATH...]",
		Description: "The manifest of TO is edited in place, and no byte changes but those of the values that differ. Addresses,\n" +
			"ids and secrets, and what own: in a manifest names, belong to each environment and stay. A new object\n" +
			"has " + "!todo" + " in their place: no manifest with one is valid, and what is to be set is listed. Where a value is\n" +
			"that of a Base of TO, the line of TO goes. A Base is never written.\n\n" +
			"What FROM lacks stays and is told, but for what --target names or with --prune. A value that names what\n" +
			"only FROM has, localhost, or an address in clear text takes --allow destination. It exits with 3 where it\n" +
			"refuses, and then nothing was written. Nothing is applied; see authsync plan.",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "target", Usage: "only what `KEY` names: login, provider/github, provider/github.config.scope, or a whole kind; may be repeated"},
			&cli.StringSliceFlag{Name: "exclude", Usage: "leave out what `KEY` names; may be repeated"},
			&cli.BoolFlag{Name: "prune", Usage: "take out of TO what FROM lacks"},
			&cli.StringFlag{Name: "from", Usage: "promote what FROM was at the git revision `REF`, such as a release"},
			&cli.BoolFlag{Name: "live", Usage: "refuse if what is live in TO has moved since the last apply"},
			&cli.BoolFlag{Name: "dry-run", Usage: "show how the file would change, and write nothing"},
			allowFlag(), lockFromFlag(),
		}, connectionFlags()),
		Action: doing(s, readPromote, runPromote),
	}
}

func readPromote(c *cli.Context) (o promoteOptions, err error) {
	if o.allow, err = readAllow(c); err != nil {
		return o, err
	}
	if c.Args().Len() < 2 {
		return o, errors.New("promote takes two environments, such as: authsync promote staging prod")
	}
	o.from, o.to, o.revision, o.dryRun = c.Args().Get(0), c.Args().Get(1), c.String("from"), c.Bool("dry-run")
	o.looks = pair.ByGit
	if c.Bool("live") {
		o.looks = pair.ByLive
	}
	if c.Bool("prune") {
		o.lacking = pair.Goes
	}
	if o.from == o.to && o.revision == "" {
		return o, fmt.Errorf("promote takes two environments, not %s twice; --from REF promotes what it was at a git revision", o.from)
	}
	if o.asked, err = readEach(c, "target", sync.ParseAsked); err != nil {
		return o, err
	}
	if o.excluded, err = readEach(c, "exclude", sync.ParseAsked); err != nil {
		return o, err
	}
	o.selection, err = readConnection(c, c.Args().Slice()[2:])
	return o, err
}

// fieldThere returns an error if no object of its kind can have the field that was asked
// for: with a misspelt one nothing would be done, and nothing said.
func fieldThere(asked sync.Asked) error {
	if len(asked.Field) == 0 {
		return nil
	}
	_, err := explain.At(asked.String())
	return err
}

// promotion is what is promoted, before it is in its place.
type promotion struct {
	from, to     *schema.Environment
	promoted     *pair.Promotion
	before, text []byte
}

func runPromote(ctx context.Context, o promoteOptions, s Streams) error {
	p, err := o.layOut()
	if err != nil {
		return err
	}
	messages := o.progress.Messages(s.Err)
	for _, line := range p.lines() {
		say.Fprintf(messages, "%s: %s\n", p.to.File, line)
	}
	refused, err := o.refusals(ctx, p, s)
	if err != nil {
		return err
	}
	if o.dryRun {
		err = say.Raw(s.Out, fileDiff(p.to.File, p.before, p.text))
	}
	switch {
	case err != nil:
		return err
	case refused != nil:
		return &exit{CodeRefused, refused}
	case o.dryRun:
		p.sayUnset(s.Err)
		return nil
	case bytes.Equal(p.before, p.text):
		say.Fprintf(messages, "%s: stays as it is\n", p.to.File)
	default:
		if err := unmoved(p.to.File, p.before); err != nil {
			return err
		}
		if err := atomicfile.Write(p.to.File, p.text, 0o644); err != nil {
			return err
		}
		say.Fprintf(messages, "%s: written; see what it does: authsync plan %s\n", p.to.File, say.Own(spell.Word(p.to.File)))
	}
	p.sayUnset(s.Out)
	return nil
}

// layOut reads the two manifests and makes the target's new text.
func (o promoteOptions) layOut() (*promotion, error) {
	loaded, err := loadRight(o.paths)
	if err != nil {
		return nil, err
	}
	p := new(promotion)
	if p.to, err = environmentNamed(loaded.Environments, o.to); err != nil {
		return nil, err
	}
	if p.from, err = o.source(loaded.Environments); err != nil {
		return nil, err
	}
	if err := allowedElsewhere(schema.OutlinesOf([]*schema.Environment{p.to}), o.allow); err != nil {
		return nil, err
	}
	wish, err := o.wish(p)
	if err != nil {
		return nil, err
	}
	if p.before, err = disk.ReadBeside(p.to.File); err != nil {
		return nil, err
	}
	bases := schema.LoadBases(p.to.File, roots()...)
	p.promoted = pair.Promote(p.from, p.to, bases, wish)
	p.text, err = p.promoted.Rewrite(p.from, p.to, bases, wish, p.before, p.load)
	if unsayable, is := errors.AsType[*sync.UnsayableError](err); is {
		all := list.Each(unsayable.Faults, func(f *schema.Fault) error {
			return fmt.Errorf("%s: %s would not be right: %s", p.to.File, f.Path.Spelled(), f.Text)
		})
		return nil, multierror.Append(nil, append(all, errors.New("nothing was written"))...)
	}
	return p, err
}

// source is the environment that is promoted, as it is or as it was.
func (o promoteOptions) source(now []*schema.Environment) (*schema.Environment, error) {
	if o.revision == "" {
		return environmentNamed(now, o.from)
	}
	revision := git.At(o.revision, "--from "+o.revision)
	files, err := revision.Manifests(o.paths)
	if err != nil {
		return nil, err
	}
	then := schema.LoadAt(files, disk.Elsewhere(revision.Read), schema.SecretsSealed)
	if err := then.Faults.Mistakes().Err(); err != nil {
		return nil, revision.Fault("%w", err)
	}
	env, err := environmentNamed(then.Environments, o.from)
	if err != nil {
		return nil, revision.Fault("%w", err)
	}
	return env, nil
}

// wish is what was asked for by name, of what either environment names.
func (o promoteOptions) wish(p *promotion) (pair.Wish, error) {
	w := pair.Wish{Lacking: o.lacking}
	knows := func(key schema.Key) bool {
		return targetsExist(schema.OutlinesOf([]*schema.Environment{p.from, p.to}), sync.Options{Targets: []schema.Key{key}}) == nil
	}
	for _, named := range []struct {
		flag  string
		texts []sync.AskedText
		into  *[]sync.Asked
	}{{"target", o.asked, &w.Asked}, {"exclude", o.excluded, &w.Excluded}} {
		for _, text := range named.texts {
			asked, known := text.Among(knows)
			if !known {
				return w, fmt.Errorf("--%s %s: neither %s nor %s names it", named.flag, text, o.from, o.to)
			}
			if err := fieldThere(asked); err != nil {
				return w, fmt.Errorf("--%s %s: %w", named.flag, text, err)
			}
			*named.into = append(*named.into, asked)
		}
	}
	return w, nil
}

// load reads a text as the target's manifest.
func (p *promotion) load(text []byte) (*schema.Environment, []*schema.Fault, error) {
	loaded := p.loaded(text)
	if faults := loaded.Faults.Mistakes().Wrong(); len(faults) > 0 {
		return nil, faults, nil
	}
	return loaded.Environments[0], nil, nil
}

func (p *promotion) loaded(text []byte) *schema.Loaded {
	return schema.LoadText(p.to.File, text, schema.SecretsSealed, roots()...)
}

// sayUnset lists what is to be set, each where it stands.
func (p *promotion) sayUnset(w io.Writer) {
	unset := p.loaded(p.text).Faults.Unset()
	if len(unset) > 0 {
		say.Fprintf(w, "%s to be set before the manifest is valid:\n", render.Count(len(unset), "value is", "values are"))
	}
	for _, f := range unset {
		say.Fprintf(w, "  %s\n", f)
	}
}
