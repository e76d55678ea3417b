package schema

import (
	"fmt"
	"slices"
	"sort"
	"strconv"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// Rollout orders an apply: environments in waves, each of which begins when the one
// before has ended as wanted. It is a file beside manifests.
type Rollout struct {
	File   string
	SHA256 string
	Waves  []*Wave
}

// Wave is a part of the environments of a run.
type Wave struct {
	// Select are the labels of its environments, as far as no earlier wave has them.
	Select Object
	// Soak is how long the next wave waits after this one.
	Soak Seconds
	// Parallel is how many environments are under way at once; 0 = as many as the run
	// allows.
	Parallel int
	// MaxFailures is how many environments may fail; more stop the rollout.
	MaxFailures Tolerance
	// Environments are those of the run, by name.
	Environments []string

	pos Position
}

// Tolerance is a number of environments, or a part of those of a wave.
type Tolerance struct {
	Number  int
	Percent bool
}

// Of returns how many environments it is, of those of a wave.
func (t Tolerance) Of(environments int) int {
	if t.Percent {
		return t.Number * environments / 100
	}
	return t.Number
}

// String is the form in a file.
func (t Tolerance) String() string {
	if t.Percent {
		return strconv.Itoa(t.Number) + "%"
	}
	return strconv.Itoa(t.Number)
}

const (
	rolloutWaves = "waves"
	maxFailures  = "maxFailures"
)

// The fields of a rollout.
var (
	rolloutFields = []Field{
		{Name: "apiVersion", Type: OneOf{APIVersion}, Need: Required, Doc: "Version of the format."},
		{Name: "kind", Type: OneOf{RolloutFile}, Need: Required, Doc: "A Rollout."},
		{Name: rolloutWaves, Type: ListOf{Struct{Naming: AsIs, Fields: waveFields}}, Need: Required, Doc: "The waves, in order. An environment belongs to the first that selects it."},
	}
	waveFields = []Field{
		{Name: "select", Type: labelType, Need: Required, Doc: "Labels of the environments; {} selects all that no earlier wave has."},
		{Name: "soak", Type: Span{Min: 0, Max: 7 * day}, Doc: "How long to wait after the wave. Then its environments must not have drifted, or the next wave does not begin."},
		{Name: "parallel", Type: Integer{Min: 1, Max: 10_000}, Doc: "How many environments at most are under way at once; as many as the run allows if left out."},
		{Name: maxFailures, Type: Any{}, Doc: "How many environments may fail, as a number or in percent of the wave: 3, 2%. 0 if left out. One that was refused or partly applied always stops the rollout."},
	}
)

// percentForm is a part of a wave.
var percentForm = pattern.Of(`^(100|[0-9]{1,2})%$`)

func readRollout(r *reader, f *file) *Rollout {
	out := &Rollout{File: f.path, SHA256: f.digest}
	known := Struct{Naming: AsIs, Fields: rolloutFields}
	for _, field := range f.node.Fields {
		at := Path{field.Name}
		switch {
		case field.Name == rolloutWaves && field.Value.Form != ListForm:
			r.fault(field.Value, at, "takes a list of {select, soak, parallel, maxFailures}, not %s", field.Value.Form)
		case field.Name == rolloutWaves:
			for i, item := range field.Value.Items {
				if wave := readWave(r, item, at.Then(strconv.Itoa(i))); wave != nil {
					out.Waves = append(out.Waves, wave)
				}
			}
		case known.Field(field.Name) == nil:
			r.faults.add(field.Pos, at, "%s", unknownName("field", field.Name, fieldNames(rolloutFields)))
		}
	}
	if waves := f.node.Field(rolloutWaves); waves == nil || waves.Form == ListForm && len(waves.Items) == 0 {
		r.fault(f.node, Path{rolloutWaves}, "is missing")
	}
	return out
}

// readWave reads a wave; nil = it is wrong.
func readWave(r *reader, n *Node, at Path) *Wave {
	said := strictly(r, waveFields, n, at)
	if said == nil {
		return nil
	}
	w := &Wave{pos: n.Pos}
	w.Select, _ = said["select"].(Object)
	w.Soak, _ = said["soak"].(Seconds)
	if parallel, ok := said["parallel"].(Number); ok {
		w.Parallel, _ = strconv.Atoi(string(parallel))
	}
	if stated := n.Field(maxFailures); stated != nil {
		var err error
		if w.MaxFailures, err = ParseTolerance(stated.Text); err != nil || stated.Form != ScalarForm {
			r.fault(stated, at.Then(maxFailures), "takes a number of environments, or a part of the wave such as 2%%, not %s", seen(stated))
			return nil
		}
	}
	return w
}

// ParseTolerance reads a tolerance as a file has it.
func ParseTolerance(text string) (Tolerance, error) {
	number, percent := text, percentForm.MatchString(text)
	if percent {
		number = text[:len(text)-1]
	}
	n, err := strconv.Atoi(number)
	if err == nil && n < 0 {
		err = fmt.Errorf("%d is below zero", n)
	}
	return Tolerance{n, percent}, err
}

// staged is an environment as a rollout sees it.
type staged struct {
	name, file string
	labels     Object
}

// mostWaveless is how many environments without a wave are told one by one.
const mostWaveless = 10

// waveless tells the environments that no wave selects, each in its manifest; of many the
// rest is counted.
func (l *loader) waveless(rollout *file, all []staged) {
	for _, e := range all[:min(mostWaveless, len(all))] {
		l.out.Faults.add(Position{File: e.file, Line: 1, Column: 1}, Path{labels}, "%s is in no wave of %s", e.name, rollout.path)
	}
	if more := len(all) - mostWaveless; more > 0 {
		l.out.Faults.add(rollout.node.Field(rolloutWaves).Pos, Path{rolloutWaves}, "%s more environments are in no wave", thousands(more))
	}
}

// rollout gives each environment of the run its wave. A wave without environments, an
// environment without a wave, and a second rollout are faults: whoever reads the order
// would be wrong about it.
func (l *loader) rollout(all []staged) *Rollout {
	var files []*file
	for _, f := range l.files {
		if f.rollout != nil && f.named {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil
	}
	sort.Slice(files, func(i, j int) bool { return files[i].path < files[j].path })
	for _, f := range files[1:] {
		l.out.Faults.add(f.node.Field("kind").Pos, Path{"kind"}, "is a second Rollout beside %s; one of them orders a run", files[0].path)
	}
	r := files[0].rollout
	if len(files[0].faults.list) > 0 {
		return r // which environments it orders is known once it is right
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	matched := map[*Wave]bool{}
	var none []staged
	for _, e := range all {
		at := slices.IndexFunc(r.Waves, func(w *Wave) bool { return selects(w.Select, e.labels) })
		if at < 0 {
			none = append(none, e)
			continue
		}
		r.Waves[at].Environments = append(r.Waves[at].Environments, e.name)
		for _, w := range r.Waves[at:] {
			matched[w] = matched[w] || selects(w.Select, e.labels)
		}
	}
	l.waveless(files[0], none)
	for i, w := range r.Waves {
		text := "matches nothing: no environment has " + Show(w.Select)
		if matched[w] {
			text = "matches nothing that no earlier wave has"
		}
		if len(w.Environments) == 0 {
			l.out.Faults.add(w.pos, Path{rolloutWaves, strconv.Itoa(i), "select"}, "%s", text)
		}
	}
	return r
}

// Of returns the rollout with some of its environments. The number of its waves stays.
func (r *Rollout) Of(environments []string) *Rollout {
	if r == nil {
		return nil
	}
	some := &Rollout{File: r.File, SHA256: r.SHA256}
	for _, w := range r.Waves {
		wave := *w
		wave.Environments = list.Only(w.Environments, func(name string) bool { return slices.Contains(environments, name) })
		some.Waves = append(some.Waves, &wave)
	}
	return some
}

// WaveOf returns the number of an environment's wave, from 1; 0 = it has none.
func (r *Rollout) WaveOf(environment string) int {
	return 1 + slices.IndexFunc(r.Waves, func(w *Wave) bool { return slices.Contains(w.Environments, environment) })
}
