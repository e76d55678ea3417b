package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// attempt waits for a permit, makes the request once and reports it.
func (t *Transport) attempt(ctx context.Context, r Request, c *call) (Response, *Error) {
	c.tell(Queued)
	x := &c.now.Exchange
	answer, fail := t.exchange(ctx, r, c)
	if fail != nil {
		fail.complete(r, x.Attempt)
		x.Code, x.RequestID = fail.Code, fail.RequestID
	}
	t.trace(*x)
	c.tell(Answered)
	return answer, fail
}

func (t *Transport) exchange(ctx context.Context, r Request, c *call) (Response, *Error) {
	x := &c.now.Exchange
	host, err := hostOf(r.URL)
	if err != nil {
		return Response{}, &Error{fault: malformed, Message: err.Error(), Err: err}
	}
	x.Host = host
	if !t.budget.take() {
		return Response{}, givenUp(stopped, ErrSpent)
	}
	queued := time.Now()
	permit, err := t.queue.enter(ctx, queueKey{host, r.Limit}, c.limited)
	x.Waited = time.Since(queued)
	if err != nil {
		return Response{}, givenUp(stopped, err)
	}
	defer permit.leave()
	c.tell(Sending)

	began := time.Now()
	answer, fail := t.send(ctx, r, permit)
	x.Duration, x.Status = time.Since(began), answer.Status
	if fail == nil {
		x.RequestID, fail = judge(r, answer)
		x.RequestID = OneLine(x.RequestID, 100)
	}
	if fail != nil {
		fail.Status = answer.Status
	}
	permit.learn(answer, fail)
	return answer, fail
}

// judge asks the request's judge about an answer.
func judge(r Request, answer Response) (string, *Error) {
	decide := r.Judge
	if decide == nil {
		decide = byStatus
	}
	id, err := decide(answer)
	if err == nil {
		return id, nil
	}
	var fail *Error
	if !errors.As(err, &fail) {
		fail = &Error{Message: err.Error(), Err: err}
	}
	if fail.RequestID == "" {
		fail.RequestID = id
	}
	fail.Status = answer.Status
	fail.classify(r.Codes)
	fail.retryAfter = retryAfter(answer.Header, time.Now())
	return id, fail
}

// send makes the request and reads the whole answer.
func (t *Transport) send(ctx context.Context, r Request, permit *permit) (Response, *Error) {
	timeout := cmp.Or(r.Timeout, t.timeout)
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// Nothing can have been sent before there is a connection. GetConn, since a dead
	// connection is replaced by another.
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{
		GetConn:      func(string) { connected.Store(false) },
		GotConn:      func(httptrace.GotConnInfo) { connected.Store(true); permit.sent() },
		WroteRequest: func(httptrace.WroteRequestInfo) { permit.sent() },
	})
	q, err := t.newRequest(traced, r)
	if err != nil {
		return Response{}, &Error{fault: malformed, Message: err.Error(), Err: err}
	}
	answer, err := t.roundTrip(q)
	switch {
	case err == nil:
		return answer, redirected(q, answer)
	case ctx.Err() != nil && connected.Load():
		return answer, givenUp(abandoned, context.Cause(ctx))
	case ctx.Err() != nil:
		return answer, givenUp(stopped, context.Cause(ctx))
	case !connected.Load():
		return answer, Unreachable(q.URL.Host, err)
	case limited.Err() != nil:
		return answer, &Error{fault: timedOut, Message: fmt.Sprintf("no whole answer within %v", timeout), Err: limited.Err()}
	default:
		return answer, Broken(err)
	}
}

// roundTrip returns the answer as far as there is one, even with an error. It reads
// the body to its end, so that the connection can be used again.
func (t *Transport) roundTrip(q *http.Request) (Response, error) {
	// Not an http.Client: a redirect must be an answer like any other, so that
	// credentials never follow it to another host.
	a, err := t.trip.RoundTrip(q)
	if err != nil {
		return Response{}, err
	}
	defer a.Body.Close()
	answer := Response{Status: a.StatusCode, Header: a.Header}
	answer.Body, err = io.ReadAll(io.LimitReader(a.Body, int64(t.maxAnswer)+1))
	if err == nil && len(answer.Body) > t.maxAnswer {
		err = &tooLarge{t.maxAnswer}
	}
	return answer, err
}
