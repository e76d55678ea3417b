package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/schema/list"
	"authsync/sync"
)

// when says after which call somebody can log in so.
func when(s sync.Standing, p Palette) string {
	if s.After == 0 {
		return p.Language.Say("now")
	}
	return p.Language.Sayf("after call %s", strconv.Itoa(s.After))
}

// factor says whether a second factor is asked for.
func factor(s sync.Standing, p Palette) string {
	if s.SecondFactor {
		return p.Language.Say("with a second factor")
	}
	return p.Language.Say("without a second factor")
}

// waysText names all ways in before the first call, and after a call those that come and
// go.
func waysText(all []sync.Standing, i int, p Palette, spelled func(string) string) string {
	now := all[i]
	var parts []string
	if i == 0 {
		if parts = list.Each(now.Ways, spelled); len(parts) == 0 {
			parts = []string{p.Language.Say("none")}
		}
		return strings.Join(append(parts, factor(now, p)), ", ")
	}
	before := all[i-1]
	for _, way := range now.Beyond(before) {
		parts = append(parts, "+ "+spelled(way))
	}
	for _, way := range before.Beyond(now) {
		parts = append(parts, "- "+spelled(way))
	}
	if now.SecondFactor != before.SecondFactor {
		parts = append(parts, factor(now, p))
	}
	return strings.Join(parts, ", ")
}

func textWaysIn(w io.Writer, all []sync.Standing, p Palette) {
	if len(all) == 0 {
		return
	}
	say.Fprintf(w, "  %s\n", p.say("ways in:"))
	column := list.Each(all, func(s sync.Standing) string { return when(s, p) })
	width := columnOf(column)
	for i := range all {
		say.Fprintf(w, "    %s  %s\n", width.pad(column[i]), waysText(all, i, p, plainly))
	}
}

func markdownWaysIn(all []sync.Standing, p Palette) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| | %s |\n|---|---|\n", p.say("ways in"))
	for i, s := range all {
		fmt.Fprintf(&b, "| %s | %s |\n", when(s, p), waysText(all, i, p, asCell))
	}
	return b.String() + "\n"
}

func htmlWaysIn(all []sync.Standing, p Palette) (rows []htmlWays) {
	for i, s := range all {
		rows = append(rows, htmlWays{legible(when(s, p)), legible(waysText(all, i, p, func(way string) string { return string(tell(way)) }))})
	}
	return rows
}
