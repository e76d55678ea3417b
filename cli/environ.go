package cli

import (
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
)

var process environment

// environment is the process's environment without what children must not get. An age
// plugin inherits the process's own environment, and there is no way to pass another
// one. So secrets are removed from it, and [lookupEnv] still finds them.
type environment struct {
	mu    sync.Mutex
	taken map[string]string
	given map[string]string // values of flags that replace variables
}

// privateVariables hold secrets of authsync, the cloud or the code host, or make age
// print them. No child needs the variables of the code host, and some could change the
// job's later steps.
var privateVariables = []string{
	"AUTHSYNC_IDENTITY", "AUTHSYNC_*TOKEN*", "AUTHSYNC_*SECRET*", "AUTHSYNC_*KEY", "AGEDEBUG",
	"TENCENTCLOUD_*", "TENCENT_*", "QCLOUD_*", "CLOUDBASE_*", "TCB_*", "TKE_*",
	"GITHUB_*", "GH_*", "ACTIONS_*", "CI_*", "GITLAB_*", "CNB_*",
}

// private reports whether a variable is one of them, in any case: some systems ignore
// it.
func private(name string) bool {
	return slices.ContainsFunc(privateVariables, func(pattern string) bool {
		is, _ := path.Match(pattern, strings.ToUpper(name))
		return is
	})
}

// hideSecrets removes the private variables from the process's environment. The
// returned function puts back everything removed since.
func (e *environment) hideSecrets() (restore func()) {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); private(name) {
			e.hide(name)
		}
	}
	return e.restore
}

func (e *environment) hide(names ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range names {
		value, ok := os.LookupEnv(name)
		if !ok || needed[name] {
			continue
		}
		if e.taken == nil {
			e.taken = map[string]string{}
		}
		e.taken[name] = value
		os.Unsetenv(name)
	}
}

// needed are variables that every child needs, even if a manifest names one of them as
// a secret.
var needed = map[string]bool{"PATH": true, "HOME": true, "TERM": true, "TMPDIR": true, "USER": true, "SHELL": true}

// set defines a variable for this process that its children do not get.
func (e *environment) set(name, value string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.given == nil {
		e.given = map[string]string{}
	}
	e.given[name] = value
}

func (e *environment) restore() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, value := range e.taken {
		os.Setenv(name, value)
	}
	e.taken, e.given = nil, nil
}

// lookupEnv is [os.LookupEnv] for this package: it also finds removed variables, and
// values of flags that replace variables.
func lookupEnv(name string) (string, bool) {
	process.mu.Lock()
	defer process.mu.Unlock()
	if value, ok := process.given[name]; ok {
		return value, true
	}
	if value, ok := process.taken[name]; ok {
		return value, true
	}
	return os.LookupEnv(name)
}

// namesSet are the names of the variables that authsync and its way to the services
// look at, as far as they are set. No value is among them.
func (e *environment) namesSet() []string {
	var names []string
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" && (strings.HasPrefix(name, "AUTHSYNC_") || strings.HasSuffix(strings.ToUpper(name), "_PROXY")) {
			names = append(names, name)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	names = append(names, slices.Collect(maps.Keys(e.taken))...)
	slices.Sort(names)
	return slices.Compact(names)
}
