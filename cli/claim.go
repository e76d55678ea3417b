package cli

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/sync"
)

func stateDirFlag() cli.Flag {
	return &cli.StringFlag{Name: "state-dir", EnvVars: []string{"AUTHSYNC_STATE_DIR"},
		Usage: "keep journals in `DIR`, instead of in .authsync beside each manifest"}
}

// claim keeps other applies of the environments on this machine out until it is
// released. Nothing must be read for an apply before that.
func claim(envs []*schema.Environment, stateDir string) (release func(), err error) {
	var claims []*sync.Claim
	release = func() {
		for _, c := range claims {
			c.Release()
		}
	}
	for _, env := range envs {
		c, err := sync.StateOf(env, stateDir).Claim()
		var taken *sync.ClaimedError
		switch {
		case errors.As(err, &taken):
			release()
			return nil, &exit{CodeRefused, err}
		case err != nil:
			release()
			return nil, fmt.Errorf("%s: cannot be claimed for this apply: %w", env.Name, err)
		}
		claims = append(claims, c)
	}
	return release, nil
}
