package torture

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// marks begin every secret of these tests: what manifests and variables hold,
// the tokens that the sandbox makes, and private keys.
var marks = []string{"canary-", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.", "AGE-SECRET-KEY-1"}

// spellings are the marks, and how they look encoded.
var spellings = func() []string {
	var all []string
	for _, mark := range marks {
		all = append(all, mark, hex.EncodeToString([]byte(mark)))
		for shift := range 3 {
			text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), mark...))
			all = append(all, text[(shift*8+5)/6:(shift+len(mark))*8/6])
		}
	}
	return all
}()

// leak returns the spelling of a secret that a text holds, or "".
func leak(text string) string {
	for _, spelling := range spellings {
		if strings.Contains(text, spelling) {
			return spelling
		}
	}
	return ""
}

func TestLeakIsFound(t *testing.T) {
	for name, text := range map[string]string{
		"clear":  "wanted canary-x",
		"hex":    "63616e6172792d",
		"base64": base64.StdEncoding.EncodeToString([]byte("password: canary-git-github")),
	} {
		if leak(text) == "" {
			t.Errorf("%s: not found", name)
		}
	}
	if found := leak("a canary, and age1 too"); found != "" {
		t.Errorf("%q found", found)
	}
}

// leaks searches all that runs have printed, and all files.
func (w *world) leaks() ([]string, error) {
	var problems []string
	for _, text := range w.said {
		if found := leak(text); found != "" {
			problems = append(problems, "a secret was printed ("+found+")")
		}
	}
	files, err := w.files()
	for name, text := range files {
		if found := leak(text); found != "" {
			problems = append(problems, name+" holds a secret ("+found+")")
		}
	}
	return problems, err
}
