package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// test is one function of the tests.
type test struct {
	name  string
	cost  time.Duration // of a processor
	kills int
}

// tests are those of a package, with the faults behind switches.
type tests struct {
	p       *pkg
	program string
	all     []*test
	reach   map[int]map[*test]bool

	mu sync.Mutex // kills
}

// prepare builds the tests, and runs each by itself: what does it cost, and what does it reach?
func prepare(p *pkg, faults []*fault) (*tests, error) {
	t := &tests{p: p, program: filepath.Join(p.work, "switched.test"), reach: map[int]map[*test]bool{}}
	files := p.switched(faults)
	files["faults_switch.go"] = bytes.Replace(switchText, []byte("PACKAGE"), []byte(p.name), 1)
	if said, err := p.build(t.program, files); err != nil {
		return nil, fmt.Errorf("the tests do not build with the switches in them: %w\n%s", err, said)
	}
	list := exec.Command(t.program, "-test.list", "^(Test|Fuzz|Example)")
	list.Dir = p.folder
	names, err := list.Output()
	if err != nil {
		return nil, err
	}
	reached := filepath.Join(p.work, "reached")
	for _, name := range strings.Fields(string(names)) {
		if err := os.WriteFile(reached, nil, 0o600); err != nil {
			return nil, err
		}
		one := &test{name: name}
		r := t.run(t.program, []*test{one}, time.Hour, "MUTATE_REACHED="+reached)
		if r.result != lived {
			return nil, fmt.Errorf("%s fails without a fault:\n%s", name, r.said)
		}
		one.cost = r.cost
		t.all = append(t.all, one)
		text, err := os.ReadFile(reached)
		if err != nil {
			return nil, err
		}
		for _, word := range strings.Fields(string(text)) {
			id, _ := strconv.Atoi(word)
			if t.reach[id] == nil {
				t.reach[id] = map[*test]bool{}
			}
			t.reach[id][one] = true
		}
	}
	return t, nil
}

// build makes the program of the tests, with these files in the place of, or beside, those of the package.
func (p *pkg) build(program string, files map[string][]byte) (said []byte, err error) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range files {
		file := program + "." + name
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return nil, err
		}
		defer os.Remove(file)
		overlay.Replace[filepath.Join(p.folder, name)] = file
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(program+".json", text, 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(program + ".json")
	build := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", program+".json", "-o", program, ".")
	build.Dir = p.folder
	return build.CombinedOutput()
}

// outcome is what a run of tests comes to.
type outcome struct {
	result string
	by     string
	cost   time.Duration
	said   []byte
}

var failed = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// run runs some tests until one fails. What they may cost is counted on the processor,
// so that a busy machine is not taken for a fault; the clock ends only what waits for ever.
func (t *tests) run(program string, some []*test, most time.Duration, env ...string) outcome {
	var names []string
	for _, one := range some {
		names = append(names, one.name)
	}
	home, err := os.MkdirTemp(t.p.work, "run")
	if err != nil {
		return outcome{result: err.Error()}
	}
	defer os.RemoveAll(home)
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute+10*most)
	defer stop()
	c := exec.CommandContext(ctx, "sh", "-c", `ulimit -t "$0"; ulimit -v 8000000 2>/dev/null; exec "$@"`,
		strconv.Itoa(int(most/time.Second)+1), program,
		"-test.paniconexit0", "-test.short", "-test.failfast", "-test.timeout=0", "-test.run", "^("+strings.Join(names, "|")+")$")
	c.Dir = t.p.folder
	c.Env = append(os.Environ(), append(env, "TMPDIR="+home)...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	c.WaitDelay = 10 * time.Second
	err = c.Run()
	o := outcome{result: lived, said: said.Bytes()}
	if c.ProcessState != nil {
		o.cost = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		o.result = killed
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() && (s.Signal() == syscall.SIGKILL || s.Signal() == syscall.SIGXCPU) {
			o.result = timedOut
		}
		if m := failed.FindSubmatch(o.said); m != nil {
			o.by = string(m[1])
		}
	case err != nil:
		o.result = err.Error()
	}
	return o
}

// slow is what a test may cost before it is run only for what all others have not found.
const slow = time.Second

// try runs the tests for one fault: those that reach it and are quick, those that have
// found many before the others, and if late those that are left. It reports whether the fault is settled.
func (t *tests) try(f *fault, late bool) bool {
	switch {
	case f.broken:
		f.result = broken
		return true
	case f.apart && !late:
		return false
	case f.apart:
		program := filepath.Join(t.p.work, fmt.Sprintf("fault%d.test", f.id))
		defer os.Remove(program)
		if _, err := t.p.build(program, map[string][]byte{f.file: t.p.with(f)}); err != nil {
			f.result = broken
			return true
		}
		return t.fails(f, program, t.all) || late
	case len(t.reach[f.id]) == 0:
		f.result = unreached
		return true
	}
	quick, left := t.order(t.reach[f.id])
	if late {
		return t.fails(f, t.program, left) || late
	}
	most := 100 * time.Millisecond
	for len(quick) > 0 {
		n, cost := 0, time.Duration(0)
		for n < len(quick) && cost < most {
			cost += quick[n].cost
			n++
		}
		if t.fails(f, t.program, quick[:n]) {
			return true
		}
		quick, most = quick[n:], 2*most
	}
	return false
}

// fails runs some tests with a fault, and reports whether one fails.
func (t *tests) fails(f *fault, program string, some []*test) bool {
	most := 10 * time.Second
	for _, one := range some {
		most += 10 * one.cost
	}
	o := t.run(program, some, most, "MUTATE_FAULT="+strconv.Itoa(f.id))
	f.result, f.by = o.result, o.by
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range some {
		if one.name == o.by {
			one.kills++
		}
	}
	return f.result != lived
}

// order parts the tests: quick ones that reach a fault, the cheapest and those that have
// found many before the others; and what is left, slow ones, and quick ones that did not
// reach it and may draw other values the next time. Slow ones
// that did not reach it are left out.
func (t *tests) order(reach map[*test]bool) (quick, left []*test) {
	t.mu.Lock()
	defer t.mu.Unlock()
	price := map[*test]float64{}
	for _, one := range t.all {
		switch {
		case reach[one] && one.cost < slow:
			quick = append(quick, one)
			price[one] = float64(one.cost) / float64(1+one.kills)
		case reach[one] || one.cost < slow:
			left = append(left, one)
		}
	}
	slices.SortStableFunc(quick, func(a, b *test) int { return cmp.Compare(price[a], price[b]) })
	return quick, left
}

// tryAll tries faults, and tells of each. What the quick tests do not find comes last.
func (t *tests) tryAll(faults []*fault, workers int, out io.Writer) error {
	start := time.Now()
	left := t.tryEach(faults, workers, false, out)
	fmt.Fprintf(out, "%d faults are left to the slow tests, or are built by themselves, after %s\n", len(left), time.Since(start).Round(time.Second))
	t.tryEach(left, workers, true, out)
	count := map[string]int{}
	for _, f := range faults {
		count[f.result]++
	}
	_, err := fmt.Fprintf(out, "%d faults in %s: %d killed, %d timed out, %d lived, %d not reached, %d do not compile: %.1f %%\n",
		len(faults), time.Since(start).Round(time.Second), count[killed], count[timedOut], count[lived], count[unreached], count[broken],
		100*float64(count[killed]+count[timedOut])/float64(max(1, len(faults)-count[broken])))
	return err
}

// tryEach tries faults, tells of those that are settled, and returns the others.
func (t *tests) tryEach(faults []*fault, workers int, late bool, out io.Writer) (left []*fault) {
	next := make(chan *fault)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for f := range next {
				settled := t.try(f, late)
				mu.Lock()
				if settled {
					fmt.Fprintf(out, "%s %s %s\n", f.result, f, f.by)
				} else {
					left = append(left, f)
					fmt.Fprintf(out, "so far LIVED %s\n", f)
				}
				mu.Unlock()
			}
		})
	}
	for _, f := range faults {
		next <- f
	}
	close(next)
	all.Wait()
	return left
}
