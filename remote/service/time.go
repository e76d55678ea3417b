package service

import (
	"strconv"
	"strings"
	"time"

	"authsync/schema"
)

// Time reads the time that a service gives: ISO 8601 with or without a zone, or
// milliseconds since 1970. What is none, and what services give instead of none
// (see [NoTime]), is the zero time.
func Time(v schema.Value) time.Time {
	if at, ok := moment(v); ok && at.After(zeroTimes) {
		return at
	}
	return time.Time{}
}

// NoTime reports whether a value is what services give in the place of a time that
// there is not: nothing, or the zero time of their language or database.
func NoTime(v schema.Value) bool {
	if text, ok := v.(schema.Text); ok && strings.HasPrefix(string(text), "0000-00-00") {
		return true
	}
	at, ok := moment(v)
	return schema.IsUnset(v) || ok && !at.After(zeroTimes)
}

// zeroTimes are before the end of 1970's first day, whatever the zone.
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
