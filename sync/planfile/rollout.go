package planfile

import (
	"authsync/schema"
)

// jsonRollout is the order of an apply.
type jsonRollout struct {
	File   string     `json:"file"`
	SHA256 string     `json:"sha256"`
	Waves  []jsonWave `json:"waves"`
}

type jsonWave struct {
	Environments []string          `json:"environments"`
	Select       map[string]string `json:"select"`
	Soak         schema.Seconds    `json:"soak,omitempty"`
	Parallel     int               `json:"parallel,omitempty"`
	MaxFailures  string            `json:"maxFailures"`
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
