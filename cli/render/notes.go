package render

import (
	"fmt"
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/sync"
)

// toldNote is a note with everything of which the same is told.
type toldNote struct {
	sync.Note
	about []string // objects, with their fields where the notes differ in these
	also  []string // environments after the first

	last  int             // the environment that had it last
	items map[string]bool // those of about
}

// foldNotes puts standing notes that say the same into one: about all their objects,
// in the first environment that has it. Standing notes are the same in every plan, and
// whoever reads a hundred of them reads none. The result has the notes of each
// environment.
func foldNotes(envs []*sync.EnvironmentPlan) [][]*toldNote {
	type saying struct {
		code sync.NoteCode
		text string
	}
	told := make([][]*toldNote, len(envs))
	first := map[saying]*toldNote{}
	for i, env := range envs {
		for _, n := range env.Notes {
			same := saying{n.Code, n.Text}
			if n.Shared != "" {
				same.text = n.Shared
			}
			known := first[same]
			if known == nil || !n.Code.Standing() {
				known = &toldNote{Note: n, last: i, items: map[string]bool{}}
				told[i], first[same] = append(told[i], known), known
			} else if known.last != i {
				known.last, known.also = i, append(known.also, env.Name)
			}
			if item := noteItem(n); !known.items[item] {
				known.items[item], known.about = true, append(known.about, item)
			}
		}
	}
	return told
}

// noteItem is what a note is about, as far as its shared text does not say it.
func noteItem(n sync.Note) string {
	if n.Shared == "" {
		return strings.Join(namesOf(n.Key, nil), " ")
	}
	return strings.Join(namesOf(n.Key, n.Fields), " ")
}

// subjects are what the note is about, and words for those that are too many.
func (n *toldNote) subjects() (names []string, more string) {
	if len(n.about) > 1 {
		return sync.Few(n.about)
	}
	if n.Key.Kind == "" {
		return nil, ""
	}
	return []string{n.Key.Spelled()}, ""
}

func (n *toldNote) text() string {
	text := n.Text
	if len(n.about) > 1 && n.Shared != "" {
		text = n.Shared
	}
	if len(n.also) > 0 {
		few, more := sync.Few(n.also)
		text += " (also in " + strings.Join(few, ", ") + more + ")"
	}
	return text
}

func textNotes(w io.Writer, notes []*toldNote, p Palette) {
	for _, n := range notes {
		say.Fprintf(w, "  ")
		textNote(w, n, "", p)
	}
}

// textNote writes a note, and before it where it is from.
func textNote(w io.Writer, n *toldNote, from string, p Palette) {
	names, more := n.subjects()
	about := say.Own("")
	if len(names) > 0 {
		about = say.Sprintf("%s%s: ", strings.Join(names, ", "), more)
	}
	say.Fprintf(w, "%s %s%s%s\n", p.note(), from, about, n.text())
}

func markdownNotes(notes []*toldNote, p Palette) string {
	var b strings.Builder
	for _, n := range notes {
		about := ""
		if names, more := n.subjects(); len(names) > 0 {
			about = " " + asCodes(names) + more
		}
		fmt.Fprintf(&b, "- %s%s: %s\n", p.say("note"), about, prose(n.text()))
	}
	return b.String()
}

// causes prints why something failed, each cause once: an environment with the cause
// of an earlier one refers to that.
type causes struct {
	verb    string            // what failed
	told    map[string]string // the environment with which a cause was printed
	palette Palette
}

func newCauses(verb string, p Palette) causes { return causes{verb, map[string]string{}, p} }

func (c causes) write(w io.Writer, env string, all []sync.Cause) {
	verb := c.palette.Paint("!", c.palette.say(c.verb)+":")
	for _, cause := range all {
		if first, again := c.told[cause.Text]; again {
			say.Fprintf(w, "  %s %s\n", verb, strings.TrimPrefix(cause.Calls()+", for the same reason as "+first, ", "))
			continue
		}
		c.told[cause.Text] = env
		say.Fprintf(w, "  %s %s\n", verb, cause)
		if !cause.Advice.Empty() {
			say.Fprintf(w, "    %s %s\n", c.palette.Paint("dim", c.palette.say("hint:")), cause.Advice.In(c.palette.Language))
		}
	}
}
