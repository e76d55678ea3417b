package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"authsync/cli/render/rendertest"
	"authsync/sync"
	"authsync/sync/planfile"
)

// planValidators are a validator that is not ours over the schema of plans, as
// it is and strictly: with names and words that are in the schema, and no others.
var planValidators = stdsync.OnceValue(func() (v struct{ open, strict *jsonschema.Resolved }) {
	text, err := planfile.Schema()
	if err != nil {
		panic(err)
	}
	resolved := func(change func(*jsonschema.Schema)) *jsonschema.Resolved {
		var document jsonschema.Schema
		if err := json.Unmarshal(text, &document); err != nil {
			panic(err)
		}
		eachSchema(reflect.ValueOf(&document), change)
		resolved, err := document.Resolve(nil)
		if err != nil {
			panic(err)
		}
		return resolved
	}
	v.open = resolved(func(*jsonschema.Schema) {})
	v.strict = resolved(func(s *jsonschema.Schema) {
		if s.Properties != nil {
			s.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}}
		}
		if s.Examples != nil {
			s.Enum = s.Examples
		}
	})
	return v
})

// eachSchema changes a schema and each one in it.
func eachSchema(v reflect.Value, change func(*jsonschema.Schema)) {
	switch v.Kind() {
	case reflect.Pointer:
		if s, ok := v.Interface().(*jsonschema.Schema); ok && s != nil {
			for _, below := range reflect.ValueOf(s).Elem().Fields() {
				eachSchema(below, change)
			}
			change(s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachSchema(v.Index(i), change)
		}
	case reflect.Map:
		for _, below := range v.Seq2() {
			eachSchema(below, change)
		}
	}
}

func planObjection(text []byte) error {
	var plan any
	if err := json.Unmarshal(text, &plan); err != nil {
		return err
	}
	if err := planValidators().open.Validate(plan); err != nil {
		return err
	}
	return planValidators().strict.Validate(plan)
}

// keptPlans is the folder, beside a test's authsync, of all plans that it prints.
func keptPlans(authsync string) string { return filepath.Join(filepath.Dir(authsync), "plans") }

// keepPlans keeps every plan that a test's authsync prints, in whatever format, as
// JSON. All of them are checked at the end: a program that lives shortly does not
// compile a schema.
func keepPlans() {
	for i, f := range planFormats {
		planFormats[i].write = func(w io.Writer, plan *sync.Plan, l look) error {
			var text bytes.Buffer
			if err := planfile.WriteJSON(&text, plan, Version); err != nil {
				return err
			}
			authsync, err := os.Executable()
			if err != nil {
				return err
			}
			dir := keptPlans(authsync)
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			name := fmt.Sprintf("%x.json", sha256.Sum256(text.Bytes()))
			if err := os.WriteFile(filepath.Join(dir, name), text.Bytes(), 0o600); err != nil {
				return err
			}
			return f.write(w, plan, l)
		}
	}
}

// plansChecked runs the tests, and makes every plan that they have printed pass the
// schema.
type plansChecked struct{ tests testscript.TestingM }

func (c plansChecked) Run() int {
	os.Setenv("LC_ALL", "C") // the tests read English
	code := c.tests.Run()
	authsync, err := exec.LookPath("authsync")
	if err == nil {
		err = checkPlans(keptPlans(authsync))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

func checkPlans(dir string) error {
	plans, err := filepath.Glob(filepath.Join(dir, "*.json"))
	for _, file := range plans {
		text, readErr := os.ReadFile(file)
		objection := planObjection(text)
		if again := readAgain(text); readErr == nil && objection == nil && again != nil {
			err = errors.Join(err, again)
		}
		if readErr != nil || objection != nil {
			err = errors.Join(err, readErr, fmt.Errorf("a plan that was printed does not fit its schema: %w\n%s", objection, text))
		}
	}
	return err
}

// readAgain reads a plan from its JSON. Nothing of it may be lost: it is written as the
// same JSON.
func readAgain(text []byte) error {
	plan, err := planfile.ReadPlan(text)
	if err != nil {
		return err
	}
	var again bytes.Buffer
	if err := planfile.WriteJSON(&again, plan, Version); err != nil {
		return err
	}
	if diff := cmp.Diff(string(text), again.String()); diff != "" {
		return fmt.Errorf("a plan that is read from its JSON is another one (-written +read)\n%s", diff)
	}
	return nil
}

func TestPlansFitTheSchema(t *testing.T) {
	plans := map[string][]byte{}
	golden, err := filepath.Glob("../sync/testdata/plan/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range golden {
		if plans[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	inScripts := 0
	for _, file := range scripts {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if bytes.HasPrefix(f.Data, []byte("{\n  \"formatVersion\"")) && bytes.Contains(f.Data, []byte(`"steps": [`)) {
				plans[file+" "+f.Name], inScripts = f.Data, inScripts+1
			}
		}
	}
	docs, err := os.ReadFile("../docs/plan-format.md")
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(docs); found != nil {
		plans["the example in the docs"] = found[1]
	}
	var text bytes.Buffer
	if err := planfile.WriteJSON(&text, rendertest.Everything(), Version); err != nil {
		t.Fatal(err)
	}
	plans["a plan with everything"] = text.Bytes()
	if len(golden) < 20 || inScripts == 0 || plans["the example in the docs"] == nil {
		t.Fatalf("%d plans only", len(plans))
	}
	for name, plan := range plans {
		if err := planObjection(plan); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := readAgain(plans["a plan with everything"]); err != nil {
		t.Error(err)
	}
}

// What is wrong does not pass, and what a later version may add does.
func TestPlanSchemaTellsPlansApart(t *testing.T) {
	var text strings.Builder
	if err := planfile.WriteJSON(&text, rendertest.Everything(), Version); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, old, new string
		open, strict   bool
	}{
		{"as it is", "", "", true, true},
		{"a later format", `"formatVersion": 1`, `"formatVersion": 2`, false, false},
		{"a missing list", `"refusals": [],`, "", false, false},
		{"an unknown action", `"action": "replace"`, `"action": "rename"`, false, false},
		{"an unknown origin", `"origin": "both"`, `"origin": "ghost"`, false, false},
		{"no number", `"number": 1`, `"number": "1"`, false, false},
		{"a negative number", `"number": 1`, `"number": -1`, false, false},
		{"a body that is none", `"body": {}`, `"body": null`, false, false},
		{"a new name", `"tool": "authsync"`, `"tool": "authsync", "more": 1`, true, false},
		{"a new name deep down", `"phase": "give"`, `"phase": "give", "more": 1`, true, false},
		{"a new gate", `"gate": "replace"`, `"gate": "fire"`, true, false},
		{"a new code", `"code": "carried"`, `"code": "news"`, true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if !strings.Contains(text.String(), row.old) {
				t.Fatalf("the plan has no %s", row.old)
			}
			var plan any
			if err := json.Unmarshal([]byte(strings.Replace(text.String(), row.old, row.new, 1)), &plan); err != nil {
				t.Fatal(err)
			}
			if err := planValidators().open.Validate(plan); (err == nil) != row.open {
				t.Errorf("passes: %t, %v", err == nil, err)
			}
			if err := planValidators().strict.Validate(plan); (err == nil) != row.strict {
				t.Errorf("passes the strict one: %t, %v", err == nil, err)
			}
		})
	}
}

func TestAPrintedPlanThatDoesNotFitIsTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "1.json"), []byte(`{"formatVersion": "one"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkPlans(dir); err == nil || !strings.Contains(err.Error(), `"one"`) {
		t.Error(err)
	}
	if err := checkPlans(filepath.Join(dir, "none")); err != nil {
		t.Error(err)
	}
}
