package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"authsync/remote/servertest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"
)

// What a server can do wrong, what it is called, and whether the call may be
// made again.
func TestMisbehaviour(t *testing.T) {
	for _, row := range []struct {
		name          string
		first         servertest.Handler // what becomes of the first request
		message       string             // of a write
		status        int
		write         Effect
		reads, writes int  // how many requests a read and a write make
		bubble        bool // takes time, which is only pretended to pass
	}{
		{
			name: "reset",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				c := servertest.Hijack(t, w)
				c.(*net.TCPConn).SetLinger(0)
				c.Close()
			},
			message: "the connection was reset", write: Unknown, reads: 2, writes: 1,
		}, {
			name: "closed",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				servertest.Hijack(t, w).Close()
			},
			message: "the connection closed before the answer was whole", write: Unknown, reads: 2, writes: 1,
		}, {
			name: "half an answer",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				c := servertest.Hijack(t, w)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"canary")
				c.Close()
			},
			message: "the connection closed before the answer was whole", status: 200, write: Unknown, reads: 2, writes: 1,
		}, {
			name: "half a chunk",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				c := servertest.Hijack(t, w)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"canary")
				c.Close()
			},
			message: "the connection closed before the answer was whole", status: 200, write: Unknown, reads: 2, writes: 1,
		}, {
			name: "not HTTP",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				c := servertest.Hijack(t, w)
				io.WriteString(c, "canary canary\r\n\r\n")
				c.Close()
			},
			message: "the connection broke, or did not carry HTTP", write: Unknown, reads: 2, writes: 1,
		}, {
			name: "not compressed as it says",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				io.WriteString(w, "canary canary canary canary")
			},
			message: "the connection broke, or did not carry HTTP", status: 200, write: Unknown, reads: 2, writes: 1,
		}, {
			name: "silence",
			first: func(_ int, _ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body) // or else the server does not see the client go
				<-r.Context().Done()
			},
			message: "no whole answer within 30s", write: Unknown, reads: 2, writes: 1, bubble: true,
		}, {
			name: "silence after the headers",
			first: func(_ int, w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				w.WriteHeader(200)
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			},
			message: "no whole answer within 30s", status: 200, write: Unknown, reads: 2, writes: 1, bubble: true,
		}, {
			name: "a server error",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(500)
				io.WriteString(w, "<html>canary</html>")
			},
			message: "an HTML or XML page instead of JSON", status: 500, write: Unknown, reads: 2, writes: 1,
		}, {
			name: "a page",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, "<html>canary</html>")
			},
			message: "an HTML or XML page instead of JSON", status: 200, write: Unknown, reads: 1, writes: 1,
		}, {
			name: "truncated JSON",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, `{"canary":`)
			},
			message: "truncated JSON at byte 10", status: 200, write: Unknown, reads: 2, writes: 1,
		}, {
			name: "an empty body",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(200)
			},
			message: "an empty body instead of JSON", status: 200, write: Unknown, reads: 2, writes: 1,
		}, {
			name: "too large",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				io.Copy(w, io.LimitReader(zeros{}, 1<<20+1))
			},
			message: "the answer is larger than 1 MiB", status: 200, write: Unknown, reads: 1, writes: 1,
		}, {
			name: "too large when unpacked",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				io.Copy(z, io.LimitReader(zeros{}, 1<<20+1))
				z.Close()
			},
			message: "the answer is larger than 1 MiB", status: 200, write: Unknown, reads: 1, writes: 1,
		}, {
			name: "a redirect to another host",
			first: func(_ int, w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://other.example.com/canary", http.StatusTemporaryRedirect)
			},
			message: "redirected to other.example.com, which is not followed", status: 307, write: Unknown, reads: 1, writes: 1,
		}, {
			name: "a redirect to nowhere",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "://canary")
				w.WriteHeader(302)
			},
			message: "redirected to nowhere, which is not followed", status: 302, write: Unknown, reads: 1, writes: 1,
		}, {
			name: "a client error",
			first: func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(403)
				io.WriteString(w, `{"message":"no"}`)
			},
			message: "no", status: 403, write: Refused, reads: 1, writes: 1,
		},
	} {
		for class, want := range map[Class]int{Read: row.reads, Write: row.writes} {
			handler := func(n int, w http.ResponseWriter, r *http.Request) {
				if n == 1 {
					row.first(n, w, r)
					return
				}
				io.WriteString(w, "{}")
			}
			effect := row.write
			if class == Read && effect == Unknown {
				effect = NotDone
			}
			wantErr := &Error{System: "system", Call: "Call", Message: row.message, Status: row.status, Attempts: 1, Effect: effect}
			check := func(t *testing.T, transport *Transport, url string, server *servertest.Counter) {
				transport.maxAnswer = 1 << 20
				_, err := transport.Do(t.Context(), Request{
					System: "system", Call: "Call", Method: http.MethodPost, URL: url, Body: []byte(`{}`), Class: class, Judge: jsonJudge,
				})
				if n := server.Requests(); n != want {
					t.Errorf("%d requests, want %d", n, want)
				}
				if want > 1 {
					if err != nil {
						t.Errorf("the second attempt gives %v", err)
					}
					return
				}
				var got *Error
				if !errors.As(err, &got) {
					t.Fatalf("got %v", err)
				}
				if diff := cmp.Diff(wantErr, got, cmpopts.IgnoreUnexported(Error{}), cmpopts.IgnoreFields(Error{}, "Err")); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				if strings.Contains(err.Error(), "canary") {
					t.Errorf("the error quotes the answer: %v", err)
				}
			}
			t.Run(fmt.Sprintf("%s/%d", row.name, class), func(t *testing.T) {
				if row.bubble {
					synctest.Test(t, func(t *testing.T) {
						transport, server := serveInBubble(t, Options{}, handler)
						check(t, transport, "http://host", server)
					})
					return
				}
				transport, url, server := serve(t, Options{}, handler)
				check(t, transport, url, server)
			})
		}
	}
}

// jsonJudge takes any JSON object of a good status.
func jsonJudge(a Response) (string, error) {
	object, err := ParseObject(a.Body)
	if err == nil && a.Status >= 300 {
		err = &Error{Message: object.Text("message")}
	}
	return "", err
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// A read that never succeeds ends with what happened last, after the attempts
// that its fault is allowed.
func TestReadGivesUp(t *testing.T) {
	transport, url, server := serve(t, Options{}, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(500 + n)
	})
	_, err := transport.Do(t.Context(), Request{System: "s", Call: "C", Method: "GET", URL: url, Class: Read})
	if want := "s: C: status 505 (5 attempts)"; err == nil || err.Error() != want || server.Requests() != 5 {
		t.Errorf("%v after %d requests", err, server.Requests())
	}
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(nil)
	url := s.URL
	s.Close()
	transport, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	transport.backoff.base = time.Microsecond
	_, err = transport.Do(t.Context(), Request{System: "s", Call: "C", Method: "POST", URL: url + "/?canary", Class: Write})
	var e *Error
	if !errors.As(err, &e) || e.Effect != NotDone || e.Attempts != 5 || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("got %#v", err)
	}
	if want := "s: C: cannot reach " + strings.TrimPrefix(url, "http://") + ": connection refused (5 attempts)"; err.Error() != want {
		t.Errorf("got %s, want %s", err, want)
	}
}

func TestDistrusted(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	transport, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = transport.Do(t.Context(), Request{System: "s", Call: "C", Method: "POST", URL: s.URL, Class: Write})
	var e *Error
	if !errors.As(err, &e) || e.Effect != NotDone || e.Attempts != 1 || !strings.Contains(e.Message, "certificate") {
		t.Errorf("got %v", err)
	}
}

func TestNoMoreConnectionsThanConcurrency(t *testing.T) {
	const concurrency, calls = 4, 200
	transport, url, server := serve(t, Options{Concurrency: concurrency}, func(n int, w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, `{"n":%d}`, n)
		if n%7 == 0 { // also what is refused is read to its end
			w.Write(bytes.Repeat([]byte(" "), 100_000))
		}
	})
	var group errgroup.Group
	for range calls {
		group.Go(func() error {
			_, err := transport.Do(t.Context(), Request{Method: "POST", URL: url, Body: []byte("{}"), Judge: jsonJudge})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	counts := server.Counts()
	if counts.Opened > concurrency || counts.MostInFlight > concurrency {
		t.Errorf("%d connections, %d requests in flight", counts.Opened, counts.MostInFlight)
	}
	if counts.Requests != calls {
		t.Errorf("%d requests for %d calls", counts.Requests, calls)
	}
}

func TestSandbox(t *testing.T) {
	var host, path, agent string
	_, url, _ := serve(t, Options{}, func(_ int, w http.ResponseWriter, r *http.Request) {
		host, path, agent = r.Host, r.URL.Path, r.UserAgent()
	})
	transport, err := New(Options{Sandbox: url + "/", UserAgent: "authsync/1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transport.Do(t.Context(), Request{Method: "GET", URL: "https://IOT.example.com:8443/api/x"}); err != nil {
		t.Fatal(err)
	}
	if host != "iot.example.com:8443" || path != "/api/x" || agent != "authsync/1" {
		t.Errorf("host %q, path %q, agent %q", host, path, agent)
	}
}

func TestOptions(t *testing.T) {
	for _, row := range []struct {
		name string
		o    Options
		err  string
	}{
		{"zero", Options{}, ""},
		{"a sandbox", Options{Sandbox: "http://127.0.0.1:7070"}, ""},
		{"no scheme", Options{Sandbox: "127.0.0.1:7070"}, "the sandbox's address (--sandbox, AUTHSYNC_SANDBOX): not a url; it is such as http://127.0.0.1:7070"},
		{"another scheme", Options{Sandbox: "ftp://host"}, "the sandbox's address (--sandbox, AUTHSYNC_SANDBOX): the url does not begin with http:// or https://; it is such as http://127.0.0.1:7070"},
		{"no host", Options{Sandbox: "http:///x"}, "the sandbox's address (--sandbox, AUTHSYNC_SANDBOX): the url names no host; it is such as http://127.0.0.1:7070"},
		{"a path", Options{Sandbox: "http://host/x"}, "the sandbox's address (--sandbox, AUTHSYNC_SANDBOX): the url has a path, which is the service's to choose; it is such as http://127.0.0.1:7070"},
		{"a password", Options{Sandbox: "http://a:canary@host"}, "the sandbox's address (--sandbox, AUTHSYNC_SANDBOX): the url holds a user or a password, which have no place there; it is such as http://127.0.0.1:7070"},
		{"below zero", Options{Concurrency: -1}, "the concurrency, the rate and the timeout cannot be below zero"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := ""
			if _, err := New(row.o); err != nil {
				text = err.Error()
			}
			if text != row.err {
				t.Errorf("got %q, want %q", text, row.err)
			}
		})
	}
}

func TestMalformed(t *testing.T) {
	transport, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []Request{
		{Method: "GET", URL: "canary"},
		{Method: "GET", URL: "http://host/%zz?canary"},
		{Method: "B A D", URL: "http://host/?canary"},
		{Method: "GET", URL: "http://host", Sign: func(*http.Request, []byte, time.Time) error { return io.EOF }},
	} {
		_, err := transport.Do(t.Context(), r)
		var e *Error
		if !errors.As(err, &e) || e.Effect != NotDone || e.Attempts != 1 || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
	}
	if transport.queue.free != 10 {
		t.Errorf("%d places are free", transport.queue.free)
	}
}

func TestCancelledInFlight(t *testing.T) {
	for class, want := range map[Class]Effect{Read: NotDone, Write: Unknown} {
		arrived := make(chan bool, 1)
		transport, url, server := serve(t, Options{}, func(_ int, _ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			arrived <- true
			<-r.Context().Done()
		})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived
			cancel()
		}()
		_, err := transport.Do(ctx, Request{System: "s", Call: "C", Method: "POST", URL: url, Class: class})
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, context.Canceled) || e.Effect != want || server.Requests() != 1 {
			t.Errorf("class %d: %#v after %d requests", class, err, server.Requests())
		}
		if want := "s: C: context canceled before the answer came"; err.Error() != want {
			t.Errorf("got %s", err)
		}
	}
}

func TestCancelledBefore(t *testing.T) {
	transport, url, server := serve(t, Options{}, func(int, http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := transport.Do(ctx, Request{Method: "POST", URL: url})
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, context.Canceled) || e.Effect != NotDone || server.Requests() != 0 {
		t.Errorf("%#v after %d requests", err, server.Requests())
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, row := range []struct {
		name, header string
		status       int
		class        Class
		wait         time.Duration
	}{
		{"seconds", "7", 429, Write, 7 * time.Second},
		{"a date", "Sat, 01 Jan 2000 00:00:30 GMT", 429, Write, 30 * time.Second}, // a bubble begins at 2000
		{"of a broken service, to a read", "7", 503, Read, 7 * time.Second},
		{"not given", "", 429, Write, span},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var arrivals []time.Time
				transport, _ := serveInBubble(t, Options{}, func(n int, w http.ResponseWriter, _ *http.Request) {
					arrivals = append(arrivals, time.Now())
					if n == 1 {
						w.Header().Set("Retry-After", row.header)
						w.WriteHeader(row.status)
					}
				})
				if _, err := transport.Do(t.Context(), Request{Method: "POST", URL: "http://host", Class: row.class}); err != nil {
					t.Fatal(err)
				}
				if waited := arrivals[1].Sub(arrivals[0]); waited < row.wait || waited > row.wait+200*time.Millisecond {
					t.Errorf("the second attempt came after %v", waited)
				}
			})
		})
	}
}

func TestThrottledForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, server := serveInBubble(t, Options{}, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(429)
		})
		_, err := transport.Do(t.Context(), Request{System: "s", Call: "C", Method: "POST", URL: "http://host"})
		var e *Error
		if !errors.As(err, &e) || e.Effect != NotDone || e.Status != 429 || e.Attempts != server.Requests() {
			t.Errorf("got %#v", err)
		}
		if server.Requests() < 5 || server.Requests() > 10 {
			t.Errorf("%d requests", server.Requests())
		}
	})
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, server := serveInBubble(t, Options{}, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(429)
		})
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(time.Second, cancel)
		_, err := transport.Do(ctx, Request{System: "s", Call: "C", Method: "POST", URL: "http://host"})
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, context.Canceled) || e.Effect != NotDone || server.Requests() != 1 {
			t.Errorf("got %#v after %d requests", err, server.Requests())
		}
		if want := "s: C: status 429: gave up waiting to try again: context canceled"; err.Error() != want {
			t.Errorf("got %s", err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("returned after %v", waited)
		}
	})
}

// Fifty environments under the documented rate finish without a refusal, in the
// time that the rate implies.
func TestManyUnderTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var arrivals []time.Time
		refusals := 0
		transport, server := serveInBubble(t, Options{Concurrency: 50}, func(_ int, w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			recent := 0
			for _, at := range arrivals {
				if time.Since(at) < time.Second {
					recent++
				}
			}
			if recent >= documentedRate {
				refusals++
				w.WriteHeader(429)
			} else {
				arrivals = append(arrivals, time.Now())
			}
			mu.Unlock()
			time.Sleep(20 * time.Millisecond)
		})
		start := time.Now()
		var group errgroup.Group
		for range 50 {
			group.Go(func() error {
				_, err := transport.Do(t.Context(), Request{Method: "POST", URL: "http://host", Limit: Limit{Action: "A", Rate: documentedRate}})
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 2*span+100*time.Millisecond || refusals > 0 || server.Requests() != 50 {
			t.Errorf("%v, %d refusals, %d requests", took, refusals, server.Requests())
		}
	})
}

// The service's word that it has no limit lets those go that wait for one.
func TestStatedLimitFreesTheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, _ := serveInBubble(t, Options{Concurrency: 50}, func(_ int, w http.ResponseWriter, _ *http.Request) {
			time.Sleep(20 * time.Millisecond)
			w.Header().Set("X-RateLimit-Limit", "0")
		})
		start := time.Now()
		var group errgroup.Group
		for range 50 {
			group.Go(func() error {
				_, err := transport.Do(t.Context(), Request{Method: "POST", URL: "http://host", Limit: Limit{Action: "A", Rate: documentedRate}})
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 40*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []Exchange
		transport, _ := serveInBubble(t, Options{Trace: func(x Exchange) { got = append(got, x) }}, func(n int, w http.ResponseWriter, _ *http.Request) {
			time.Sleep(20 * time.Millisecond)
			if n == 1 {
				w.WriteHeader(503)
			}
		})
		_, err := transport.Do(t.Context(), Request{
			System: "s", Call: "C", Method: "POST", URL: "http://host", Class: Read,
			Judge: func(a Response) (string, error) {
				if a.Status > 200 {
					return "one", &Error{Code: "Busy"}
				}
				return "two", nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []Exchange{
			{System: "s", Call: "C", Host: "host", Status: 503, Code: "Busy", RequestID: "one", Attempt: 1, Duration: 20 * time.Millisecond},
			{System: "s", Call: "C", Host: "host", Status: 200, RequestID: "two", Attempt: 2, Duration: 20 * time.Millisecond},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}
