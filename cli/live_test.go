package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func lineOf(text string, n int) string { return strings.Repeat(text, n) }

// The region shows the last lines, what stays stands above it, and after it
// there is nothing of it, whatever the terminal's size was and became.
func TestLiveRegion(t *testing.T) {
	for _, row := range []struct {
		name          string
		columns, rows int
		do            func(l *live, s *screen)
		want          string
	}{
		{"painted over", 40, 10, func(l *live, _ *screen) {
			l.paint([]string{"prod: 1/20 a long name of a call", "dev: 1/2"})
			l.paint([]string{"prod: 2/20", "dev: 2/2"})
		}, "before\nprod: 2/20\ndev: 2/2"},
		{"fewer lines", 40, 10, func(l *live, _ *screen) {
			l.paint([]string{"one", "two", "three"})
			l.paint([]string{"one"})
		}, "before\none"},
		{"cut to the width", 10, 10, func(l *live, _ *screen) {
			l.paint([]string{"0123456789abcdef", "企业微信登录", "short"})
		}, "before\n01234567…\n企业微信…\nshort"},
		{"no more than the height", 40, 5, func(l *live, _ *screen) {
			l.paint([]string{"1", "2", "3", "4", "5", "6"})
			l.paint([]string{"a", "b", "c", "d", "e", "f"})
		}, "before\na\nb\nand 4 more"},
		{"a line that stays", 40, 10, func(l *live, _ *screen) {
			l.paint([]string{"one", "two"})
			l.above("prod: 1/2 AddProvider provider/github: failed")
			l.paint([]string{"one", "TWO"})
		}, "before\nprod: 1/2 AddProvider provider/github: f\nailed\none\nTWO"},
		{"narrower", 40, 20, func(l *live, s *screen) {
			l.paint([]string{lineOf("x", 39), lineOf("y", 25), "z"})
			s.resize(10, 20)
			l.paint([]string{lineOf("X", 39), "z"})
		}, "before\nXXXXXXXX…\nz"},
		{"wider", 10, 20, func(l *live, s *screen) {
			l.paint([]string{lineOf("x", 39), "z"})
			s.resize(50, 20)
			l.paint([]string{lineOf("x", 39), "z"})
		}, "before\n" + lineOf("x", 39) + "\nz"},
		{"cleared", 40, 10, func(l *live, _ *screen) {
			l.paint([]string{"one", "two"})
			l.clear()
		}, "before"},
		{"cleared after it became narrower", 40, 20, func(l *live, s *screen) {
			l.paint([]string{lineOf("x", 39), "two"})
			s.resize(7, 20)
			l.clear()
			fmt.Fprint(s, "after")
		}, "before\nafter"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := &screen{columns: row.columns, rows: row.rows}
			fmt.Fprint(s, "before\r\n")
			row.do(&live{w: s, size: s.size}, s)
			if diff := cmp.Diff(row.want, s.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What has not changed is not painted again.
func TestLiveRegionRests(t *testing.T) {
	s := &screen{columns: 40, rows: 10}
	l := &live{w: s, size: s.size}
	for range 5 {
		l.paint([]string{"one", "two"})
	}
	if s.paintings != 1 {
		t.Errorf("%d paintings", s.paintings)
	}
}

// Whatever is painted in whatever order, clearing leaves what stood before and
// the lines that stay.
func TestLiveRegionLeavesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &screen{columns: 60, rows: rapid.IntRange(8, 30).Draw(t, "rows")}
		l := &live{w: s, size: s.size}
		want := "before\n"
		fmt.Fprint(s, "before\r\n")
		for i := range rapid.IntRange(1, 12).Draw(t, "doings") {
			lines := rapid.SliceOfN(rapid.StringMatching(`[a-z企业é ]{0,70}x`), 0, 4).Draw(t, "lines")
			l.paint(lines)
			if rapid.Bool().Draw(t, "stays") {
				l.above(fmt.Sprint("stays ", i))
				want += fmt.Sprint("stays ", i, "\n")
			}
		}
		l.clear()
		if diff := cmp.Diff(strings.TrimSuffix(want, "\n"), s.String()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func TestHarmless(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"plain", "prod: 企业微信 login", "prod: 企业微信 login"},
		{"escape sequence", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"lines", "a\r\n::error::b", `a\r\n::error::b`},
		{"another order", "a\u202eb", `a\u202eb`},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"control of eight bits", "a\u009bb", `a\u009bb`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := harmless(row.text); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
