package progress

import (
	"fmt"
	"strings"
	"testing"

	"authsync/cli/progress/screen"

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
		do            func(l *live, s *screen.Screen)
		want          string
	}{
		{"painted over", 40, 10, func(l *live, _ *screen.Screen) {
			l.paint([]string{"prod: 1/20 a long name of a call", "dev: 1/2"})
			l.paint([]string{"prod: 2/20", "dev: 2/2"})
		}, "before\nprod: 2/20\ndev: 2/2"},
		{"fewer lines", 40, 10, func(l *live, _ *screen.Screen) {
			l.paint([]string{"one", "two", "three"})
			l.paint([]string{"one"})
		}, "before\none"},
		{"cut to the width", 10, 10, func(l *live, _ *screen.Screen) {
			l.paint([]string{"0123456789abcdef", "企业微信登录", "short"})
		}, "before\n01234567…\n企业微信…\nshort"},
		{"no more than the height", 40, 5, func(l *live, _ *screen.Screen) {
			l.paint([]string{"1", "2", "3", "4", "5", "6"})
			l.paint([]string{"a", "b", "c", "d", "e", "f"})
		}, "before\na\nb\nand 4 more"},
		{"a line that stays", 40, 10, func(l *live, _ *screen.Screen) {
			l.paint([]string{"one", "two"})
			l.above("prod: 1/2 AddProvider provider/github: failed")
			l.paint([]string{"one", "TWO"})
		}, "before\nprod: 1/2 AddProvider provider/github: f\nailed\none\nTWO"},
		{"narrower", 40, 20, func(l *live, s *screen.Screen) {
			l.paint([]string{lineOf("x", 39), lineOf("y", 25), "z"})
			s.Resize(10, 20)
			l.paint([]string{lineOf("X", 39), "z"})
		}, "before\nXXXXXXXX…\nz"},
		{"wider", 10, 20, func(l *live, s *screen.Screen) {
			l.paint([]string{lineOf("x", 39), "z"})
			s.Resize(50, 20)
			l.paint([]string{lineOf("x", 39), "z"})
		}, "before\n" + lineOf("x", 39) + "\nz"},
		{"cleared", 40, 10, func(l *live, _ *screen.Screen) {
			l.paint([]string{"one", "two"})
			l.clear()
		}, "before"},
		{"cleared after it became narrower", 40, 20, func(l *live, s *screen.Screen) {
			l.paint([]string{lineOf("x", 39), "two"})
			s.Resize(7, 20)
			l.clear()
			fmt.Fprint(s, "after")
		}, "before\nafter"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := screen.New(row.columns, row.rows)
			fmt.Fprint(s, "before\r\n")
			row.do(&live{w: s, size: s.Size}, s)
			if diff := cmp.Diff(row.want, s.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What has not changed is not painted again.
func TestLiveRegionRests(t *testing.T) {
	s := screen.New(40, 10)
	l := &live{w: s, size: s.Size}
	for range 5 {
		l.paint([]string{"one", "two"})
	}
	if s.Paintings() != 1 {
		t.Errorf("%d paintings", s.Paintings())
	}
}

// Whatever is painted in whatever order, clearing leaves what stood before and
// the lines that stay.
func TestLiveRegionLeavesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := screen.New(60, rapid.IntRange(8, 30).Draw(t, "rows"))
		l := &live{w: s, size: s.Size}
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
