package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"authsync/remote/sandbox"
	"authsync/schema"
)

// stage is a sandbox that is being served, and the manifests that are measured on it.
type stage struct {
	url     string
	world   *world
	sandbox *sandbox.Server
	server  *http.Server
}

// settled is how long a stamp of the service must stand until it is believed: two
// seconds, by a Date without fractions.
const settled = 3200 * time.Millisecond

// prepare makes what a work starts from: a live state, and manifests with the lock
// that an apply left.
func (b *bench) prepare(w work) (*stage, error) {
	dir, err := os.MkdirTemp(b.dir, "work-")
	if err != nil {
		return nil, err
	}
	world, err := generate(dir, w.size)
	if err != nil {
		return nil, err
	}
	if w.start == nothing {
		return open(world, w, unseeded)
	}
	s, err := open(world, work{rate: w.rate}, seeded)
	if err != nil {
		return nil, err
	}
	if w.start != unlocked {
		time.Sleep(settled)
		adopt := exec.Command(b.authsync, "apply", world.envs, "--yes", "--identity", world.identity, "--sandbox", s.url, "--concurrency", "50")
		if out, err := adopt.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("the first apply: %w: %s", err, out)
		}
	}
	if w.start == restamped {
		s.stop()
		time.Sleep(settled)
		return open(world, w, seeded)
	}
	if w.edits > 0 {
		if err := world.edit(w.edits); err != nil {
			return nil, err
		}
	}
	if w.touched > 0 {
		if err := world.touch(w.touched); err != nil {
			return nil, err
		}
	}
	s.server.Close()
	return s, s.serve(w)
}

// seeding says whether a sandbox is to have the live state.
type seeding int

const (
	seeded seeding = iota
	unseeded
)

func open(world *world, w work, with seeding) (*stage, error) {
	s := &stage{world: world, sandbox: sandbox.New(sandbox.Options{Rate: w.rate, Unknown: sandbox.RefuseUnknown})}
	loaded := schema.Load([]string{world.seeds}, schema.SecretsPlain)
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	for _, env := range loaded.Environments {
		if with == unseeded {
			env.Collections = nil
		}
		if err := s.sandbox.Seed(env); err != nil {
			return nil, err
		}
	}
	return s, s.serve(w)
}

// serve serves the sandbox as slowly as a work says, and forgets what it was asked.
func (s *stage) serve(w work) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.url = "http://" + listener.Addr().String()
	s.sandbox.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodDelete, "/_sandbox/requests", nil))
	s.server = &http.Server{Handler: http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		time.Sleep(w.latency)
		s.sandbox.ServeHTTP(out, r)
	})}
	go s.server.Serve(listener)
	return nil
}

func (s *stage) args(w work) []string {
	if w.start == unlocked && len(w.command) == 1 && w.command[0] == "version" {
		return w.command
	}
	return append([]string{w.command[0], s.world.envs, "--identity", s.world.identity, "--sandbox", s.url, "--concurrency", strconv.Itoa(w.concurrency)}, w.command[1:]...)
}

// stop stops the sandbox, and close takes away the manifests, too.
func (s *stage) stop() {
	s.server.Close()
	s.sandbox.Close()
}

func (s *stage) close() {
	s.stop()
	os.RemoveAll(filepath.Dir(s.world.envs))
}

func (s *stage) asked() ([]logged, error) {
	log := httptest.NewRecorder()
	s.sandbox.ServeHTTP(log, httptest.NewRequest(http.MethodGet, "/_sandbox/requests", nil))
	lines := bufio.NewScanner(log.Body)
	lines.Buffer(nil, 1<<20)
	var all []logged
	for lines.Scan() {
		var l logged
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, lines.Err()
}
