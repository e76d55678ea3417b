package lock

import (
	"maps"
	"slices"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
)

// Record records fields that were written, over what is recorded.
func (l *Lock) Record(f Found, now time.Time) error {
	fresh := l.digests(f.Key, f.Fields)
	l.mu.Lock()
	if f.Made == MadeNow {
		delete(l.objects, f.Key)
	}
	l.drop(f.Key, f.Displaced)
	l.objects[f.Key].prove(fresh, f.Untold)
	unseen := slices.Contains(l.making, f.Key)
	l.put(f.Key, f.ID, fresh, now)
	l.unstamp(f.Key)
	if unseen { // nobody would find it again
		return l.saveChange()
	}
	l.note(f.Key)
	return l.noted()
}

// Found is an object that was written, or found as wanted.
type Found struct {
	Key    schema.Key
	ID     string
	Fields schema.Object
	// Opened are its sealed secrets that were opened and hold what live shows.
	Opened []diff.Opened
	// Untold are paths of fields that could not be compared with live.
	Untold []schema.Path
	// Displaced are paths at which live has another value by this write, which nobody
	// has stated: what was recorded there holds no longer.
	Displaced []schema.Path
	Made      Making
}

// drop forgets what is recorded at some paths of an object. The caller holds l.mu.
func (l *Lock) drop(key schema.Key, paths []schema.Path) {
	e, known := l.objects[key]
	if !known || len(paths) == 0 {
		return
	}
	e.Fields = maps.Clone(e.Fields) // readers may hold it
	for _, at := range paths {
		delete(e.Fields, at.String())
	}
	l.objects[key] = e
}

// ForgetFields removes fields of an object.
func (l *Lock) ForgetFields(key schema.Key, paths []schema.Path) error {
	if len(paths) == 0 {
		return nil
	}
	l.mu.Lock()
	l.drop(key, paths)
	delete(l.spelled, key.String())
	l.note(key)
	return l.noted()
}

// Making says whether an object existed before.
type Making int

const (
	StoodBefore Making = iota
	// MadeNow objects are new: nothing recorded under their name holds for them.
	MadeNow
)

// Adopt records objects that were found as wanted, the unmanaged ones of the given
// kinds, and which of these kinds were listed in full. It writes only if something
// changes.
func (l *Lock) Adopt(found []Found, kinds map[string]struct{}, unmanaged []schema.Key, listed []string, now time.Time) error {
	fresh := make([]map[string]string, len(found))
	for i, f := range found {
		fresh[i] = l.digests(f.Key, f.Fields)
	}
	l.mu.Lock()
	news := len(l.moved) > 0 || l.trusted || l.behind
	l.behind = false
	for i, f := range found {
		e, ok := l.objects[f.Key]
		e.keep(fresh[i])
		e.prove(fresh[i], f.Untold)
		if !ok || f.ID != "" && e.ID != f.ID || !contains(e.Fields, fresh[i]) {
			l.put(f.Key, f.ID, fresh[i], now)
			l.unstamp(f.Key)
			news = true
		}
		news = l.attest(f.Key, f.Opened) || news
	}
	if next := unmanagedNow(l.unmanaged, kinds, unmanaged); !slices.Equal(next, l.unmanaged) {
		l.unmanaged, news = next, true
	}
	if next := list.Distinct(slices.Concat(l.listed, listed)); !slices.Equal(next, l.listed) {
		l.listed, news = next, true
	}
	if !news {
		l.mu.Unlock()
		return nil
	}
	return l.saveChange()
}

// unmanagedNow replaces the unmanaged objects of the kinds that were read.
func unmanagedNow(old []schema.Key, kinds map[string]struct{}, now []schema.Key) []schema.Key {
	next := slices.Clone(now)
	for _, key := range old {
		if _, read := kinds[key.Kind]; !read {
			next = append(next, key)
		}
	}
	slices.SortFunc(next, byText)
	return slices.Compact(next)
}

func contains(all, some map[string]string) bool {
	for path, text := range some {
		if all[path] != text {
			return false
		}
	}
	return true
}

// put records an object. The caller holds l.mu.
func (l *Lock) put(key schema.Key, id string, fresh map[string]string, now time.Time) {
	e := l.objects[key]
	carry(fresh, e.Fields)
	if id == "" {
		id = e.ID
	}
	if id == key.Name {
		id = ""
	}
	l.unmake(key)
	delete(l.spelled, key.String())
	e.Settled, e.Attested = still(e.Settled, e.Fields, fresh), still(e.Attested, e.Fields, fresh)
	e.ID, e.Applied, e.Version, e.Fields = id, now.UTC().Truncate(time.Second), l.owner.Version, fresh
	l.objects[key] = e
}

// carry adds recorded values that nothing new is known of: of fields that were not
// written, and of names left out in those that were, which live keeps.
func carry(fresh, known map[string]string) {
	written := maps.Clone(fresh)
	places := map[string]bool{} // paths of fresh values and of what contains them
	for path := range fresh {
		p, err := schema.ParsePath(path)
		for n := 1; err == nil && n <= len(p); n++ {
			places[p[:n].String()] = true
		}
	}
	for path, text := range known {
		p, err := schema.ParsePath(path)
		covered := err != nil || places[path]
		for n := 1; !covered && n < len(p); n++ {
			_, covered = written[p[:n].String()]
		}
		if !covered {
			fresh[path] = text
		}
	}
}

// still returns what is recorded beside applied values that have not changed.
func still(beside, was, is map[string]string) map[string]string {
	left := maps.Clone(beside)
	maps.DeleteFunc(left, func(path, _ string) bool { return was[path] != is[path] })
	return left
}

// Settle records what the service made of written top-level fields; their other values
// are as wanted. It records no secret.
func (l *Lock) Settle(key schema.Key, written map[string]bool, made []diff.Field) error {
	return l.amend(key, func(e Entry) Entry {
		settled := maps.Clone(e.Settled)
		maps.DeleteFunc(settled, func(path, _ string) bool {
			at, err := schema.ParsePath(path)
			return err != nil || written[first(at)]
		})
		for _, f := range made {
			if f.Before == nil || schema.HoldsSecret(f.Before) || schema.HoldsSecret(f.After) {
				continue
			}
			if settled == nil {
				settled = map[string]string{}
			}
			settled[f.Path.String()] = schema.Show(f.Before)
		}
		e.Settled = settled
		return e
	})
}

// amend changes what is recorded of an object.
func (l *Lock) amend(key schema.Key, change func(Entry) Entry) error {
	l.mu.Lock()
	e, ok := l.objects[key]
	next := change(e)
	same := e.ID == next.ID && e.Stamp == next.Stamp && e.Read.Equal(next.Read) && maps.Equal(e.Settled, next.Settled)
	if !ok || same {
		l.mu.Unlock()
		return nil
	}
	delete(l.spelled, key.String())
	l.objects[key] = next
	l.note(key)
	return l.noted()
}

func first(p schema.Path) string {
	if len(p) == 0 {
		return ""
	}
	return p[0]
}

// Identify records the id of an object.
func (l *Lock) Identify(key schema.Key, id string) error {
	return l.amend(key, func(e Entry) Entry {
		if id != "" && id != key.Name {
			e.ID = id
		}
		return e
	})
}

// Follow moves an entry to another name: the service has the object under the same id.
// The next change writes it. A digest made for the old name now only says that there
// is a secret.
func (l *Lock) Follow(was, is schema.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, known := l.objects[was]
	if !known {
		return
	}
	fields := maps.Clone(e.Fields)
	for path, text := range fields {
		if IsMAC(text) {
			fields[path] = someSecret
		}
	}
	if e.Fields, e.Attested = fields, nil; e.ID == "" {
		e.ID = was.Name
	}
	delete(l.objects, was)
	delete(l.spelled, was.String())
	l.objects[is], l.behind = e, true
}

// Make records that a call is about to make an object that no read would find, unless
// its answer tells the id. Without this record nobody would know what a run left behind
// that ends there.
func (l *Lock) Make(key schema.Key) error {
	l.mu.Lock()
	l.unmake(key)
	l.making = append(l.making, key)
	slices.SortFunc(l.making, byText)
	return l.saveChange()
}

// Unmake records that the call made nothing.
func (l *Lock) Unmake(key schema.Key) error {
	l.mu.Lock()
	l.unmake(key)
	return l.saveChange()
}

// unmake takes back the record of a call. The caller holds l.mu.
func (l *Lock) unmake(key schema.Key) {
	l.making = slices.DeleteFunc(l.making, func(k schema.Key) bool { return k == key })
}

// Making reports whether an object may have been made by a call whose answer nobody
// has read. It holds until the object is recorded.
func (l *Lock) Making(key schema.Key) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.making, key)
}

// Forget removes objects.
func (l *Lock) Forget(keys ...schema.Key) error {
	l.mu.Lock()
	known := false
	for _, key := range keys {
		if _, ok := l.objects[key]; ok {
			delete(l.spelled, key.String())
			delete(l.objects, key)
			l.note(key)
			known = true
		}
	}
	if !known {
		l.mu.Unlock()
		return nil
	}
	return l.noted()
}
