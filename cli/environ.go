package cli

import (
	"os"
	"path"
	"slices"
	"strings"
	"sync"
)

// process is the environment of this process, which is one whatever runs in it.
var process environment

// environment is the process's environment less what children must not get. An
// age plugin inherits the process's own, and nothing can be handed to it in its
// place: so the secrets are taken out, and found by [lookupEnv] all the same.
type environment struct {
	mu    sync.Mutex
	taken map[string]string
	given map[string]string // by flags that stand for variables
}

// privateVariables are those that hold secrets of authsync, the cloud or the code
// host, or make age print them. Of what the code host says of itself no child
// needs anything, and some of it is a way to change the job's later steps.
var privateVariables = []string{
	"AUTHSYNC_IDENTITY", "AUTHSYNC_*TOKEN*", "AUTHSYNC_*SECRET*", "AUTHSYNC_*KEY", "AGEDEBUG",
	"TENCENTCLOUD_*", "TENCENT_*", "QCLOUD_*", "CLOUDBASE_*", "TCB_*", "TKE_*",
	"GITHUB_*", "GH_*", "ACTIONS_*", "CI_*", "GITLAB_*", "CNB_*",
}

// private reports whether a variable is one of them, in whatever letters: some
// systems tell no case apart.
func private(name string) bool {
	return slices.ContainsFunc(privateVariables, func(pattern string) bool {
		is, _ := path.Match(pattern, strings.ToUpper(name))
		return is
	})
}

// hideSecrets takes the variables that are known to be private out of the
// process's environment. What it returns puts back all that was taken since.
func (e *environment) hideSecrets() (restore func()) {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); private(name) {
			e.hide(name)
		}
	}
	return e.restore
}

// hide takes variables out of the process's environment.
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

// needed are variables without which no child finds its way. A manifest that
// calls one of them a secret does not change that.
var needed = map[string]bool{"PATH": true, "HOME": true, "TERM": true, "TMPDIR": true, "USER": true, "SHELL": true}

// set gives this process a variable that its children do not get.
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

// lookupEnv is [os.LookupEnv] for this package: it also finds what was taken
// out of the process's environment, and what a flag says in its place.
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
