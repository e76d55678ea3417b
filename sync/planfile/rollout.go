package planfile

import (
	"authsync/schema"
)

// jsonRollout is the order of an apply.
type jsonRollout struct {
	File   string     `json:"file" doc:"The Rollout, as its path was given."`
	SHA256 string     `json:"sha256" doc:"The digest of its text."`
	Waves  []jsonWave `json:"waves" doc:"The waves, in order."`
}

type jsonWave struct {
	Environments []string          `json:"environments" doc:"The environments of the plan that are in the wave, by name."`
	Select       map[string]string `json:"select" doc:"The labels that select them."`
	Soak         schema.Seconds    `json:"soak,omitempty" doc:"How long the next wave waits after this one, in seconds. Missing where it does not."`
	Parallel     int               `json:"parallel,omitempty" doc:"How many environments at most are under way at once. Missing where the run decides."`
	MaxFailures  string            `json:"maxFailures" doc:"How many environments may fail, as a number or in percent of the wave."`
}

func rolloutJSON(r *schema.Rollout) *jsonRollout {
	if r == nil {
		return nil
	}
	out := &jsonRollout{r.File, r.SHA256, []jsonWave{}}
	for _, w := range r.Waves {
		wave := jsonWave{append([]string{}, w.Environments...), map[string]string{}, w.Soak, w.Parallel, w.MaxFailures.String()}
		for name := range w.Select {
			wave.Select[name] = w.Select.Text(name)
		}
		out.Waves = append(out.Waves, wave)
	}
	return out
}

// rollout reads the order of an apply; nil = there is none.
func (t *teller) rollout(r *jsonRollout) *schema.Rollout {
	if r == nil {
		return nil
	}
	out := &schema.Rollout{File: r.File, SHA256: r.SHA256}
	for _, w := range r.Waves {
		wave := &schema.Wave{Environments: w.Environments, Select: schema.Object{}, Soak: w.Soak, Parallel: w.Parallel}
		var err error
		if wave.MaxFailures, err = schema.ParseTolerance(w.MaxFailures); err != nil {
			t.fail("%w", err)
		}
		for name, value := range w.Select {
			wave.Select[name] = schema.Text(value)
		}
		out.Waves = append(out.Waves, wave)
	}
	return out
}
