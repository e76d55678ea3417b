package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is shown of a long value is cut at exact lengths.
func TestWhereLongValuesAreCut(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	if got := Display(Text(x(longest))); got != x(longest) {
		t.Error(got)
	}
	if got, want := Display(Text(x(longest+1))), x(longest-20)+"... (101 characters, sha256 "; !strings.HasPrefix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
	if got := shortened(x(mostShown)); got != x(mostShown) {
		t.Error(got)
	}
	if got, want := shortened("a"+x(mostShown-1)+"b"), "a"+x(199)+"... (201 more characters) ..."+x(199)+"b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	numbers := ""
	for i := range 90 {
		numbers += fmt.Sprintf("%d ", 10+i)
	}
	for _, row := range []struct {
		name               string
		before, after      string
		wantWas, wantAfter string
	}{
		{"as long as a value that is shown whole", x(60) + "a" + x(39), x(60) + "b" + x(39), x(60) + "a" + x(39), x(60) + "b" + x(39)},
		{"one is longer", x(60) + "a" + x(39), x(60) + "bb" + x(39), "..." + x(30) + "a" + x(39), "..." + x(30) + "bb" + x(39) + " (101 characters)"},
		{"as much before it as is shown", x(40) + "a" + x(70), x(40) + "b" + x(70), x(40) + "a" + x(30) + "... (111 characters)", x(40) + "b" + x(30) + "... (111 characters)"},
		{"as much behind it as is shown", x(70) + "a" + x(40), x(70) + "b" + x(40), "..." + x(30) + "a" + x(40) + " (111 characters)", "..." + x(30) + "b" + x(40) + " (111 characters)"},
		{"one character more on both sides", x(41) + "a" + x(41), x(41) + "b" + x(41), x(41) + "a" + x(41), x(41) + "b" + x(41)},
		{"the same of a longer one", x(41) + "a" + x(70), x(41) + "b" + x(70), "..." + x(30) + "a" + x(30) + "... (112 characters)", "..." + x(30) + "b" + x(30) + "... (112 characters)"},
		{"a difference of middling length", "-" + numbers[:158] + "-", "+" + numbers[:158] + "+", "-" + numbers[:158] + "- (160 characters)", "+" + numbers[:158] + "+ (160 characters)"},
		{"a longer one", "-" + numbers[:161] + "-", "+" + numbers[:161] + "+", "-10 11...62 63- (163 characters)", "+10 11...62 63+ (163 characters)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if was, is := DisplayBoth(Text(row.before), Text(row.after)); was != row.wantWas || is != row.wantAfter {
				t.Errorf("%s -> %s\nwant\n%s -> %s", was, is, row.wantWas, row.wantAfter)
			}
		})
	}
	if _, is := DisplayBoth(nil, Text(numbers)); !strings.HasSuffix(is, " (272 characters)") {
		t.Error(is)
	}
	if was, is := DisplayBoth(nil, Null{}); was != unsetWord || is != unsetWord {
		t.Errorf("%s -> %s", was, is)
	}
}

// Of many places that differ those are shown that begin within the most that is shown.
func TestPlacesThatDifferWithinTheMost(t *testing.T) {
	for more, want := range map[int]bool{mostShown - 3: false, mostShown - 2: true} {
		const common = " a b c d e f g h i j k"
		was, _ := withoutCommon(strings.Repeat("-", more)+common+" -", strings.Repeat("+", more)+common+" +")
		if counted := strings.Contains(was, "(and 1 more places that differ)"); counted != want {
			t.Errorf("%d: %s", more, was)
		}
	}
}

// What is too large to be compared word by word, or line by line, is cut in the middle.
func TestMostThatIsCompared(t *testing.T) {
	var same strings.Builder
	for i := 0; same.Len() < mostCompared; i++ {
		fmt.Fprintf(&same, "%d\n", i)
	}
	for more, want := range []bool{true, false} {
		text := same.String()[:mostCompared-2+more]
		a, b := "a"+text+"b", "c"+text+"d"
		if was, _ := aroundDifferences(a, b); strings.Contains(was, "more characters") == want {
			t.Errorf("%d bytes: %.200s", len(a), was)
		}
		if lines := DisplayLines(Text(a), Text(b)); (lines != nil) != want {
			t.Errorf("%d bytes: %d lines", len(a), len(lines))
		}
	}
}

// A difference is shown with the marks of its letters, and lookalikes as what they are.
func TestMarksAndLookalikesThatDiffer(t *testing.T) {
	for _, row := range []struct{ before, after, was, is string }{
		{"cafe", "cafe\u0301", "cafe", `cafe\u0301`},
		{"a\u0301b", "e\u0301b", `a\u0301b`, `e\u0301b`}, // their mark is common
		{"xa\u0301", "xa\u0300", `xa\u0301`, `xa\u0300`}, // their letter is common
		{"shop", "sh\u014dp", "shop", `sh\u014dp`},
		{"shop", "sh\u03bfp", "shop", `sh\u03bfp`},
		{"a-b", "a\u2010b", "a-b", `a\u2010b`},
		{"a-b", "a中b", "a-b", "a中b"},
		{"中文", "甲乙", "中文", "甲乙"},
		{"\u014d", "\u043e", "\u014d", "\u043e"}, // neither is ASCII
		{"a", "b", "a", "b"},
		{"ab", "\u0430", "ab", "\u0430"}, // another length
	} {
		if was, is := DisplayBoth(Text(row.before), Text(row.after)); was != row.was || is != row.is {
			t.Errorf("%s -> %s, want %s -> %s", was, is, row.was, row.is)
		}
	}
}

// A line that nothing takes the place of stands by itself, and each place tells its line.
func TestLinesThatGo(t *testing.T) {
	numbers := func(from, to int) (lines string) {
		for i := from; i <= to; i++ {
			lines += fmt.Sprintln(i)
		}
		return lines
	}
	got := DisplayLines(Text("a\nb\nc\n"+numbers(1, 9)+"d\n"), Text("a\nx\n"+numbers(1, 9)))
	want := []string{"@@ line 1 @@", "  a", "- b", "- c", "+ x", "  1", "  2", "  3", "@@ line 10 @@", "  7", "  8", "  9", "- d"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	got = DisplayLines(Text(numbers(1, 9)), Text(numbers(1, 8)+"x\n"))
	want = []string{"@@ line 6 @@", "  6", "  7", "  8", "- 9", "+ x"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
