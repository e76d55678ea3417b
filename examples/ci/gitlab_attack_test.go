package ci

import (
	"strings"
	"testing"
)

// labStory is a merge request that was planned, and merged.
func labStory(t *testing.T) (g gitLab, head, merge string) {
	t.Helper()
	w := newWorld(t)
	w.host.release(t, w, "0.1.0")
	head, merge = w.mergedChange()
	plan := w.planOf(merge, "")
	w.host.get[project+"/jobs/70/artifacts/plan.json"] = []byte(plan)
	w.show(plan)
	return gitLab{w}, head, merge
}

// Whoever can push a branch can have a pipeline of his own run for the same
// commit. What it leaves is never applied.
func TestGitLabTakesNoOtherPipeline(t *testing.T) {
	g, head, merge := labStory(t)
	result := func(parents ...string) func(m *mergeRequest) {
		return func(m *mergeRequest) {
			m.pipeline["ref"], m.pipeline["sha"] = "refs/merge-requests/5/merge", "the-result"
			g.host.get[project+"/repository/commits/the-result"] = object{"parent_ids": parents}
		}
	}
	elsewhere := g.git(g.origin, "commit-tree", "-m", "elsewhere", "main^{tree}")
	for name, attack := range map[string]struct {
		do   func(m *mergeRequest)
		says string
	}{
		"another merge request at this head": {
			func(m *mergeRequest) {
				m.others = []object{but(m.is, object{"iid": 6, "state": "closed", "target_branch": "unprotected"})}
			},
			"may be of merge request 6"},
		"it was merged into another branch": {
			func(m *mergeRequest) { m.is["target_branch"] = "unprotected" }, "no merge request was merged as"},
		"it is still open": {
			func(m *mergeRequest) { m.is["state"] = "opened" }, "no merge request was merged as"},
		"the pipeline is of an older head": {
			func(m *mergeRequest) { m.pipeline["sha"] = "older" }, "nothing was planned for"},
		"the pipeline is of another merge request": {
			func(m *mergeRequest) { m.pipeline["ref"] = "refs/merge-requests/15/head" }, "nothing was planned for"},
		"the pipeline is of after the merge": {
			func(m *mergeRequest) { m.pipeline["created_at"] = later }, "nothing was planned for"},
		"its result is of another head":   {result(merge+"^1", "another"), "is of another head, or of another branch than main"},
		"its result is of another branch": {result(elsewhere, head), "is of another head, or of another branch than main"},
		"the job ran again after the merge": {
			func(m *mergeRequest) { m.jobs[0]["started_at"] = later }, "the plan of pipeline 51 has not succeeded"},
		"what it was labelled with cannot be read": {
			func(m *mergeRequest) { m.events = nil }, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			g.t = t
			m := g.merged(merge, head)
			attack.do(m)
			m.tell()
			g.fails("apply", merge, g.variables("push", merge), 3, attack.says)
			if g.writes() != 0 {
				t.Error("it was applied")
			}
		})
	}
	g.t = t
	m := g.merged(merge, head)
	result(g.git(g.origin, "rev-parse", merge+"^1"), head)(m)
	m.tell()
	g.passes("apply", merge, g.variables("push", merge))
}

// What a plan was asked for is what the labels say that stood at the merge.
func TestGitLabHoldsThePlanToItsLabels(t *testing.T) {
	g, head, merge := labStory(t)
	widened := g.planOf(merge, "allow:weaken")
	g.host.get[project+"/jobs/70/artifacts/plan.json"] = []byte(widened)
	g.show(widened)
	for name, events := range map[string][]object{
		"nobody has set a label":      {},
		"it was set after the merge":  {onLab("add", "allow:weaken", later)},
		"it was taken off before":     {onLab("add", "allow:weaken", opened), onLab("remove", "allow:weaken", planned)},
		"the label is there no more":  {{"action": "add", "created_at": opened, "label": nil}},
		"the variable is of a person": {onLab("add", "prune", opened)},
	} {
		t.Run(name, func(t *testing.T) {
			g.t = t
			m := g.merged(merge, head)
			m.events = events
			m.tell()
			g.fails("apply", merge, g.variables("push", merge, "AUTHSYNC_LABELS=allow:weaken"), 3, "refused: the plan was asked for as")
			if g.writes() != 0 {
				t.Error("it was applied")
			}
		})
	}
}

// What is applied is the plan that the merge request shows.
func TestGitLabAppliesWhatIsShown(t *testing.T) {
	g, head, merge := labStory(t)
	g.merged(merge, head)
	shown := g.host.comments
	for says, comments := range map[string][]post{
		"the plan of job 70 is not the one that merge request 5 shows": g.showing(g.planOf(merge, "")),
		"merge request 5 shows no plan to apply":                       {{id: 1000, author: "mallory", body: shown[0].body}},
	} {
		g.host.comments = comments
		g.fails("apply", merge, g.variables("push", merge), 3, says)
	}
	if g.writes() != 0 {
		t.Error("it was applied")
	}
	g.host.comments = shown
	g.passes("apply", merge, g.variables("push", merge))
}

// Plan again: a pipeline that somebody has started by hand on the protected
// branch applies its own plan.
func TestGitLabPlanAgain(t *testing.T) {
	g, _, merge := labStory(t)
	by := g.variables("web", merge, "AUTHSYNC_LABELS=allow:weaken")
	_, out, _ := g.job("apply", merge, by)
	if !strings.Contains(out, "404") {
		t.Errorf("without its plan it says\n%s", out)
	}
	g.host.get[project+"/pipelines/60/jobs?per_page=100"] = []object{{"id": 80, "name": "plan", "status": "success", "started_at": later}}
	g.host.get[project+"/jobs/80/artifacts/plan.json"] = []byte(g.planOf(merge, ""))
	g.fails("apply", merge, by, 3, "refused: the plan was asked for as")
	g.host.get[project+"/jobs/80/artifacts/plan.json"] = []byte(g.planOf(merge, "allow:weaken"))
	g.passes("apply", merge, by)
}
