package service

import (
	"strconv"
	"time"

	"authsync/schema"
)

// Time reads the time that a service gives: ISO 8601 with or without a zone, or
// milliseconds since 1970. What is none is the zero time.
func Time(v schema.Value) time.Time {
	switch v := v.(type) {
	case schema.Text:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime} {
			if at, err := time.Parse(layout, string(v)); err == nil {
				return at
			}
		}
	case schema.Number:
		if ms, err := strconv.ParseInt(string(v), 10, 64); err == nil && ms > 0 {
			return time.UnixMilli(ms).UTC()
		}
	}
	return time.Time{}
}
