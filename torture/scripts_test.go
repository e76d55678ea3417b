package torture

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// longName is as long as a row's name may be.
var longName = strings.Repeat("很", 255)

// Names and texts of every script and width come to the service as they are, and
// from it: apply, plan, undo, drift and export all tell of the same.
func TestScriptsOfAllNames(t *testing.T) {
	w := newScripts(t)
	w.ends("apply", 0, applying()...)
	w.holds("FIRST")
	w.ends("plan of what was applied", 0, planning()...)

	before := w.live()
	w.spell("第二 🎉 ثانٍ")
	w.ends("apply of an edit", 0, applying()...)
	w.holds("第二 🎉 ثانٍ")
	w.ends("undo", 0, "undo", manifestName, "--yes", "--no-color")
	if diff := cmp.Diff(before, w.live()); diff != "" {
		t.Fatalf("undo leads elsewhere (-before +after):\n%s", diff)
	}
	w.spell("FIRST")
	w.ends("plan of what was undone", 0, planning()...)

	other := &scripts{t, w.elsewhere()}
	other.spell("第三 😀 e\u0301")
	other.ends("apply of somebody else", 0, applying()...)
	drift := w.ends("drift", 2, "drift", manifestName, "--no-color")
	// What could be taken for another text is spelled by its numbers.
	if n := strings.Count(drift.out, `\u7b2c\u4e09 \U0001f600 e\u0301`); n != strings.Count(w.text(), "FIRST") {
		t.Errorf("drift shows %d changes:\n%s", n, drift.out)
	}
	w.ends("export", 0, "export", manifestName)
	w.ends("plan of what was exported", 0, planning()...)
	if want, got := other.names(), w.names(); !cmp.Equal(want, got) {
		t.Errorf("the export has other names (-wanted +exported):\n%s", cmp.Diff(want, got))
	}
	w.holds("第三 😀 e\u0301")
	if leaks, err := w.leaks(); err != nil || len(leaks) > 0 {
		t.Errorf("%v%v", leaks, err)
	}
}

// scripts is a world whose manifest is the one with all names.
type scripts struct {
	t *testing.T
	*world
}

func newScripts(t *testing.T) *scripts {
	t.Helper()
	w, err := newWorld(t.TempDir(), "testdata/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	s := &scripts{t, w}
	s.spell("FIRST")
	return s
}

// elsewhere is another working copy, of somebody else.
func (s *scripts) elsewhere() *world {
	dir := s.t.TempDir()
	return &world{dir: dir, env: append(append([]string(nil), s.env...), "HOME="+dir, "TMPDIR="+dir), tap: s.tap, conns: s.conns}
}

// spell writes the manifest, with a text for what the test changes.
func (s *scripts) spell(first string) {
	s.t.Helper()
	text, err := os.ReadFile("testdata/scripts/" + manifestName)
	if err != nil {
		s.t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("RECIPIENT"), []byte(bench.public))
	text = bytes.ReplaceAll(text, []byte("LONG:"), []byte(longName+":"))
	text = bytes.ReplaceAll(text, []byte("LONG"), []byte(strings.Repeat("العربية 🚀 ", 400)))
	text = bytes.ReplaceAll(text, []byte("FIRST"), []byte(first))
	if err := os.WriteFile(filepath.Join(s.dir, manifestName), text, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// ends runs the program, allows what it wants to have allowed, and holds it to an
// exit code.
func (s *scripts) ends(what string, code int, args ...string) outcome {
	s.t.Helper()
	o, err := s.consent(args...)
	if err != nil || o.code != code {
		s.t.Fatalf("%s: %v%s%v", what, o, o.out, err)
	}
	return o
}

func (s *scripts) live() string {
	s.t.Helper()
	now, err := liveIn(s.page("/_sandbox/state"))
	if err != nil {
		s.t.Fatal(err)
	}
	return now.text
}

// text is the manifest.
func (s *scripts) text() string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, manifestName))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// names are what the manifest calls objects, collection by collection.
func (s *scripts) names() map[string][]string {
	s.t.Helper()
	var manifest struct {
		Providers, Connectors, Integrations, Applications map[string]yaml.Node
		Records                                           map[string]struct{ Rows map[string]yaml.Node }
	}
	if err := yaml.Unmarshal([]byte(s.text()), &manifest); err != nil {
		s.t.Fatal(err)
	}
	return map[string][]string{
		"providers": slices.Sorted(maps.Keys(manifest.Providers)), "connectors": slices.Sorted(maps.Keys(manifest.Connectors)),
		"integrations": slices.Sorted(maps.Keys(manifest.Integrations)), "applications": slices.Sorted(maps.Keys(manifest.Applications)),
		"rows": slices.Sorted(maps.Keys(manifest.Records["sys_role"].Rows)),
	}
}

// holds fails unless the service has every text of the manifest to the letter, and
// each row once.
func (s *scripts) holds(first string) {
	s.t.Helper()
	var state any
	if err := json.Unmarshal(s.page("/_sandbox/state"), &state); err != nil {
		s.t.Fatal(err)
	}
	held := map[string]int{}
	count(state, held)
	for _, name := range s.names()["rows"] {
		if held[name] != 1 {
			s.t.Errorf("the service has %d of the row %q", held[name], name)
		}
	}
	for _, text := range []string{"企业微信 " + first, "تسجيل الدخول", "लॉग इन करें", "👩‍👩‍👧‍👦 🚀 e\u0301 é ＡＢＣ", "Ａｃｍｅ 运维 🚀",
		"支付工具", "दस्तावेज़ " + first + " · الوثائق", "红色 " + first, "लाल", "订单服务 " + first + " 🚀", "\u3000ideographic space ", "\u200fx\u200b zero width", "𠮷"} {
		if held[text] == 0 {
			s.t.Errorf("the service has no %q", text)
		}
	}
}

// count counts the texts in what a service holds, also in JSON that is a text.
func count(v any, into map[string]int) {
	switch v := v.(type) {
	case string:
		into[v]++
		var inner map[string]any
		if json.Unmarshal([]byte(v), &inner) == nil {
			count(inner, into)
		}
	case []any:
		for _, one := range v {
			count(one, into)
		}
	case map[string]any:
		for _, one := range v {
			count(one, into)
		}
	}
}
