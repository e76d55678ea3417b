package render

import (
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/learn"
	"authsync/schema/quirk"
)

// Survey writes what a run of learn is about to do.
func Survey(w io.Writer, env string, s *learn.Survey) {
	for _, key := range s.Strangers {
		say.Fprintf(w, "%s: %s looks like a scratch object of learn and is none: it is left alone\n", env, key)
	}
	if s.Barred != "" {
		say.Fprintf(w, "%s: %s: only what reading tells is found out\n", env, s.Barred)
	}
	calls := s.Calls()
	if len(calls) == 0 {
		return
	}
	if s.Barred == "" {
		say.Fprintf(w, "%s: scratch object %s: off, named as such, and deleted at the end\n", env, s.Scratch)
	}
	say.Fprintf(w, "%s: the calls, %d requests at most with their reads and those made by now:\n", env, learn.Most)
	for i, c := range calls {
		say.Fprintf(w, "  %d %s %s: %s%s\n", i+1, say.Own(c.Op), c.Key, say.Own(c.Why), settles(c.Settles))
	}
}

func settles(names []quirk.Name) say.Own {
	if len(names) == 0 {
		return ""
	}
	return say.Own(" (" + joined(names) + ")")
}

func joined(names []quirk.Name) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}

// Learned writes what a run of learn has found out. It holds no value of an object.
func Learned(w io.Writer, env string, r *learn.Report, entries []learn.Entry) {
	for _, key := range r.Deleted {
		say.Fprintf(w, "%s: %s is deleted, which a run before left behind\n", env, key)
	}
	say.Fprintf(w, "%s: %s known, by %s:\n", env, say.Own(Count(len(entries), "quirk is", "quirks are")), say.Own(Count(r.Requests, "request", "requests")))
	for _, e := range entries {
		about := say.Own("")
		switch {
		case e.Before.Value == "":
		case e.Changed():
			about = say.Sprintf("; it was %s (%s)", say.Own(e.Before.Value), e.Before.Seen)
		default:
			about = "; as before"
		}
		say.Fprintf(w, "  %-24s %s: %s%s\n", say.Own(e.Name), say.Own(e.Value), say.Own(e.Seen), about)
	}
	if unknown := r.Unknown(); len(unknown) > 0 {
		say.Fprintf(w, "%s: not certain, and left as they were: %s\n", env, say.Own(joined(unknown)))
	}
}
