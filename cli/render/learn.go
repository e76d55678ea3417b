package render

import (
	"io"
	"strconv"

	"authsync/cli/say"
	"authsync/learn"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
)

// Survey writes what a run of learn is about to do.
func Survey(w io.Writer, env string, s *learn.Survey, p Palette) {
	told := func(text say.Own) { say.Fprintf(w, "%s: %s\n", env, text) }
	for _, key := range s.Strangers {
		told(p.sayf("%s looks like a scratch object of learn and is none: it is left alone", spelledKey(key)))
	}
	if s.Barred != "" {
		told(say.Sprintf("%s; %s", s.Barred, p.say("only what reading tells is found out")))
	}
	calls := s.Calls()
	if len(calls) == 0 {
		return
	}
	if s.Barred == "" {
		told(p.sayf("scratch object %s: off, named as such, and deleted at the end", spelledKey(s.Scratch)))
	}
	told(p.sayf("the calls, %s requests at most with their reads and those made by now:", strconv.Itoa(learn.Most)))
	for i, c := range calls {
		say.Fprintf(w, "  %d %s %s: %s%s\n", i+1, say.Own(c.Op), c.Key, p.say(c.Why), settles(c.Settles))
	}
}

func spelledKey(key schema.Key) string { return string(say.Text(key.String())) }

func settles(names []quirk.Name) say.Own {
	if len(names) == 0 {
		return ""
	}
	return say.Own(" (" + joined(names) + ")")
}

func joined(names []quirk.Name) string {
	return list.Join(names, ", ", func(name quirk.Name) string { return string(name) })
}

// Learned writes what a run of learn has found out. It holds no value of an object.
func Learned(w io.Writer, env string, r *learn.Report, entries []learn.Entry, p Palette) {
	told := func(text say.Own) { say.Fprintf(w, "%s: %s\n", env, text) }
	for _, key := range r.Deleted {
		told(p.sayf("%s is deleted, which a run before left behind", spelledKey(key)))
	}
	told(p.sayf("%s, by %s:", p.count(len(entries), "1 quirk is known", "%s quirks are known"), p.count(r.Requests, "1 request", "%s requests")))
	for _, e := range entries {
		about := say.Own("")
		switch {
		case e.Before.Value == "":
		case e.Changed():
			about = say.Sprintf("; it was %s (%s)", say.Own(e.Before.Value), e.Before.Source())
		default:
			about = "; as before"
		}
		say.Fprintf(w, "  %-24s %s: %s%s\n", say.Own(e.Name), say.Own(e.Value), say.Own(e.Seen), about)
	}
	if unknown := r.Unknown(); len(unknown) > 0 {
		told(p.sayf("not certain, and left as they were: %s", joined(unknown)))
	}
}
