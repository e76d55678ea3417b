package cli

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/say"
	"authsync/remote/sandbox"
	"authsync/schema"
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
			"and POST /_sandbox/faults.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:7070", Usage: "`ADDRESS` to listen at; port 0 is any free one"},
			&cli.StringFlag{Name: "seed", Usage: "`DIR` of manifests that describe the live state; without one every environment exists, empty"},
			&cli.DurationFlag{Name: "latency", Usage: "answer after `TIME`"},
			&cli.IntFlag{Name: "rate", Usage: "refuse more than `N` requests per second of one action; 0 is no limit"},
			providerConfigFlag(),
			&cli.BoolFlag{Name: "hide-secrets", Usage: "show *** for secrets"},
			&cli.BoolFlag{Name: "devices-write-only", Usage: "the device platform has its documented call and no other"},
			quirkFlag(),
			&cli.BoolFlag{Name: "devices-captcha", Usage: "the device platform's login wants a captcha"},
		},
		Action: func(c *cli.Context) error {
			o := sandboxOptions{
				listen: c.String("listen"), seed: c.String("seed"),
				server: sandbox.Options{
					Latency: c.Duration("latency"), Rate: c.Int("rate"), HideSecrets: c.Bool("hide-secrets"),
					ProviderConfig:   sandbox.ConfigManner(c.String("provider-config")),
					DevicesWriteOnly: c.Bool("devices-write-only"), DevicesCaptcha: c.Bool("devices-captcha"),
				},
			}
			var err error
			if o.server.Quirks, err = readQuirks(c.StringSlice("quirk")); err != nil {
				return err
			}
			return runSandbox(c.Context, o, s)
		},
	}
}

func quirkFlag() cli.Flag {
	var choices []line.Choice
	for _, q := range sandbox.Quirks {
		for _, value := range q.Values {
			choices = append(choices, line.Choice{Word: q.Name + "=" + value})
		}
	}
	return line.AnyOf{Choices: choices, StringSliceFlag: &cli.StringSliceFlag{Name: "quirk",
		Usage: "play a manner that some services of the family have, as `NAME=VALUE`: " + line.Spell(choices, "or") + "; may be repeated"}}
}

func readQuirks(texts []string) (map[string]string, error) {
	quirks := map[string]string{}
	for _, text := range texts {
		name, value, err := sandbox.ParseQuirk(text)
		if err != nil {
			return nil, fmt.Errorf("--quirk %w", err)
		}
		quirks[name] = value
	}
	return quirks, nil
}

func providerConfigFlag() cli.Flag {
	choices := []line.Choice{{Word: string(sandbox.MergeConfig)}, {Word: string(sandbox.ReplaceConfig)}}
	return line.OneOf{Choices: choices, StringFlag: &cli.StringFlag{Name: "provider-config", Value: string(sandbox.ReplaceConfig),
		Usage: "what ModifyProvider does with Config, as `MANNER`: " + line.Spell(choices, "or")}}
}

func runSandbox(ctx context.Context, o sandboxOptions, s Streams) error {
	server, err := seeded(o)
	if err != nil {
		return err
	}
	listening, err := sandbox.Start(o.listen, server)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
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
	if err := loaded.Faults.Err(); err != nil {
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
