// Package fleet holds the examples for Kubernetes against its own types. It is here, and
// not beside them, so that authsync itself needs no module of Kubernetes.
package fleet

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// read decodes a manifest. A field that Kubernetes does not have is an error.
func read[T any](t *testing.T, file string) (out T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../examples/fleet/kubernetes", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, &out); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return out
}

// indexed fails unless each shard has a pod of its own, is tried again where that may
// help, and does not keep the others.
func indexed(t *testing.T, file string, spec batch.JobSpec, final ...int32) {
	t.Helper()
	pod := spec.Template.Spec
	container := pod.Containers[0]
	switch {
	case spec.CompletionMode == nil || *spec.CompletionMode != batch.IndexedCompletion:
		t.Errorf("%s: no Indexed Job", file)
	case spec.BackoffLimitPerIndex == nil || spec.BackoffLimit != nil || spec.MaxFailedIndexes != nil:
		t.Errorf("%s: a shard that fails keeps the others", file)
	case pod.RestartPolicy != core.RestartPolicyNever:
		t.Errorf("%s: a pod failure policy takes restartPolicy Never", file)
	}
	at := slices.IndexFunc(container.Env, func(e core.EnvVar) bool { return e.Name == "AUTHSYNC_SHARDS" })
	if at < 0 || container.Env[at].Value != strconv.Itoa(int(*spec.Completions)) || *spec.Parallelism > *spec.Completions {
		t.Errorf("%s: AUTHSYNC_SHARDS is not the number of completions", file)
	}
	rules := spec.PodFailurePolicy.Rules
	failing := rules[0]
	if failing.Action != batch.PodFailurePolicyActionFailIndex || failing.OnExitCodes.Operator != batch.PodFailurePolicyOnExitCodesOpIn ||
		*failing.OnExitCodes.ContainerName != container.Name || !slices.Equal(failing.OnExitCodes.Values, final) {
		t.Errorf("%s: the first rule is %+v", file, failing)
	}
	if rules[1].Action != batch.PodFailurePolicyActionIgnore || rules[1].OnPodConditions[0].Type != core.DisruptionTarget {
		t.Errorf("%s: a node that goes away is a failure", file)
	}
}

// confined fails unless a pod has no more rights than it needs.
func confined(t *testing.T, file string, pod core.PodSpec) {
	t.Helper()
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
		t.Errorf("%s: the pod has the token of the cluster", file)
	}
	for _, c := range pod.Containers {
		s := c.SecurityContext
		if s == nil || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !*s.RunAsNonRoot || !slices.Equal(s.Capabilities.Drop, []core.Capability{"ALL"}) {
			t.Errorf("%s: %s is not confined", file, c.Name)
		}
		for _, m := range c.VolumeMounts {
			if !slices.ContainsFunc(pod.Volumes, func(v core.Volume) bool { return v.Name == m.Name }) {
				t.Errorf("%s: there is no volume %s", file, m.Name)
			}
		}
	}
}

func TestManifestsAreKubernetes(t *testing.T) {
	files, err := filepath.Glob("../../examples/fleet/kubernetes/*.yaml")
	if err != nil || len(files) != 3 {
		t.Fatalf("the manifests are %q, %v", files, err)
	}
	apply := read[batch.Job](t, "apply.yaml")
	indexed(t, "apply.yaml", apply.Spec, 3)
	confined(t, "apply.yaml", apply.Spec.Template.Spec)
	report := read[batch.Job](t, "report.yaml")
	confined(t, "report.yaml", report.Spec.Template.Spec)
	drift := read[batch.CronJob](t, "drift.yaml")
	if drift.Spec.ConcurrencyPolicy != batch.ForbidConcurrent {
		t.Error("two looks for drift may run at once")
	}
	indexed(t, "drift.yaml", drift.Spec.JobTemplate.Spec, 2, 3)
	confined(t, "drift.yaml", drift.Spec.JobTemplate.Spec.Template.Spec)
	for file, kind := range map[string]string{apply.APIVersion + " " + apply.Kind: "batch/v1 Job", report.APIVersion + " " + report.Kind: "batch/v1 Job", drift.APIVersion + " " + drift.Kind: "batch/v1 CronJob"} {
		if file != kind {
			t.Errorf("%s is taken for %s", file, kind)
		}
	}
}
