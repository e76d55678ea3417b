package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDisplayBoth(t *testing.T) {
	long := strings.Repeat("您好，您的验证码是 {{.Code}}，请不要告诉别人。", 8)
	words := ""
	for i := range 100 {
		words += fmt.Sprintf("w%d ", i)
	}
	var many, more List
	for i := range 60 {
		many, more = append(many, Text(fmt.Sprintf("https://shop%d.example/back", i))), append(more, Text(fmt.Sprintf("https://shop%d.example/back", i)))
	}
	more[41] = Text("https://shop41.example.evil.example/back")
	for _, row := range []struct {
		name          string
		before, after Value
		was, is       string
	}{
		{"short", Text("user"), Text("user repo"), "user", "user repo"},
		{"a letter in a long text", Text("<a href='https://shop.example'>" + long), Text("<a href='https://5hop.example'>" + long),
			"<a href='https://shop.example'>您好，您的验证码是 {{.Code... (255 characters)",
			"<a href='https://5hop.example'>您好，您的验证码是 {{.Code... (255 characters)"},
		{"a letter at the end of a long text", Text(long + "<a href='https://shop.example'>"), Text(long + "<a href='https://5hop.example'>"),
			"...de}}，请不要告诉别人。<a href='https://shop.example'> (255 characters)", "...de}}，请不要告诉别人。<a href='https://5hop.example'> (255 characters)"},
		{"two places in a long text", Text("one " + words + " two"), Text("ONE " + words + " TWO"),
			"one w0 ...w99  two (398 characters)", "ONE w0 ...w99  TWO (398 characters)"},
		{"a long list", many, more,
			`.../back","https://shop41.example/back","https://shop42.example... (1791 characters)`, `.../back","https://shop41.example.evil.example/back","https://shop42.example... (1804 characters)`},
		{"number and text", Number("5"), Text("5"), "5", `"5"`},
		{"truth and text", Text("true"), Flag("TRUE"), `"true"`, "true"},
		{"nothing and text", Null{}, Text("null"), "(unset)", `"null"`},
		{"nothing and a text of authsync", Text("(unset)"), nil, `"(unset)"`, "(unset)"},
		{"a secret's word", Text("(a secret)"), Text("x"), `"(a secret)"`, "x"},
		{"list and set", List{Text("a")}, Set{Text("a")}, `["a"] (a list)`, `["a"] (a list without an order)`},
		{"numbers in a list", List{Number("1")}, List{Text("1")}, "[1]", `["1"]`},
		{"normal forms", Text("caf\u00e9"), Text("cafe\u0301"), `caf\u00e9`, `cafe\u0301`},
		{"full width", Text("A1"), Text("Ａ1"), "A1", `\uff211`},
		{"Cyrillic in a name", Text("https://shop.example"), Text("https://shоp.example"), "https://shop.example", `https://sh\u043ep.example`},
		{"Cyrillic words stay", Text("Войти в магазин"), Text("Sign in"), "Войти в магазин", "Sign in"},
		{"no width", Text("admin"), Text("ad\u200bmin"), "admin", `"ad\u200bmin"`},
		{"line ends", Text("a\r\nb"), Text("a\nb"), `"a\r\nb"`, `"a\nb"`},
		{"blank at the end", Text("a"), Text("a "), "a", `"a "`},
		{"no-break blank", Text("a b"), Text("a\u00a0b"), "a b", `"a\u00a0b"`},
		{"escape and its spelling", Text("a\nb"), Text(`a\nb`), `"a\nb"`, `a\nb`},
		{"bytes that are no text", Text("a\xffb"), Text("a\xfeb"), `"a\xffb"`, `"a\xfeb"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			was, is := DisplayBoth(row.before, row.after)
			if was != row.was || is != row.is {
				t.Errorf("%s -> %s\nwant\n%s -> %s", was, is, row.was, row.is)
			}
		})
	}
}

// differing draws a value and another, which differs from it in one place.
func differing(t *rapid.T) (Text, Text) {
	common := rapid.OneOf(rapid.SampledFrom([]string{"验证码 ", "<a href='https://shop.example'>", "\r\n", "\u200b", "e\u0301", "##[", "`", " "}), rapid.StringN(0, 20, -1))
	before, behind := strings.Join(rapid.SliceOfN(common, 0, 60).Draw(t, "before"), ""), strings.Join(rapid.SliceOfN(common, 0, 60).Draw(t, "behind"), "")
	a := rapid.OneOf(rapid.Just(""), common, rapid.StringN(1, 400, -1)).Draw(t, "one")
	b := rapid.OneOf(rapid.Just(""), common, rapid.StringN(1, 400, -1)).Filter(func(s string) bool { return s != a }).Draw(t, "other")
	return Text(before + a + behind), Text(before + b + behind)
}

// What differs is spelled differently, however long it is and wherever it stands,
// and what is shown stays short.
func TestWhatDiffersLooksDifferent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := differing(t)
		if a == b || a == "" || b == "" {
			t.Skip("the same, or unset")
		}
		was, is := DisplayBoth(a, b)
		if was == is {
			t.Fatalf("%q and %q are both spelled %s", a, b, was)
		}
		for _, shown := range []string{was, is} {
			if n := len([]rune(shown)); n > 3*mostShown {
				t.Fatalf("%d characters are shown of %q", n, shown)
			}
		}
		lines := DisplayLines(a, b)
		changed := 0
		for _, line := range lines {
			if strings.ContainsAny(line, "\n\r\x1b") {
				t.Fatalf("%q", line)
			}
			if line[0] == '-' || line[0] == '+' {
				changed++
			}
		}
		if lines != nil && changed == 0 {
			t.Fatalf("%q and %q have lines, and none differs: %q", a, b, lines)
		}
	})
}

// Texts as large as they get are shown in no time, and what differs shows.
func TestLargeValuesThatDiffer(t *testing.T) {
	large := strings.Repeat("a line of text\n", 1<<20)
	was, is := DisplayBoth(Text("one "+large+"two"), Text("1 "+large+"2"))
	if was == is || len(was) > 3*mostShown || DisplayLines(Text(large), Text(large+"x\n")) != nil {
		t.Errorf("%s -> %s", was, is)
	}
}

// How long a text is stands behind one that is shortened, and only there.
func TestLengthOfWhatIsShown(t *testing.T) {
	was, is := DisplayBoth(Text(strings.Repeat("x", longest-1)+"a"), Text(strings.Repeat("x", longest-1)+"bb"))
	if strings.Contains(was, "characters)") || !strings.Contains(is, "(101 characters)") {
		t.Errorf("%s -> %s", was, is)
	}
}

// No more than a certain number of lines is shown, and the others are counted.
func TestMostLines(t *testing.T) {
	for more, last := range []string{"+ b 0 (no line end)", "@@ 1 more lines of what differs @@", "@@ 2 more lines of what differs @@"} {
		var all []string
		for i := range mostLines - 3 + more {
			all = append(all, fmt.Sprintf("b %d", mostLines-4+more-i))
		}
		got := DisplayLines(Text("a\na\n"), Text(strings.Join(all, "\n")))
		if len(got) != mostLines+min(more, 1) || got[len(got)-1] != last {
			t.Errorf("%d more: %d lines, the last is %q", more, len(got), got[len(got)-1])
		}
	}
}

func TestDisplayLines(t *testing.T) {
	before := "<p>\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n" + strings.Repeat("x", 150) + "shop\n</p>\n"
	after := strings.Replace(strings.Replace(before, "shop", "5hop", 1), "two\n", "2\n2b\n", 1)
	want := []string{
		"@@ line 1 @@", "  <p>", "  one", "- two", "+ 2", "+ 2b", "  three", "  four", "  five", "@@ line 8 @@", "  seven", "  eight", "  nine",
		"- ..." + strings.Repeat("x", 30) + "shop (154 characters)", "+ ..." + strings.Repeat("x", 30) + "5hop (154 characters)", "  </p>",
	}
	if diff := cmp.Diff(want, DisplayLines(Text(before), Text(after))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"@@ line 1 @@", "  a", "- b", "+ b (no line end)"}, DisplayLines(Text("a\nb\n"), Text("a\nb"))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// Two places with so little between them are one.
	want = []string{"@@ line 1 @@", "- a", "+ A", "  b", "- c", "+ C"}
	if diff := cmp.Diff(want, DisplayLines(Text("a\nb\nc\n"), Text("A\nb\nC\n"))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := DisplayLines(Text("a\tb\nc\n"), Text("a\\tb\nc\n")); got != nil {
		t.Errorf("lines that are spelled the same are shown: %q", got)
	}
}

func TestKeyForAPerson(t *testing.T) {
	for _, row := range []struct {
		key  Key
		want string
	}{
		{Key{"record", "sys_role/line\n::set-output name=x"}, `record/sys_role/"line\n::set-output name=x"`},
		{Key{"record", "sys_role/店长 a/b"}, `record/sys_role/店长 a/b`},
		{Key{"apiKey", "key\x1b[2K/x"}, `apiKey/"key\x1b[2K/x"`},
		{Key{"record", "sys_role/old ##[add-mask]x"}, `record/sys_role/"old \x23#[add-mask]x"`},
		{Key{"login", ""}, "login"},
	} {
		if got := row.key.Spelled(); got != row.want {
			t.Errorf("%s, want %s", got, row.want)
		}
	}
}
