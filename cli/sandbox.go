package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/say"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/spell"
)

type sandboxOptions struct {
	listen string
	seed   string
	server sandbox.Options
}

func sandboxCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "sandbox",
		Usage:     "serve all the services in memory, to try things out and to test",
		UsageText: "authsync sandbox [--listen ADDRESS] [--seed DIR] [flags]\n\nexample: authsync sandbox --listen 127.0.0.1:7070 --seed examples/sandbox",
		Description: "The seed is a directory of manifests that describe the live state; !plain marks a secret in clear.\n" +
			"Its credentials are sandbox / sandbox and the token sandbox. See GET /_sandbox/requests and /_sandbox/state,\n" +
			"and POST /_sandbox/faults and /_sandbox/answers. Users log in at /auth/v1/signin; see docs/rehearse.md.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:7070", Usage: "`ADDRESS` to listen at; port 0 is any free one"},
			&cli.StringFlag{Name: "seed", Usage: "`DIR` of manifests that describe the live state; without one every environment exists, empty"},
			&cli.DurationFlag{Name: "latency", Usage: "answer after `TIME`"},
			&cli.IntFlag{Name: "rate", Usage: "refuse more than `N` requests per second of one action; 0 is no limit"},
			&cli.StringSliceFlag{Name: "quirk", Usage: "play what is not known of a service as `NAME=VALUE`; docs/unknowns.md names them; may be repeated"},
			&cli.StringFlag{Name: "quirks", Usage: "play what `FILE` says of the services, of kind Quirks"},
			providerConfigFlag(),
			&cli.BoolFlag{Name: "hide-secrets", Usage: shorthands["hide-secrets"].usage()},
			&cli.BoolFlag{Name: "devices-write-only", Usage: shorthands["devices-write-only"].usage()},
			&cli.BoolFlag{Name: "devices-captcha", Usage: shorthands["devices-captcha"].usage()},
		},
		Action: func(c *cli.Context) error {
			quirks, err := readQuirks(c)
			if err != nil {
				return err
			}
			if c.Int("rate") < 0 || c.Duration("latency") < 0 {
				return errors.New("--rate takes a number from 0, --latency a time from 0")
			}
			return runSandbox(c.Context, sandboxOptions{
				listen: c.String("listen"), seed: c.String("seed"),
				server: sandbox.Options{Latency: c.Duration("latency"), Rate: c.Int("rate"), Quirks: quirks},
			}, s)
		},
	}
}

// shorthand is what a flag of its own says of some quirks.
type shorthand struct {
	does string
	sets quirk.Set
}

func (h shorthand) usage() string {
	return h.does + ": " + list.Join(slices.Sorted(maps.Keys(h.sets)), " ", func(name quirk.Name) string { return fmt.Sprintf("--quirk %s=%s", name, h.sets[name]) })
}

// shorthands are older flags, by name.
var shorthands = map[string]shorthand{
	"hide-secrets":       {"show *** for secrets", quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}},
	"devices-write-only": {"the device platform has its documented call and no other", quirk.Set{quirk.DevicesAPI: quirk.DocumentedAPI}},
	"devices-captcha":    {"the device platform's login wants a captcha", quirk.Set{quirk.DevicesLogin: quirk.CaptchaLogin}},
}

func providerConfigFlag() cli.Flag {
	choices := []line.Choice{{Word: string(quirk.Merged)}, {Word: string(quirk.Replaced)}}
	return line.OneOf{Choices: choices, StringFlag: &cli.StringFlag{Name: "provider-config",
		Usage: "what ModifyProvider does with Config and EmailConfig, as `MANNER`: " + line.Spell(choices, "or")}}
}

// readQuirks is how the services are played: as a file says, then as the flags
// do, of which --quirk counts most.
func readQuirks(c *cli.Context) (quirk.Set, error) {
	played := quirk.Set{}
	if path := c.String("quirks"); path != "" {
		known, faults := schema.LoadQuirks(path)
		if err := faults.Err(); err != nil {
			return nil, err
		}
		told, err := known.Played()
		if err != nil {
			return nil, fmt.Errorf("--quirks %s: %w", path, err)
		}
		played.Add(told)
	}
	if manner := quirk.Value(c.String("provider-config")); manner != "" {
		played.Add(quirk.Set{quirk.ProviderConfig: manner, quirk.EmailConfig: manner})
	}
	for flag, short := range shorthands {
		if c.Bool(flag) {
			played.Add(short.sets)
		}
	}
	return played, addQuirks(played, c.StringSlice("quirk"))
}

// addQuirks adds what texts of the form NAME=VALUE say.
func addQuirks(to quirk.Set, texts []string) error {
	for _, text := range texts {
		name, value, both := strings.Cut(text, "=")
		if !both {
			return fmt.Errorf("--quirk takes NAME=VALUE, not %q", text)
		}
		if err := schema.CheckQuirk(name, value); err != nil {
			return fmt.Errorf("--quirk %s: %w", spell.Text(text), err)
		}
		to[quirk.Name(name)] = quirk.Value(value)
	}
	return nil
}

func runSandbox(ctx context.Context, o sandboxOptions, s Streams) error {
	server, err := seeded(o)
	if err != nil {
		return err
	}
	listening, err := sandbox.Start(o.listen, server)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", o.listen, err)
	}
	say.Fprintf(s.Out, "sandbox listening on %s\n", listening.URL)
	<-ctx.Done()
	server.Close()
	return listening.Close()
}

// seeded makes a sandbox whose live state is what the seed's manifests say.
func seeded(o sandboxOptions) (*sandbox.Server, error) {
	if o.seed == "" {
		return sandbox.New(o.server), nil
	}
	o.server.Unknown = sandbox.RefuseUnknown
	loaded := schema.Load([]string{o.seed}, schema.SecretsPlain)
	err := loaded.Faults.Err()
	if err != nil {
		return nil, err
	}
	if o.server.Quirks, err = seededQuirks(loaded.Environments, o.server.Quirks); err != nil {
		return nil, err
	}
	server := sandbox.New(o.server)
	for _, env := range loaded.Environments {
		if err := server.Seed(env); err != nil {
			return nil, fmt.Errorf("%s: %w", env.File, err)
		}
	}
	return server, nil
}

// seededQuirks are those of a sandbox that lie beside the seed, and what flags say, which
// counts more.
func seededQuirks(envs []*schema.Environment, told quirk.Set) (quirk.Set, error) {
	beside := schema.Quirks{}
	for _, env := range envs {
		for system, places := range env.Quirks {
			for name, found := range places[schema.SandboxAddress] {
				beside.Add(system, env.File, name, found)
			}
		}
	}
	played, err := beside.Played()
	if err != nil {
		return nil, err
	}
	played.Add(told)
	return played, nil
}
