package sync

import "authsync/schema"

// Part says which part of a fleet results are of. The zero value is the whole fleet, in
// one run.
type Part struct {
	// Shard is the shard of a run.
	Shard schema.Shard
	// Joined says whose results were joined; nil = those of one run.
	Joined *Joined
}

// FleetDrift is what moved in the environments of a run.
type FleetDrift struct {
	Part         Part
	Environments []*Drifted
}

// Joined are the shards whose results were joined.
type Joined struct {
	Of      int           `json:"of" doc:"How many shards there are."`
	Missing []int         `json:"missing" doc:"The numbers of those that did not report."`
	Digests []ShardDigest `json:"digests,omitempty" doc:"The digests of saved plans. Missing where none was saved."`
}

// ShardDigest identifies the saved plan of a shard, by which an approval can name it.
type ShardDigest struct {
	Index  int    `json:"index" doc:"The number of the shard."`
	Digest string `json:"digest" doc:"The digest of its saved plan."`
}
