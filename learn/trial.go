package learn

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
)

// Trial is a call of a run.
type Trial struct {
	Key  schema.Key
	Op   sync.Op
	Call string
	Why  string
	// Settles are the rows that the call, and a look at the object after it, settle.
	Settles []quirk.Name

	do func(*attempt)
}

// trials are what a run does to its scratch object, in this order.
var trials = []Trial{
	{Op: sync.OpUpdate, Why: "before it is made", Settles: []quirk.Name{quirk.ProviderUpsert}, do: (*attempt).upsert},
	{Op: sync.OpCreate, Why: "off, with a client id alone; if that is refused, with all that is documented", Settles: []quirk.Name{quirk.ProviderNeeds}, do: (*attempt).create},
	{Op: sync.OpUpdate, Why: "a secret, a text, a field of config, and a flag as unspecified", Settles: []quirk.Name{
		quirk.ClientSecret, quirk.Unspecified, quirk.ProviderUnset, quirk.ProviderFlags}, do: (*attempt).fill},
	{Op: sync.OpUpdate, Why: "config without that field, the text as \"\", and a field that no document names", Settles: []quirk.Name{
		quirk.ProviderConfig, quirk.ProviderEmptyText, quirk.UndeclaredFields}, do: (*attempt).change},
	{Op: sync.OpDelete, Why: "once, and once more when it is gone", Settles: []quirk.Name{quirk.MissingProviderDeletion}},
}

// attempt is a run on its scratch object.
type attempt struct {
	*caller
	key  schema.Key
	seen *evidence
	with scratch

	ctx    context.Context
	made   bool // it is there, or may be
	stands bool // it is there
	filled schema.Object
	errs   []error
}

// Try deletes what runs before left, makes the scratch object, tries things out on it,
// and deletes it. A run whose context ends makes no further trial, and cleans up. The
// error is of a run that made no call.
func (s *Survey) Try(ctx context.Context) (*Report, error) {
	s.run.Budget.Hold(cleanup)
	journal, err := s.run.openJournal()
	if err != nil {
		return nil, err
	}
	c := &caller{site: s.run.Site, service: s.run.Site.Services[scratchKind.Name], journal: journal}
	done := &Report{}
	s.clean(ctx, c, done)
	if s.Barred == "" && len(done.Left) == 0 {
		a := &attempt{caller: c, key: s.Scratch, seen: s.seen, with: newContent(), ctx: ctx}
		for _, t := range trials {
			if t.do != nil && ctx.Err() == nil {
				t.do(a)
			}
		}
		s.run.Budget.Hold(0)
		if !a.remove() {
			done.Left = append(done.Left, a.key)
		}
		done.Errors = append(done.Errors, a.errs...)
	}
	if err := journal.finish(done); err != nil {
		done.Errors = append(done.Errors, err)
	}
	report := s.report(quirk.ByReading, quirk.ByScratch)
	report.Deleted, report.Left, report.Errors = done.Deleted, done.Left, done.Errors
	if err := context.Cause(ctx); err != nil {
		report.Stopped = fmt.Errorf("stopped: %w", err)
	}
	return report, nil
}

// clean deletes what runs before left.
func (s *Survey) clean(ctx context.Context, c *caller, done *Report) {
	for _, key := range s.Leftovers {
		if err := c.erase(ctx, key); err != nil {
			done.Left = append(done.Left, key)
			done.Errors = append(done.Errors, fmt.Errorf("%s: %w", key, err))
			continue
		}
		done.Deleted = append(done.Deleted, key)
	}
}

// failed notes what kept a trial from its end.
func (a *attempt) failed(what string, err error) {
	if err != nil {
		a.errs = append(a.errs, fmt.Errorf("%s: %w", what, err))
	}
}

// upsert calls for a change of what was never made.
func (a *attempt) upsert() {
	mark := a.mark()
	body := with(a.with.head(mark), schema.Object{"Config": a.with.documented()})
	a.made = true
	err := a.sure(a.ctx, a.key, sync.OpUpdate, body, marked(mark))
	switch {
	case transport.IsNotFound(err):
		a.seen.see(quirk.ProviderUpsert, quirk.Refused, "a change of what was not there was refused")
		a.made = false
		return
	case err != nil && !unsettled(err):
		a.failed("a change of what is not there", err)
		a.made = false
		return
	}
	if _, err := a.await(a.ctx, a.key, marked(mark)); err == nil {
		a.seen.see(quirk.ProviderUpsert, quirk.Creates, "a change of what was not there made it")
	}
	if err := a.erase(a.ctx, a.key); err != nil {
		a.failed("deleting it", err)
		return
	}
	a.made = false
}

// create makes the object, first with the least.
func (a *attempt) create() {
	if a.made {
		return // what is there was not made by this call
	}
	a.made = true
	err := a.creation(a.with.least())
	switch {
	case err == nil:
		a.stands = true
		a.seen.see(quirk.ProviderNeeds, quirk.Least, "one was made with a client id alone")
		return
	case !isInvalid(err):
		a.failed("making it", err)
		return
	}
	if err := a.creation(a.with.documented()); err != nil {
		a.failed("making it", err)
		return
	}
	a.stands = true
	a.seen.see(quirk.ProviderNeeds, quirk.Documented, "one was refused with a client id alone, and made with all that is documented")
}

// creation makes the object with a config, in place of one that an earlier call made
// though it said that it did not.
func (a *attempt) creation(config schema.Object) error {
	mark := a.mark()
	body := with(a.with.head(mark), schema.Object{"Config": config})
	err := a.sure(a.ctx, a.key, sync.OpCreate, body, marked(mark))
	if transport.IsExists(err) && a.erase(a.ctx, a.key) == nil {
		err = a.sure(a.ctx, a.key, sync.OpCreate, body, marked(mark))
	}
	return err
}

// fill writes what the rest is tried out with.
func (a *attempt) fill() {
	if !a.stands {
		return
	}
	mark := a.mark()
	body := with(a.with.head(mark), schema.Object{
		"Config": a.with.more(), "Homepage": schema.Text(nowhere), "AutoSignInWhenEmailMatch": schema.Text("UNSPECIFIED"),
	})
	live := a.written("filling it", sync.OpUpdate, body, mark)
	if live == nil {
		return
	}
	a.filled = live
	a.judgeSecret(live)
	switch live.Text("AutoSignInWhenEmailMatch") {
	case "UNSPECIFIED":
		a.seen.see(quirk.Unspecified, quirk.Kept, "one read UNSPECIFIED")
	case "TRUE", "FALSE":
		a.seen.see(quirk.Unspecified, quirk.Resolved, "one read "+live.Text("AutoSignInWhenEmailMatch"))
	}
	a.judgeUnset(live)
}

// judgeSecret judges how the secret is shown that was just written.
func (a *attempt) judgeSecret(live schema.Object) {
	config, _ := live["Config"].(schema.Object)
	shown, is := config["ClientSecret"].(schema.Text)
	visible, ends := strings.CutSuffix(string(shown), mask)
	switch {
	case !is:
	case shown == "":
		a.seen.see(quirk.ClientSecret, quirk.Blank, "one was written, and read empty")
	case string(shown) == a.with.secret:
		a.seen.see(quirk.ClientSecret, quirk.Shown, "one was written, and read in clear")
	case ends && visible == "":
		a.seen.see(quirk.ClientSecret, quirk.Masked, "one was written, and read ***")
	case ends && strings.HasPrefix(a.with.secret, visible):
		a.seen.see(quirk.ClientSecret, quirk.Part, "one was written, and read as its beginning and ***")
	}
}

// judgeUnset judges fields that nobody has set: none of a run's calls has them.
func (a *attempt) judgeUnset(live schema.Object) {
	switch v := live["Picture"].(type) {
	case nil:
		a.seen.see(quirk.ProviderUnset, quirk.Absent, "a field was not in the answer")
	case schema.Null:
		a.seen.see(quirk.ProviderUnset, quirk.Null, "a field read null")
	case schema.Text:
		if v == "" {
			a.seen.see(quirk.ProviderUnset, quirk.Empty, "a field read empty")
		}
	}
	switch v := live["AutoSignInWhenPhoneNumberMatch"].(type) {
	case nil, schema.Null:
		a.seen.see(quirk.ProviderFlags, quirk.Unset, "a flag read as not set")
	case schema.Text:
		if v == "TRUE" || v == "FALSE" {
			a.seen.see(quirk.ProviderFlags, quirk.Resolved, "a flag that was not written read "+string(v))
		}
	}
}

// change takes away a part of what was filled in.
func (a *attempt) change() {
	if a.filled == nil {
		return
	}
	mark := a.mark()
	body := with(a.with.head(mark), schema.Object{"Config": a.with.documented(), "Homepage": schema.Text("")})
	const what = "changing it"
	unknown := with(body, schema.Object{undeclared: schema.Text("learn")})
	err := a.sure(a.ctx, a.key, sync.OpUpdate, unknown, marked(mark))
	accepted := err == nil
	if isUnknownField(err) {
		a.seen.see(quirk.UndeclaredFields, quirk.Refused, "one was refused")
		err = a.sure(a.ctx, a.key, sync.OpUpdate, body, marked(mark))
	}
	if err != nil {
		a.failed(what, err)
		return
	}
	live, err := a.await(a.ctx, a.key, marked(mark))
	if err != nil {
		a.failed(what, err)
		return
	}
	if accepted {
		a.judgeUndeclared(live)
	}
	a.judgeEmptied(live)
}

func (a *attempt) judgeUndeclared(live schema.Object) {
	switch live[undeclared] {
	case schema.Text("learn"):
		a.seen.see(quirk.UndeclaredFields, quirk.Kept, "one was written, and read")
	case nil:
		a.seen.see(quirk.UndeclaredFields, quirk.Dropped, "one was written, and is not in the answer")
	}
}

// judgeEmptied compares what was filled in with what is there now.
func (a *attempt) judgeEmptied(live schema.Object) {
	before, after := a.filled.At("Config", "SignoutEndpoint"), live.At("Config", "SignoutEndpoint")
	switch {
	case before != schema.Text(nowhere+"signout"):
	case after == before:
		a.seen.see(quirk.ProviderConfig, quirk.Merged, "two fields were written, then one of them, and both are there")
	case schema.IsUnset(after):
		a.seen.see(quirk.ProviderConfig, quirk.Replaced, "two fields were written, then one of them, and the other is gone")
	}
	switch after := live["Homepage"]; {
	case a.filled["Homepage"] != schema.Text(nowhere):
	case after == schema.Text(nowhere):
		a.seen.see(quirk.ProviderEmptyText, quirk.Ignored, "a text was written, then \"\", and is there")
	case schema.IsUnset(after):
		a.seen.see(quirk.ProviderEmptyText, quirk.Clears, "a text was written, then \"\", and is empty")
	}
}

// unsettled reports whether it is not known what a call did.
func unsettled(err error) bool { return unsure(err) || errors.Is(err, errUnclear) }

// written makes a write and returns the object as it is then; nil = that is not known.
func (a *attempt) written(what string, op sync.Op, body schema.Object, mark string) schema.Object {
	err := a.sure(a.ctx, a.key, op, body, marked(mark))
	if err != nil {
		a.failed(what, err)
		return nil
	}
	live, err := a.await(a.ctx, a.key, marked(mark))
	if err != nil {
		a.failed(what, err)
		return nil
	}
	return live
}

// remove deletes the object, whatever happened before, and reports whether it is gone for
// good: a write that got no answer may make it again. Then it deletes it once more.
func (a *attempt) remove() (gone bool) {
	if !a.made && a.late == 0 {
		return true
	}
	ctx := context.WithoutCancel(a.ctx)
	if err := a.erase(ctx, a.key); err != nil {
		a.failed("deleting it", err)
		return false
	}
	if a.late > 0 {
		a.failed("deleting it", errLate)
	}
	if a.ctx.Err() != nil {
		return a.late == 0
	}
	switch err := a.sure(ctx, a.key, sync.OpDelete, nil, nil); {
	case err == nil:
		a.seen.see(quirk.MissingProviderDeletion, quirk.Accepted, "one that was gone was deleted once more")
	case transport.IsNotFound(err):
		a.seen.see(quirk.MissingProviderDeletion, quirk.Refused, "a deletion of what was gone was refused")
	default:
		a.failed("deleting what is gone", err)
	}
	return a.late == 0
}
