package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"authsync/remote/sandbox"
	"authsync/schema"
)

// result is what one run took.
type result struct {
	wall        time.Duration
	best        time.Duration // the least wall time of several runs
	cpu         time.Duration // of all cores, the sandbox's not included
	peak        int           // bytes of resident memory, at most
	requests    int
	connections int
	throttled   int // requests answered with RequestLimitExceeded
}

// run makes one run against a sandbox of its own.
func (b *bench) run(w *world, c scene) (result, error) {
	stage, err := open(w, c)
	if err != nil {
		return result{}, err
	}
	defer stage.close()
	if err := errors.Join(os.RemoveAll(w.exports), os.MkdirAll(w.exports, 0o700)); err != nil {
		return result{}, err
	}
	url := stage.url
	if len(c.command.parts) == 0 {
		url = ""
	}
	r, err := launched(b.authsync, c.commandLine(w, url))
	if err != nil {
		return result{}, err
	}
	r.connections = int(stage.connections.Load())
	r.requests, r.throttled, err = stage.asked()
	return r, err
}

// stage is a sandbox that is being served, and its connections counted.
type stage struct {
	url         string
	connections atomic.Int64
	sandbox     *sandbox.Server
	server      *http.Server
}

func open(w *world, c scene) (*stage, error) {
	loaded := schema.Load([]string{w.seeds[c.live]}, schema.SecretsPlain)
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	s := &stage{sandbox: sandbox.New(sandbox.Options{Latency: c.latency, Rate: c.rate, Unknown: sandbox.RefuseUnknown})}
	for _, env := range loaded.Environments {
		if err := s.sandbox.Seed(env); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: s.sandbox, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}}
	go s.server.Serve(listener)
	return s, nil
}

func (s *stage) close() {
	s.server.Close()
	s.sandbox.Close()
}

// asked reads the request log.
func (s *stage) asked() (requests, throttled int, err error) {
	log := httptest.NewRecorder()
	s.sandbox.ServeHTTP(log, httptest.NewRequest(http.MethodGet, "/_sandbox/requests", nil))
	lines := bufio.NewScanner(log.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry struct {
			Code string `json:"code"`
		}
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
			return 0, 0, err
		}
		requests++
		if entry.Code == "RequestLimitExceeded" {
			throttled++
		}
	}
	return requests, throttled, lines.Err()
}

// launchCommand is the first argument that makes this program a launcher.
const launchCommand = "launch"

// launch runs a command and prints what it took. It is a process of its own
// because the kernel counts the memory of a program from before it was loaded:
// a child of the harness would seem to have been as large as the harness is.
func launch(args []string) {
	command := exec.Command(args[0], args[1:]...)
	var problems bytes.Buffer
	command.Stderr = &problems
	began := time.Now()
	err := command.Run()
	wall := time.Since(began)
	if err != nil {
		fmt.Fprintln(os.Stderr, err, strings.TrimSpace(problems.String()))
		os.Exit(1)
	}
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		fmt.Fprintln(os.Stderr, "this system does not tell what a process used")
		os.Exit(1)
	}
	cpu := usage.Utime.Nano() + usage.Stime.Nano()
	fmt.Println(wall.Nanoseconds(), cpu, usage.Maxrss*1024) // the kernel counts in KiB
}

// launched has the launcher run a command. What takes a minute hangs.
func launched(program string, args []string) (result, error) {
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, self, append([]string{launchCommand, program}, args...)...)
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		return result{}, fmt.Errorf("%s: %w: %s", args[0], err, problems.Bytes())
	}
	var r result
	_, err = fmt.Sscan(string(out), &r.wall, &r.cpu, &r.peak)
	return r, err
}
