package fleet

import (
	"errors"
	"fmt"
	stdsync "sync"

	"authsync/schema"
	"authsync/sync"
	"authsync/sync/state"
)

// Claims exclude other applies of the environments on this machine. Each claim is an
// open file, so only as many are held as environments are applied at once. In a larger
// run the other environments are claimed again before their apply, and refused if
// another apply ran in between.
type Claims struct {
	stateDir string

	mu    stdsync.Mutex
	held  map[string]*state.Claim // by manifest
	marks map[string]sync.Mark
}

// Claim claims environments, and keeps the first most of the claims. Nothing may be
// read for an apply before that.
func Claim(envs []*schema.Outline, stateDir string, most int) (*Claims, error) {
	c := &Claims{stateDir: stateDir, held: map[string]*state.Claim{}, marks: map[string]sync.Mark{}}
	if err := untracked(envs, stateDir); err != nil {
		return nil, err
	}
	for i, env := range envs {
		one, err := c.one(env)
		if err != nil {
			c.ReleaseAll()
			return nil, err
		}
		if i < most {
			c.held[env.File] = one
			continue
		}
		mark, err := sync.MarkOf(env.File, sync.StateOf(env.Name, env.File, stateDir))
		one.Release()
		if err != nil {
			c.ReleaseAll()
			return nil, fmt.Errorf("%s: %w", env.Name, err)
		}
		c.marks[env.File] = mark
	}
	return c, nil
}

// untracked refuses state directories that came with a repository.
func untracked(envs []*schema.Outline, stateDir string) error {
	seen := map[string]struct{}{}
	for _, env := range envs {
		runs := sync.StateOf(env.Name, env.File, stateDir)
		if _, again := seen[runs.Dir]; again {
			continue
		}
		seen[runs.Dir] = struct{}{}
		if err := runs.Untracked(); err != nil {
			return &RefusedError{fmt.Errorf("%s: %w", env.Name, err)}
		}
	}
	return nil
}

func (c *Claims) one(env *schema.Outline) (*state.Claim, error) {
	one, err := sync.StateOf(env.Name, env.File, c.stateDir).Claim()
	if _, claimed := errors.AsType[*state.ClaimedError](err); claimed {
		return nil, &RefusedError{err}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be claimed for this apply: %w", env.Name, err)
	}
	return one, nil
}

// begin claims an environment for its apply, which ends with [Claims.release].
func (c *Claims) begin(env *schema.Outline) error {
	c.mu.Lock()
	_, held := c.held[env.File]
	before := c.marks[env.File]
	c.mu.Unlock()
	if held {
		return nil
	}
	one, err := c.one(env)
	if err != nil {
		return err
	}
	now, err := sync.MarkOf(env.File, sync.StateOf(env.Name, env.File, c.stateDir))
	if err == nil && now != before {
		err = &RefusedError{&sync.OvertakenError{Env: env.Name}}
	}
	if err != nil {
		one.Release()
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[env.File] = one
	return nil
}

func (c *Claims) release(env *schema.Outline) {
	c.mu.Lock()
	one := c.held[env.File]
	delete(c.held, env.File)
	c.mu.Unlock()
	if one != nil {
		one.Release()
	}
}

// ReleaseAll releases what is still held.
func (c *Claims) ReleaseAll() {
	for _, one := range c.held {
		one.Release()
	}
	c.held = nil
}

// The number of files that an apply holds open must not grow with the number of its
// environments. If they ran out half way, a key could be created whose token cannot be
// stored. So only a few environments are applied at once.

const (
	filesAtAll  = 32 // standard streams, plugins, manifests, the runtime's files
	filesOfEach = 6  // of each environment: its claim, its journal, and a file being written
	filesOfHeld = 2  // of each that is only claimed
)

// Claimable returns how many environments a run may hold claimed at once that works on
// one after the other.
func Claimable() int {
	limit, known := openFileLimit()
	if !known {
		return mostClaimed
	}
	return min(mostClaimed, max(0, limit-filesAtAll)/filesOfHeld)
}

// mostClaimed limits the claims of such a run where files do not.
const mostClaimed = 256

// UnderWay returns how many environments an apply may work on at once with so many
// requests in flight, or an error if this process may not open enough files.
func UnderWay(requests int) (int, error) {
	most := AtOnce(requests)
	limit, known := openFileLimit()
	if !known {
		return most, nil
	}
	if need := filesAtAll + requests + filesOfEach; limit < need {
		return 0, fmt.Errorf("this process may have %d files open at once, and an apply needs %d: raise the limit (ulimit -n), or lower --concurrency", limit, need)
	}
	return min(most, (limit-filesAtAll-requests)/filesOfEach), nil
}
