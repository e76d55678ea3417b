package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/hashicorp/go-multierror"

	"authsync/atomicfile"
	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/remote/service"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/spell"
	"authsync/sync"
)

type initManifest struct {
	initOptions
	env     *schema.Environment
	options exportOptions
	export  *export // nil = there are no credentials, and the text is bare
	bare    []byte
}

func (m initManifest) put(s Streams) error {
	if m.export != nil {
		return m.options.put(m.export, s)
	}
	done := say.Own("names its systems alone")
	if m.bare != nil && m.dryRun {
		return say.Raw(s.Out, fileDiff(m.env.File, nil, m.bare))
	}
	if m.bare != nil {
		if err := atomicfile.Write(m.env.File, m.bare, 0o644); err != nil {
			return err
		}
		done = "written; it names its systems alone"
	}
	say.Fprintf(s.Err, "%s: %s, since there are no credentials to read with: set TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY, and run authsync init again\n", m.env.File, done)
	return nil
}

// manifests lays out the manifest of a new environment, and completes those that are
// there and name no object yet.
func (o initOptions) manifests(ctx context.Context, there []*schema.Environment, k initKeys, s Streams) ([]initManifest, error) {
	var all []initManifest
	if o.answers.text("name") != "" {
		fresh, err := o.fresh(there, k)
		if err != nil {
			return nil, err
		}
		if fresh != nil {
			m, err := o.exported(ctx, fresh, s)
			return append(all, m), err
		}
	}
	for _, env := range there {
		if !namesNothing(env) || o.answers.text("name") != "" && env.Name != o.answers.text("name") {
			continue
		}
		m, err := o.completed(ctx, env, s)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// namesNothing reports whether a manifest names no object, as one that was made without
// credentials.
func namesNothing(env *schema.Environment) bool {
	return !slices.ContainsFunc(slices.Collect(maps.Values(env.Collections)), func(c *schema.Collection) bool { return len(c.Objects) > 0 })
}

// fresh returns the environment to make; nil = it is there.
func (o initOptions) fresh(there []*schema.Environment, k initKeys) (*schema.Environment, error) {
	name, shared := o.answers.text("name"), schema.Shared()
	id := o.answers.text("env-id")
	for _, env := range there {
		has := env.Setting(shared.Name, shared.Tenant)
		switch {
		case env.Name == name && id != "" && has != id:
			return nil, fmt.Errorf("%s: %s is there with the %s %s, not %s", env.File, name, shared.Tenant, has, id)
		case env.Name == name:
			return nil, o.sameSystems(env)
		case has == id:
			return nil, fmt.Errorf("%s: has the %s %s already, under the name %s", env.File, shared.Tenant, id, env.Name)
		}
	}
	if err := o.wellFormed(k); err != nil {
		return nil, err
	}
	file := o.in(setup.Manifests + "/" + name + ".yaml")
	if _, err := os.Lstat(file); err == nil {
		return nil, fmt.Errorf("%s: is there, and is not the environment %s", file, name)
	}
	return o.answers.environment(file, k.recipients), nil
}

// sameSystems returns an error if the answers name a system that a manifest does not
// have: what is there is not rewritten.
func (o initOptions) sameSystems(env *schema.Environment) error {
	var all *multierror.Error
	for _, s := range ownAddress() {
		if url := o.answers.text(s.Name); url != "" && env.Setting(s.Name, s.Remote) != url {
			all = multierror.Append(all, fmt.Errorf("%s: is there, and systems.%s is not at %s: put it there by hand", env.File, s.Name, url))
		}
	}
	return all.ErrorOrNil()
}

// wellFormed judges the answers by what a manifest may say.
func (o initOptions) wellFormed(k initKeys) error {
	file := o.in(setup.Manifests + "/new.yaml")
	text, err := schema.Write(o.answers.environment(file, k.recipients), nil)
	if err != nil {
		return err
	}
	return multierror.Append(nil, list.Each(check(file, text), func(f *schema.Fault) error { return fmt.Errorf("%s: %s", f.Path.Spelled(), f.Text) })...).ErrorOrNil()
}

// exported lays out a new manifest from live; without credentials one that names the
// systems alone.
func (o initOptions) exported(ctx context.Context, env *schema.Environment, s Streams) (initManifest, error) {
	m := initManifest{initOptions: o, env: env, options: exportOptions{
		selection: o.selection, to: env.Recipients, envIDs: []string{env.ID()}, dryRun: o.dryRun}}
	text, err := schema.Write(env, nil)
	if err != nil {
		return m, err
	}
	m.bare = append([]byte(setup.SchemaLine+"\n"), text...)
	reached, said := o.reached(env)
	wanted(env, reached)
	return m, m.read(ctx, said, s)
}

// completed takes everything that live has into a manifest that names nothing.
func (o initOptions) completed(ctx context.Context, env *schema.Environment, s Streams) (initManifest, error) {
	m := initManifest{initOptions: o, env: env, options: exportOptions{selection: o.selection, dryRun: o.dryRun}}
	reached, said := o.reached(env)
	for _, k := range schema.Kinds {
		if !reached(k.System) || k.Update.Seen == schema.InVault || k.Arity == schema.Groups && env.Collections[k.Name] == nil {
			continue
		}
		asked, err := sync.ParseAsked(k.Name)
		if err != nil {
			return m, err
		}
		m.options.asked = append(m.options.asked, asked)
	}
	return m, m.read(ctx, said, s)
}

// read reads the environment and lays out its manifest. That there are no credentials
// is no error.
func (m *initManifest) read(ctx context.Context, said []string, s Streams) error {
	sites, err := connect([]*schema.Environment{m.env}, m.options.selection)
	if err == nil {
		sayOfSandbox(m.progress.Messages(s.Err), sites)
		m.export = m.options.exports(ctx, sites)[0]
		m.export.said = append(said, m.export.said...)
		err = sync.At(m.env.Name, m.export.err)
	}
	if errors.Is(err, service.ErrNoCredentials) {
		m.export = nil
		return nil
	}
	return err
}

// reached says which systems can be read, and what of the others is left out: their
// token is in a variable that is not set.
func (o initOptions) reached(env *schema.Environment) (reached func(system string) bool, said []string) {
	closed := map[string]struct{}{}
	for _, s := range ownAddress() {
		for _, v := range env.Systems[s.Name] {
			secret, _ := v.(schema.Secret)
			if secret.Form() != secrets.EnvForm || o.sandbox != "" {
				continue
			}
			if value, _ := lookupEnv(secret.EnvName()); value == "" {
				closed[s.Name] = struct{}{}
				said = append(said, fmt.Sprintf("what %s has is left out, since %s is not set; once it is: authsync export %s%s",
					s.Name, secret.EnvName(), spell.Word(env.File), targetsOf(s.Name)))
			}
		}
	}
	return func(system string) bool {
		_, is := closed[system]
		return env.Has(system) && !is
	}, said
}

func targetsOf(system string) string {
	kinds := list.Only(schema.Kinds, func(k *schema.Kind) bool { return k.System == system })
	return list.Join(kinds, "", func(k *schema.Kind) string { return " --target " + k.Name })
}
