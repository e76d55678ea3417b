package sync

// Since limits a plan to the environments whose files have changed since a revision.
type Since struct {
	Revision  string    `json:"ref" doc:"The git revision, as it was named."`
	Commit    string    `json:"commit,omitempty" doc:"The commit that it was. Missing where the files are in several repositories."`
	Unchanged []string  `json:"unchanged" doc:"The environments that are left out, since no file of them differs from that revision."`
	Deleted   []Deleted `json:"deleted" doc:"The environments that git had then and has no longer: what was applied from them still exists, and no plan includes it."`
}

// Deleted is an environment that git has no longer.
type Deleted struct {
	Name string `json:"name" doc:"The environment."`
	File string `json:"file" doc:"Where its manifest was."`
}
