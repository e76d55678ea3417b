package cli

import (
	"context"
	"errors"
	stdsync "sync"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/remote/idp"
	"authsync/schema"
	"authsync/sync"
)

// asking is what --online asks identity providers.
type asking struct {
	secrets idp.SecretUse
	streams Streams
}

func readAsking(c *cli.Context, s Streams) (asking, error) {
	a := asking{secrets: idp.LeaveSecrets, streams: s}
	if c.Bool("try-secrets") {
		if !c.Bool("online") {
			return a, errors.New("--try-secrets belongs to --online")
		}
		a.secrets = idp.TrySecrets
	}
	return a, nil
}

// providers asks the identity providers that manifests name, adds what is wrong to the
// faults, and says what is right.
func (a asking) providers(ctx context.Context, o selection, sites []*sync.Site, loaded *schema.Loaded) error {
	client, err := idp.New(idp.Config{
		Hosts: o.hosts, Sandbox: o.sandbox, Timeout: o.timeout, Concurrency: o.concurrency, UserAgent: "authsync/" + Version,
		Secrets: a.secrets,
	})
	if err != nil {
		return err
	}
	reports := make([]idp.Report, len(sites))
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() { reports[i] = client.Check(ctx, site) })
	}
	wait.Wait()
	var all *multierror.Error
	for i, report := range reports {
		loaded.Faults.Add(report.Faults...)
		for _, told := range report.Told {
			say.Fprintf(o.progress.Messages(a.streams.Err), "%s\n", told)
		}
		all = multierror.Append(all, sync.At(sites[i].Env.Name, report.Errs...))
	}
	return all.ErrorOrNil()
}
