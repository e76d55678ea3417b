package sync

// Since limits a plan to the environments whose files have changed since a revision.
type Since struct {
	Revision string // as the user named it
	Commit   string // that it was, "" = one in each of several repositories
	// Unchanged are the environments that are left out.
	Unchanged []string
	// Deleted are environments that git had then and has no longer. What was applied
	// from them still exists, and no plan includes it.
	Deleted []DeletedManifest
}

// DeletedManifest is an environment that git has no longer, and where it was.
type DeletedManifest struct{ Name, File string }
