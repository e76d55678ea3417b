package setup

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

// allFiles are those of every code host.
func allFiles(t interface{ Fatal(...any) }) []File {
	var all []File
	for i := range Hosts {
		files, err := Files(&Hosts[i])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, files...)
	}
	return all
}

// Whatever is there stays, byte for byte; what is added stands behind it, once.
func TestNothingIsWrittenOver(t *testing.T) {
	files := allFiles(t)
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(files).Draw(t, "file")
		have := drawnText(t, f)
		text, _ := f.Completed(bytes.Clone(have))
		if !bytes.HasPrefix(text, have) {
			t.Fatalf("%s: %q became %q", f.Path, have, text)
		}
		if again, _ := f.Completed(bytes.Clone(text)); !bytes.Equal(again, text) {
			t.Fatalf("%s: completed again, %q became %q", f.Path, text, again)
		}
		if bytes.Contains(have, []byte("\r\n")) && bytes.Count(text[len(have):], []byte("\r\n")) != bytes.Count(text[len(have):], []byte("\n")) {
			t.Fatalf("%s: another line end in %q", f.Path, text)
		}
	})
}

// drawnText is some of a file's own lines among others, with either line end.
func drawnText(t *rapid.T, f File) []byte {
	lines := []string{"*.log", "# ours", "", "  .authsync/  ", "\ufeff", "!envs/", "envs/*.yaml diff=other"}
	for line := range strings.Lines(string(f.Text)) {
		if lines = append(lines, strings.TrimSuffix(line, "\n")); len(lines) > 20 {
			break
		}
	}
	end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")
	text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(lines), 0, 8).Draw(t, "lines"), end)
	if rapid.Bool().Draw(t, "ends") {
		text += end
	}
	return []byte(text)
}

// A file is complete as it is made, and gives no advice.
func TestWhatIsWrittenIsComplete(t *testing.T) {
	for _, f := range allFiles(t) {
		if text, advice := f.Completed(f.Text); !bytes.Equal(text, f.Text) || advice != "" {
			t.Errorf("%s: %s", f.Path, advice)
		}
	}
}

// Another file than authsync's is left alone, and that is said.
func TestWhatIsThereInAnotherFormIsTold(t *testing.T) {
	for _, f := range allFiles(t) {
		have := []byte("{}\n")
		text, advice := f.Completed(have)
		if lines := strings.HasPrefix(f.Path, ".git") && !strings.Contains(f.Path, "yml"); lines == (advice != "") || !lines && !bytes.Equal(text, have) {
			t.Errorf("%s: %q, %q", f.Path, text, advice)
		}
	}
}

// The pipelines are the examples, each on its own host, and each script that one
// calls comes with it.
func TestPipelines(t *testing.T) {
	page, err := os.ReadFile("../../docs/pipelines.md")
	if err != nil {
		t.Fatal(err)
	}
	for i := range Hosts {
		h := &Hosts[i]
		files, err := h.files()
		if err != nil {
			t.Fatal(err)
		}
		folder, scripts := fstest.MapFS{}, 0
		var called strings.Builder
		for _, f := range files {
			folder[f.Path] = &fstest.MapFile{Data: f.Text}
			called.Write(f.Text)
			if path.Dir(f.Path) == "ci" {
				scripts++
				if example, err := os.ReadFile(path.Join("../../examples/ci/shell", path.Base(f.Path))); err != nil || !bytes.Equal(example, f.Text) {
					t.Errorf("%s is not the example: %v", f.Path, err)
				}
			}
		}
		for _, word := range strings.Fields(called.String()) {
			if word = strings.Trim(word, `";()`); strings.HasPrefix(word, "ci/") && strings.HasSuffix(word, ".sh") {
				if _, err := fs.Stat(folder, word); err != nil {
					t.Errorf("%s calls %s, which does not come with it", h.Name, word)
				}
			}
		}
		if is := HostOf(folder); is != h || scripts == 0 {
			t.Errorf("the host of the pipeline of %s is %v", h.Name, is)
		}
		for _, setting := range h.Settings {
			if !strings.Contains(string(page), "`"+setting+"`") {
				t.Errorf("docs/pipelines.md does not say what %s of %s is", setting, h.Name)
			}
		}
	}
	if is := HostOf(fstest.MapFS{}); is != nil {
		t.Errorf("an empty folder is on %s", is.Name)
	}
}

func TestReadProject(t *testing.T) {
	for _, row := range []struct {
		text string
		want Project
		err  string
	}{
		{`{"envId": "prod-1", "region": "ap-guangzhou", "framework": {}}`, Project{"prod-1", "ap-guangzhou"}, ""},
		{`{"envId": "{{env.ENV_ID}}", "region": "{{env.REGION}}"}`, Project{}, "{{env.ENV_ID}}"},
		{`{"envId": "{{ tmpl }}-1", "region": "ap-beijing"}`, Project{"", "ap-beijing"}, "by a template"},
		{`{}`, Project{}, ""},
		{`{"envId": 7}`, Project{}, ""},
		{`[]`, Project{}, "is not a JSON object"},
		{`module.exports = {}`, Project{}, "is not a JSON object"},
		{``, Project{}, "is not a JSON object"},
	} {
		got, err := ReadProject([]byte(row.text))
		if got != row.want || (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
			t.Errorf("%s: %+v, %v", row.text, got, err)
		}
	}
}
