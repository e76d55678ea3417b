package sync

import (
	"bytes"
	"encoding/json"
	"maps"
	"time"

	"authsync/schema"
	"authsync/sync/lock"
)

// stampCache is the name of the file with the stamps that plans have seen.
const stampCache = ".stamps"

// seenStamp is the stamp of an object, and the digest of the entry that it vouches for.
type seenStamp struct {
	Stamp   string    `json:"stamp"`
	Read    time.Time `json:"read"`
	Content string    `json:"content"`
}

type seenStamps struct {
	Env     string                   `json:"environment"`
	Systems lock.Places              `json:"systems"`
	Objects map[schema.Key]seenStamp `json:"objects"`
}

// seenStamps reads the stamps that plans have seen at these services.
func (s *Site) seenStamps() map[schema.Key]seenStamp {
	var file seenStamps
	text := s.State.Cached(stampCache)
	if text == nil || json.Unmarshal(text, &file) != nil || file.Env != s.Env.Name || len(file.Systems) == 0 || s.Places.Other(file.Systems) != "" {
		return nil
	}
	return file.Objects
}

// KeepStamps keeps the stamps that a plan has seen, for the next one. It writes to the
// cache alone, and only what is new.
func (s *Site) KeepStamps(plan *EnvironmentPlan) {
	if s.stamps == nil || s.State.Nowhere() || len(s.Places) == 0 {
		return
	}
	was := s.stamps()
	file := seenStamps{Env: s.Env.Name, Systems: s.Places, Objects: map[schema.Key]seenStamp{}}
	for key, seen := range was {
		entry, recorded := s.Lock.Entry(key)
		if recorded && seen.Content == entry.Content() && entry.Stamp != seen.Stamp {
			file.Objects[key] = seen
		}
	}
	untold := plan.untold()
	for _, key := range plan.same {
		stamp, vouches := s.vouches(plan, key, untold)
		entry, _ := s.Lock.Entry(key)
		if vouches && !entry.Vouches(stamp) {
			file.Objects[key] = seenStamp{stamp.Text, stamp.Read, entry.Content()}
		}
	}
	if maps.Equal(was, file.Objects) {
		return
	}
	var text bytes.Buffer
	if json.NewEncoder(&text).Encode(file) == nil {
		s.State.Cache(stampCache, text.Bytes())
	}
}
