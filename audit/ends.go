package audit

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/pattern"
)

// soon is how long before an end it is told.
const soon = 30 * 24 * time.Hour

// day is a day of days left.
const day = 24 * time.Hour

// ending says when a thing ends, and is nothing while that is far away.
func (s State) ending(at schema.Path, pos schema.Position, end, now time.Time, before time.Duration) []*schema.Fault {
	if now.Add(before).Before(end) {
		return nil
	}
	on := ", on " + lastDay(end)
	f := s.fault(Ends, at, "expires "+within(end.Sub(now))+on, schema.Doubtful)
	f.Pos = pos
	if !now.Before(end) {
		f.Severity, f.Text = schema.Wrong, "has expired "+ago(now.Sub(end))+on
	}
	return []*schema.Fault{f}
}

func within(left time.Duration) string {
	switch days := int(left / day); days {
	case 0:
		return "within a day"
	case 1:
		return "in 1 day"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}

func ago(since time.Duration) string {
	switch days := int(since / day); days {
	case 0:
		return "less than a day ago"
	case 1:
		return "1 day ago"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}

// Expiring finds what ends soon, or has ended, of what a state has: secrets of which
// the manifest says so, and certificates in metadata.
func Expiring(s State, now time.Time) []*schema.Fault {
	found := list.Flat(s.Env.Expiries, func(one schema.Expiring) []*schema.Fault {
		return s.ending(one.Path, one.Pos, one.End, now, soon)
	})
	for _, k := range schema.Kinds {
		for _, name := range slices.Sorted(maps.Keys(s.Objects[k.Name])) {
			schema.Walk(s.Objects[k.Name][name], func(below schema.Path, v schema.Value) {
				at := append(k.Path(name), below...)
				for _, end := range certificates(v) {
					found = append(found, s.ending(at, s.Env.Position(at), end, now, soon)...)
				}
			})
		}
	}
	return found
}

// Applied says when an object was last applied, if it was.
type Applied func(schema.Key) (time.Time, bool)

// NeverApplied is it where nothing was, or it does not matter.
func NeverApplied(schema.Key) (time.Time, bool) { return time.Time{}, false }

// Keys finds the objects with an end of their own that end soon, or have ended. Live
// says when they end; a manifest says how long they live, and applied when they were
// made at the latest.
func Keys(s State, applied Applied, now time.Time) []*schema.Fault {
	var found []*schema.Fault
	for _, k := range schema.Kinds {
		for _, name := range slices.Sorted(maps.Keys(s.Objects[k.Name])) {
			o, at := s.Objects[k.Name][name], k.Path(name)
			end, ends := endOf(k.Update.Expiry, o, func() (time.Time, bool) { return applied(schema.Key{Kind: k.Name, Name: name}) })
			before := soon
			if rotates, ok := o[k.Update.Expiry.Before].(schema.Seconds); ok {
				before = time.Duration(rotates) * time.Second // an apply replaces it then
			}
			if ends {
				found = append(found, s.ending(at, s.Env.Position(at), end, now, before)...)
			}
		}
	}
	return found
}

// endOf is when an object ends, if that is known. Applied says when it was made at the
// latest.
func endOf(x schema.Expiry, o schema.Object, applied func() (time.Time, bool)) (end time.Time, ends bool) {
	if x.At == "" {
		return end, false
	}
	if end, err := time.Parse(time.RFC3339, o.Text(x.At)); err == nil {
		return end, true
	}
	made, known := applied()
	life, _ := o[x.Life].(schema.Seconds)
	return made.Add(time.Duration(life) * time.Second), known && life > 0
}

// inMetadata finds the certificates in SAML metadata.
var inMetadata = pattern.Of(`<(?:[\w.-]+:)?X509Certificate\b[^>]*>([^<]*)</`)

// certificates are the ends of the certificates in a text.
func certificates(v schema.Value) []time.Time {
	text, _ := schema.Unwrap(v).(schema.Text)
	if !strings.Contains(string(text), "X509Certificate") {
		return nil
	}
	var ends []time.Time
	for _, m := range inMetadata.FindAllStringSubmatch(string(text), -1) {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(m[1]), ""))
		if err != nil {
			continue
		}
		if cert, err := x509.ParseCertificate(der); err == nil {
			ends = append(ends, cert.NotAfter)
		}
	}
	return ends
}
