package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema"
)

const rolloutHead = "apiVersion: authsync/v1\nkind: Rollout\n"

// fleetOf writes environments with the labels of each, and a rollout beside them.
func fleetOf(t interface{ Fatal(...any) }, dir string, labels map[string]string, rollout string) {
	files := map[string]string{"rollout.yaml": rolloutHead + rollout}
	for name, all := range labels {
		files[name+".yaml"] = "apiVersion: authsync/v1\nkind: Environment\nname: " + name + "\nlabels: {" + all + "}\nsystems: {cloudbase: {envId: id-" + name + "}}\n"
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

var threeTiers = map[string]string{"dev": "tier: dev", "canary": "tier: prod, ring: canary", "prod": "tier: prod"}

// An environment belongs to the first wave that selects it.
func TestRolloutIsRead(t *testing.T) {
	dir := t.TempDir()
	fleetOf(t, dir, threeTiers, "waves:\n- {select: {tier: dev}, soak: 10m}\n- {select: {ring: canary}, maxFailures: 1}\n- {select: {}, parallel: 10, maxFailures: 2%}\n")
	loaded := schema.Load([]string{dir}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, w := range loaded.Rollout.Waves {
		got += fmt.Sprintf("%v soak %s parallel %d failures %s\n", w.Environments, w.Soak, w.Parallel, w.MaxFailures)
	}
	const want = "[dev] soak 10m parallel 0 failures 0\n[canary] soak 0s parallel 0 failures 1\n[prod] soak 0s parallel 10 failures 2%\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := loaded.Rollout.WaveOf("prod"); got != 3 {
		t.Errorf("prod is in wave %d", got)
	}
	if got := loaded.Rollout.WaveOf("nobody"); got != 0 {
		t.Errorf("nobody is in wave %d", got)
	}
	surveyed := schema.Survey([]string{dir}, 1, func(*schema.Environment) []*schema.Fault { return nil })
	if surveyed.Rollout == nil || !slices.Equal(surveyed.Rollout.Waves[0].Environments, []string{"dev"}) {
		t.Errorf("a survey finds %v", surveyed.Rollout)
	}
}

func TestWrongRollouts(t *testing.T) {
	for rollout, want := range map[string]string{
		"":                                                           "waves: is missing",
		"waves: []\n":                                                "waves: is missing",
		"waves: {select: x}\n":                                       "waves: takes a list of {select, soak, parallel, maxFailures}, not a mapping",
		"waves:\n- {select: {}, park: 3}\n":                          "waves.0.park: unknown field",
		"waves:\n- {soak: 3m}\n":                                     "waves.0.select: is missing",
		"waves:\n- {select: {}, soak: soon}\n":                       "waves.0.soak: takes a time",
		"waves:\n- {select: {}, parallel: 0}\n":                      "waves.0.parallel: 0 is out of range",
		"waves:\n- {select: {}, maxFailures: 101%}\n":                "waves.0.maxFailures: takes a number of environments, or a part of the wave such as 2%",
		"waves:\n- {select: {}, maxFailures: -1}\n":                  "waves.0.maxFailures: takes a number",
		"waves:\n- {select: {}, maxFailures: [1]}\n":                 "waves.0.maxFailures: takes a number",
		"waves:\n- {select: {tier: dev}}\n":                          "labels: prod is in no wave of",
		"waves:\n- {select: {}}\n- {select: {tier: dev}}\n":          "waves.1.select: matches nothing that no earlier wave has",
		"waves:\n- {select: {tier: none}}\n- {select: {}}\n":         `waves.0.select: matches nothing: no environment has {"tier":"none"}`,
		"waves:\n- {select: {}}\nmore: 1\n":                          "more: unknown field",
		"waves:\n- {select: {tier: dev, ring: x}}\n- {select: {}}\n": "waves.0.select: matches nothing",
	} {
		dir := t.TempDir()
		fleetOf(t, dir, threeTiers, rollout)
		err := schema.Load([]string{dir}, schema.SecretsSealed).Faults.Err()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", rollout, err, want)
		}
	}
}

// A wrong Rollout is told once, and not again by every environment that it would order;
// of many that no wave selects the rest is counted.
func TestOneMistakeOfARolloutIsOneLine(t *testing.T) {
	fleet := map[string]string{}
	for i := range 30 {
		fleet[fmt.Sprintf("e%02d", i)] = "tier: prod"
	}
	for rollout, want := range map[string]int{
		"waves:\n- {select: {tier: prod}, soak: soon}\n": 1,
		"waves: []\n":                       1,
		"waves:\n- {select: {tier: dev}}\n": 10 + 1 + 1, // with the wave that is empty
	} {
		dir := t.TempDir()
		fleetOf(t, dir, fleet, rollout)
		if faults := schema.Load([]string{dir}, schema.SecretsSealed).Faults.Wrong(); len(faults) != want {
			t.Errorf("%s: got %d lines, want %d: %v", rollout, len(faults), want, faults)
		}
	}
}

func TestOneRolloutOrdersARun(t *testing.T) {
	dir := t.TempDir()
	fleetOf(t, dir, threeTiers, "waves:\n- {select: {}}\n")
	if err := os.WriteFile(filepath.Join(dir, "second.yaml"), []byte(rolloutHead+"waves:\n- {select: {}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := schema.Load([]string{dir}, schema.SecretsSealed).Faults.Err(); err == nil || !strings.Contains(err.Error(), "is a second Rollout beside") {
		t.Errorf("got %v", err)
	}
	// A manifest that is named alone has no order.
	if loaded := schema.Load([]string{filepath.Join(dir, "dev.yaml")}, schema.SecretsSealed); loaded.Rollout != nil || loaded.Faults.Err() != nil {
		t.Errorf("got %v, %v", loaded.Rollout, loaded.Faults.Err())
	}
}

// Whatever the labels, each environment is in one wave, the first that selects it, or
// is told to be in none; and no wave without environments goes untold.
func TestEveryEnvironmentHasOneWave(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		labels := rapid.SampledFrom([]string{"", "a: x", "a: y", "a: x, b: z"})
		environments := map[string]string{}
		for i := range rapid.IntRange(1, 6).Draw(t, "environments") {
			environments[fmt.Sprintf("env%d", i)] = labels.Draw(t, "labels")
		}
		rollout := "waves:\n"
		for range rapid.IntRange(1, 4).Draw(t, "waves") {
			rollout += "- {select: {" + labels.Draw(t, "select") + "}}\n"
		}
		fleetOf(t, dir, environments, rollout)
		loaded := schema.Load([]string{dir}, schema.SecretsSealed)
		told := fmt.Sprint(loaded.Faults.Err())
		count := map[string]int{}
		for i, w := range loaded.Rollout.Waves {
			if empty := strings.Contains(told, fmt.Sprintf("waves.%d.select: matches nothing", i)); empty != (len(w.Environments) == 0) {
				t.Fatalf("wave %d has %v: %s", i, w.Environments, told)
			}
			for _, name := range w.Environments {
				count[name]++
			}
		}
		for name := range environments {
			if none := strings.Contains(told, name+" is in no wave"); none != (count[name] == 0) || count[name] > 1 {
				t.Fatalf("%s is in %d waves: %s", name, count[name], told)
			}
		}
	})
}

func TestRolloutsFitTheirSchema(t *testing.T) {
	text, err := schema.RolloutSchema()
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := validatorOf(text)
	if err != nil {
		t.Fatal(err)
	}
	for rollout, right := range map[string]bool{
		"waves: [{select: {tier: dev}, soak: 10m, parallel: 3, maxFailures: 2%}, {select: {}, maxFailures: 3}]": true,
		"waves: [{soak: 10m}]":                     false,
		"waves: [{select: {}, maxFailures: 101%}]": false,
		"waves: [{select: {}, maxFailures: -1}]":   false,
		"waves: [{select: {}, maxfailures: 1}]":    false,
		"waves: [{select: {}, parallel: 0}]":       false,
		"wave: []":                                 false,
	} {
		var v interface{}
		if err := yaml.Unmarshal([]byte(rolloutHead+rollout), &v); err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(v); (err == nil) != right {
			t.Errorf("%s: %v", rollout, err)
		}
	}
}
