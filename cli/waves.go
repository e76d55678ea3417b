package cli

import (
	"fmt"
	"strings"

	"authsync/cli/render"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// inWave returns the environments of a wave; 0 = all.
func inWave(outlines []*schema.Outline, wave int) ([]*schema.Outline, error) {
	if wave == 0 || len(outlines) == 0 {
		return outlines, nil
	}
	rollout := outlines[0].Rollout
	switch {
	case rollout == nil:
		return nil, fmt.Errorf("--wave %d: there is no Rollout", wave)
	case wave > len(rollout.Waves):
		return nil, fmt.Errorf("--wave %d: %s has %s", wave, rollout.File, render.Count(len(rollout.Waves), "wave", "waves"))
	}
	return list.Only(outlines, func(o *schema.Outline) bool { return rollout.WaveOf(o.Name) == wave }), nil
}

// waveNamed refuses to apply several waves of one shard.
func (o applyOptions) waveNamed(rollout *schema.Rollout) error {
	if rollout == nil || len(rollout.Waves) < 2 || o.wave > 0 || o.options.Shard.IsWhole() {
		return nil
	}
	return fmt.Errorf("%s orders this apply, and a shard does not know when a wave has ended in the others; name the wave with --wave N", rollout.File)
}

// refusalOf says why the plan of one environment must not be applied; nil = it may.
func refusalOf(env *sync.EnvironmentPlan) error {
	texts := append(list.Each(env.Refusals, func(r sync.Refusal) string { return r.Subject() + ": " + r.Text }), list.Each(env.Shut(), func(g sync.Gate) string {
		return fmt.Sprintf("%s; allow it with --allow %s", render.Gate(g, render.Palette{}), g.Allow)
	})...)
	if len(texts) == 0 {
		return nil
	}
	return fmt.Errorf("refused: %s", strings.Join(texts, "; "))
}
