package custody

import (
	"fmt"

	"authsync/schema"
	"authsync/sync"
	"authsync/sync/lock"
)

// unused finds secrets that are sealed for nothing: every copy must be kept and
// replaced. Entries in lock and vault of an object that git has removed are used as
// long as it is live.
func (c *checking) unused(files []schema.File, loaded *schema.Loaded) {
	c.unread(files, loaded)
	for _, env := range loaded.Environments {
		c.unnamedTokens(env)
		c.unnamedEntries(env)
	}
}

// unread finds sealed texts that no manifest uses, since another value overrules them.
// Environments outside of this run that share a Base count too.
func (c *checking) unread(files []schema.File, loaded *schema.Loaded) {
	read := map[schema.Position]struct{}{}
	mark := func(envs []*schema.Environment) {
		for _, env := range envs {
			for _, held := range env.Secrets {
				read[held.Pos] = struct{}{}
			}
		}
	}
	mark(loaded.Environments)
	mark(loaded.Bases)
	for _, f := range c.neighbours(files) {
		mark(c.load(f.Path).Environments)
	}
	for _, h := range c.sealed {
		if h.File != h.manifest.Path {
			continue
		}
		for _, s := range h.Sealed {
			if _, is := read[s.Pos]; !is {
				c.add(s.Pos, s.Paths[0], "is used by no environment: each that reads this file has another value in its place; take it out")
			}
		}
	}
}

// unnamedTokens finds tokens in the vault for keys that the manifest does not name.
func (c *checking) unnamedTokens(env *schema.Environment) {
	for _, h := range c.sealed {
		if h.File != sync.VaultFile(env.File) {
			continue
		}
		for _, s := range h.Sealed {
			key := lock.TokenKey(s.Paths[0][1])
			if env.Object(key) == nil {
				c.leftover(s.Pos, s.Paths[0], env, "the vault keeps its token")
			}
		}
	}
}

// unnamedEntries finds secrets in the lock of objects that the manifest does not name.
func (c *checking) unnamedEntries(env *schema.Environment) {
	path := sync.LockFile(env.File)
	for _, h := range c.sealed {
		if h.File != path {
			continue
		}
		held, err := c.lock(path, env.Name)
		if err != nil {
			continue // reported already
		}
		for _, k := range schema.Kinds {
			for _, key := range held.Keys(k.Name) {
				if entry, _ := held.Entry(key); entry.HoldsSecret() && env.Object(key) == nil {
					c.leftover(h.Position("objects", key.String()), schema.Path{"objects", key.String()}, env, "the lock knows a secret of it")
				}
			}
		}
	}
}

// leftover adds a warning about an entry of an object that git has removed. If the object
// is still live, deleting it removes the entry.
func (c *checking) leftover(pos schema.Position, path schema.Path, env *schema.Environment, what string) {
	c.Faults.Add(&schema.Fault{Pos: pos, Path: path, Severity: schema.Doubtful, Text: fmt.Sprintf(
		"%s does not name it any more, and %s; authsync apply --prune deletes it and takes the entry out, as the label prune does in a pull request", env.File, what)})
}
