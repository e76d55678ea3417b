package rehearse

import (
	"context"

	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
)

// Strange returns the objects that a copy which plays quirks shows otherwise than live.
func Strange(ctx context.Context, site *sync.Site, plan *sync.EnvironmentPlan, quirks quirk.Set) ([]schema.Key, error) {
	return newOriginal(site, plan).strange(ctx, quirks)
}
