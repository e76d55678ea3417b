package custody

import (
	"fmt"

	"authsync/schema"
	"authsync/sync"
	"authsync/sync/lock"
)

// unused finds what is sealed for nothing: every copy of a secret is one more
// to keep and to replace. What lock and vault know of an object that git has
// removed is for as long as that is live.
func (c *checking) unused(files []schema.File, loaded *schema.Loaded) {
	c.unread(files, loaded)
	for _, env := range loaded.Environments {
		c.unnamedTokens(env)
		c.unnamedEntries(env)
	}
}

// unread finds sealed texts that no manifest reads, since another is in their
// place. Environments that are not of this run, but share a Base, count.
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

// unnamedTokens finds tokens in the vault of keys that the manifest does not
// name.
func (c *checking) unnamedTokens(env *schema.Environment) {
	for _, h := range c.sealed {
		if h.File != sync.VaultFile(env.File) {
			continue
		}
		for _, s := range h.Sealed {
			key := lock.TokenKey(s.Paths[0][1])
			if collection := env.Collections[key.Kind]; collection != nil && collection.Object(key.Name) != nil {
				continue
			}
			c.left(s.Pos, s.Paths[0], env, "the vault keeps its token")
		}
	}
}

// unnamedEntries finds what the lock knows of secrets of objects that the
// manifest does not name.
func (c *checking) unnamedEntries(env *schema.Environment) {
	path := sync.LockFile(env.File)
	for _, h := range c.sealed {
		if h.File != path {
			continue
		}
		held, err := c.lock(path, env.Name)
		if err != nil {
			continue // said already
		}
		for _, k := range schema.Kinds {
			for _, key := range held.Keys(k.Name) {
				entry, _ := held.Entry(key)
				collection := env.Collections[k.Name]
				if !entry.HoldsSecret() || collection != nil && collection.Object(key.Name) != nil {
					continue
				}
				c.left(h.Position("objects", key.String()), schema.Path{"objects", key.String()}, env, "the lock knows a secret of it")
			}
		}
	}
}

// left doubts an entry of an object that git has removed. As long as that is live
// nothing is wrong with it: what deletes the object takes the entry out.
func (c *checking) left(pos schema.Position, path schema.Path, env *schema.Environment, what string) {
	c.Faults.Add(&schema.Fault{Pos: pos, Path: path, Severity: schema.Doubtful, Text: fmt.Sprintf(
		"%s does not name it any more, and %s; authsync apply --prune deletes it and takes the entry out, as the label prune does in a pull request", env.File, what)})
}
