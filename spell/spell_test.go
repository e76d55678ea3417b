package spell

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"plain", "prod: 企业微信 login", "prod: 企业微信 login"},
		{"escape sequence", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"lines", "a\r\n::error::b", `a\r\n::error::b`},
		{"another direction", "a\u202eb\u2066c\u200fd", `a\u202eb\u2066c\u200fd`},
		{"not UTF-8", "a\xffb\ufffdc", "a\\xffb\ufffdc"},
		{"control of eight bits", "a\u009bb", `a\u009bb`},
		{"no width", "a\u200bb\u2060c\ufeffd\u00ade", `a\u200bb\u2060c\ufeffd\u00ade`},
		{"no shape", "a\u3164b\u115fc\u2800d\u034fe", `a\u3164b\u115fc\u2800d\u034fe`},
		{"breaks of lines", "a\u2028b\u2029c\u0085d", `a\u2028b\u2029c\u0085d`},
		{"tags", "a\U000e0041b", `a\U000e0041b`},
		{"an emoji with its selector", "⚙\ufe0f", "⚙\ufe0f"},
		{"a letter with a selector", "a\ufe0f", `a\ufe0f`},
		{"command at the beginning", "  ::error::b", `  \x3a:error::b`},
		{"command anywhere", "a ##[add-mask]b ##vso[task]c ###[x]", `a \x23#[add-mask]b \x23#vso[task]c #\x23#[x]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Text(row.text); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// acts is what a terminal or a runner would obey.
var acts = regexp.MustCompile("^\\s*::|##\\w*\\[|[\\x00-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

func anything() *rapid.Generator[string] {
	piece := rapid.OneOf(rapid.SampledFrom([]string{"::", "##", "[", "#", "vso", "\x1b[2K", "\n", "\r", "\u202e", "\u200b", "\xff", "\x9b", " ", `"`, `\`, "'", "$(id)", "`", "!", "名"}), rapid.String())
	return rapid.Map(rapid.SliceOf(piece), func(all []string) string { return strings.Join(all, "") })
}

// Whatever a text is, spelled it does not act, and is told from every other.
func TestSpelledDoesNotAct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anything().Draw(t, "text")
		if found := acts.FindString(strings.ReplaceAll(Source(text+"\r"), "\t", " ")); found != "" && found != "\r" {
			t.Fatalf("%q holds %q", Source(text), found)
		}
		for _, spelled := range []string{Text(text), Name(text), Quoted(text), Words("authsync", text)} {
			if found := acts.FindString(spelled); found != "" || !utf8.ValidString(spelled) {
				t.Fatalf("%q holds %q", spelled, found)
			}
			if again := Text(spelled); again != spelled {
				t.Fatalf("%q spelled again is %q", spelled, again)
			}
		}
		if back, err := strconv.Unquote(Quoted(text)); err != nil || back != text {
			t.Fatalf("%s is read as %q: %v", Quoted(text), back, err)
		}
	})
}

// A shell reads back the word that was spelled for it, and runs nothing of it.
func TestShellReadsTheWord(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	for _, word := range []string{
		"", "plain", "two words", "x$(touch${IFS}ran)", "`id`", "it's", `a\b`, "a\nb", "a\x1b[2Jb", "企业", "\u202e企", "##[x]", "::error::", "~", "#", "!!", "-n", "*", "a\xffb",
	} {
		out, err := exec.Command(bash, "-c", "printf %s "+Word(word)).Output()
		if want := word; err != nil || string(out) != want && word != "-n" {
			t.Errorf("%s is read as %q, want %q: %v", Word(word), out, want, err)
		}
	}
}
