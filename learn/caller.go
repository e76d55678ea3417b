package learn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/state"
)

var (
	errUnclear = errors.New("whether the call was done is not known")
	errUnseen  = errors.New("what was written is not visible yet")
	errStands  = errors.New("it is still there")
	errLate    = errors.New("a write got no answer, and may arrive by now and make it again")
)

// caller makes calls on scratch objects. Each is in the journal before it is made.
type caller struct {
	site    *sync.Site
	service sync.Service
	journal journal
	marks   int
	// late is how many writes got no answer and were not seen done: they may arrive yet.
	late int
}

// mark is a text by which one write is told from another.
func (c *caller) mark() string {
	c.marks++
	return fmt.Sprintf("write %d of %s", c.marks, random(4))
}

// seen says whether a live object is as a call leaves it; nil is one that is not there.
type seen func(live schema.Object) bool

func marked(mark string) seen {
	return func(live schema.Object) bool { return live.At("Description", "Message") == schema.Text(mark) }
}

func gone(live schema.Object) bool { return live == nil }

// tries is how often a call is made at most before its effect is given up as unknown.
const tries = 4

// sure makes a call that may be made again. If its answer is lost, live says whether it
// was done, and if not, it is made once more; without done, without a look. A refusal is
// believed only if it comes twice. The error is errUnclear if the call may have been done.
func (c *caller) sure(ctx context.Context, key schema.Key, op sync.Op, body schema.Object, done seen) (err error) {
	calls := attempts{}
	defer func() {
		if op != sync.OpDelete {
			c.late += calls.unanswered
		}
	}()
	for range tries {
		err := c.make(ctx, key, op, body)
		calls.note(err)
		switch code := codeOf(err); {
		case unsure(err), calls.made > 1 && transport.IsExists(err):
			if done == nil {
				continue
			}
			live, err := c.read(ctx, key)
			if err != nil {
				// What a look is refused with is nothing that the call was refused with.
				return fmt.Errorf("%w, and could not be read: %v", errUnclear, err)
			}
			if done(live) {
				calls.unanswered = max(calls.unanswered-1, 0)
				return nil
			}
		case err == nil:
			return nil
		case code != "" && code == calls.refusal:
			if isInvalid(err) || isUnknownField(err) || transport.IsNotFound(err) {
				calls.unanswered = 0 // it would be refused too; other refusals pass
			}
			return err
		case code == "" && calls.unsure:
			return fmt.Errorf("%w: %w", errUnclear, err)
		case code == "":
			return err
		}
		calls.refusal = codeOf(err)
	}
	return errUnclear
}

// attempts are those at one call.
type attempts struct {
	made       int
	unsure     bool   // one of them may have been done
	unanswered int    // those that may arrive yet
	refusal    string // the last one's
}

func (a *attempts) note(err error) {
	a.made++
	a.unsure = a.unsure || unsure(err)
	if e, is := errors.AsType[*transport.Error](err); is && e.EffectUnknown() && (e.Status == 0 || gatewayGaveUp(e.Status)) {
		a.unanswered++
	}
}

// gatewayGaveUp reports whether something in between answered, which has no answer of the
// service itself.
func gatewayGaveUp(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusGatewayTimeout
}

func unsure(err error) bool {
	uncertain, is := errors.AsType[sync.Uncertain](err)
	return is && uncertain.EffectUnknown()
}

// make makes a call, which ends before the context does.
func (c *caller) make(ctx context.Context, key schema.Key, op sync.Op, body schema.Object) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	call := c.service.Describe(op, sync.Target{Name: key.Name}, body)[0]
	if err := c.journal.begin(key, op, call); err != nil {
		return err
	}
	_, err := c.service.Make(context.WithoutCancel(ctx), call, c.site.Keys.Open)
	c.journal.end(err)
	return err
}

// read returns the live object; nil = it is not there.
func (c *caller) read(ctx context.Context, key schema.Key) (schema.Object, error) {
	all, err := c.service.Read(ctx, sync.Query{})
	for _, o := range all {
		if o.Name == key.Name {
			return o.Wire, err
		}
	}
	return nil, err
}

// pauses are those between reads while a write is not visible.
var pauses = []time.Duration{200 * time.Millisecond, time.Second}

// await reads until a live object is as it should be, and returns it as it is at last.
func (c *caller) await(ctx context.Context, key schema.Key, done seen) (schema.Object, error) {
	waits := pauses
	if c.site.Waits != nil {
		waits = c.site.Waits[:min(len(pauses), len(c.site.Waits))]
	}
	for i := 0; ; i++ {
		live, err := c.read(ctx, key)
		if err != nil || done(live) {
			return live, err
		}
		if i == len(waits) {
			return live, errUnseen
		}
		select {
		case <-ctx.Done():
			return live, context.Cause(ctx)
		case <-time.After(waits[i]):
		}
	}
}

// erase deletes an object, and returns why it is not known to be gone.
func (c *caller) erase(ctx context.Context, key schema.Key) error {
	if err := c.sure(ctx, key, sync.OpDelete, nil, gone); err != nil && !transport.IsNotFound(err) {
		return err
	}
	_, err := c.await(ctx, key, gone)
	if errors.Is(err, errUnseen) {
		return errStands
	}
	return err
}

// codeOf is the service's code for an error, without its detail.
func codeOf(err error) string {
	var e *transport.Error
	if !errors.As(err, &e) || e.Effect != transport.Refused {
		return ""
	}
	class, _, _ := strings.Cut(e.Code, ".")
	return class
}

func isInvalid(err error) bool {
	code := codeOf(err)
	return code == "InvalidParameter" || code == "InvalidParameterValue" || code == "MissingParameter"
}

func isUnknownField(err error) bool { return codeOf(err) == "UnknownParameter" }

// journal is that of a run. Without a place for one it records nothing.
type journal struct {
	*state.Journal
	calls int
}

func (r Run) openJournal() (journal, error) {
	runs := r.runs()
	if runs.Nowhere() {
		return journal{}, nil
	}
	number, err := runs.Next()
	if err != nil {
		return journal{}, err
	}
	systems, err := json.Marshal(r.Site.Places)
	if err != nil {
		return journal{}, err
	}
	env, now := r.Site.Env, r.Now.UTC().Truncate(time.Second)
	j, err := runs.NewJournal(number, state.Line{Run: &state.RunLine{
		Time: now, Version: r.Version, Env: env.Name, Manifest: env.File, Systems: systems, PID: os.Getpid(), Options: []byte(`{}`),
	}})
	return journal{Journal: j}, err
}

// begin records that a call is about to be made. If that fails, it must not be made.
func (j *journal) begin(key schema.Key, op sync.Op, call sync.Call) error {
	j.calls++
	j.Note(state.Line{Begin: j.calls, Object: key.String(), Op: string(op), Call: call.String()})
	return j.Flush()
}

func (j *journal) end(err error) {
	l := state.Line{End: j.calls, Outcome: string(sync.Done)}
	if err != nil {
		l.Outcome, l.Error = string(sync.Failed), err.Error()
	}
	j.Note(l)
	_ = j.Flush() // the journal keeps the error, and the next call is not made
}

// finish records how the run ended.
func (j *journal) finish(r *Report) error {
	if len(r.Left) > 0 {
		return j.Finish("left something behind")
	}
	return j.Finish("complete")
}
