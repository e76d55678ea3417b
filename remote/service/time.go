package service

import (
	"strconv"
	"strings"
	"time"

	"authsync/schema"
)

// Time reads a service's time: ISO 8601 with or without a zone, or milliseconds since
// 1970. Anything else, and what services send instead of no time (see [NoTime]), is
// the zero time.
func Time(v schema.Value) time.Time {
	if at, ok := moment(v); ok && at.After(zeroTimes) {
		return at
	}
	return time.Time{}
}

// NoTime reports whether a value stands for no time: nothing, or the zero time of the
// service's language or database.
func NoTime(v schema.Value) bool {
	if text, ok := v.(schema.Text); ok && strings.HasPrefix(string(text), "0000-00-00") {
		return true
	}
	at, ok := moment(v)
	return schema.IsUnset(v) || ok && !at.After(zeroTimes)
}

// zeroTimes are the times before this one: the end of 1970's first day, in any zone.
var zeroTimes = time.Unix(0, 0).Add(24 * time.Hour)

func moment(v schema.Value) (at time.Time, ok bool) {
	switch v := v.(type) {
	case schema.Text:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime} {
			if at, err := time.Parse(layout, string(v)); err == nil {
				return at, true
			}
		}
	case schema.Number:
		if ms, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return time.UnixMilli(ms).UTC(), true
		}
	}
	return time.Time{}, false
}
