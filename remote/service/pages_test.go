package service

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"authsync/schema"
)

// shelf is a list of a service that others change while it is read.
type shelf struct {
	mu      sync.Mutex
	ids     []string
	moves   []move // the changes that are still to come, one after each page
	pages   int
	size    int
	totaled bool
}

// move deletes the item at a place, or puts one there.
type move struct {
	at  int
	put string // "" = delete
}

func (s *shelf) page(p Page) schema.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := min((p.Number-1)*s.size, len(s.ids))
	list := schema.List{}
	for _, id := range s.ids[from:min(from+s.size, len(s.ids))] {
		list = append(list, schema.Object{"id": schema.Text(id)})
	}
	answer := schema.Object{"data": list}
	if s.totaled {
		answer["total"] = schema.Number(strconv.Itoa(len(s.ids)))
	}
	s.pages++
	if len(s.moves) > 0 {
		m := s.moves[0]
		s.moves = s.moves[1:]
		at := min(m.at, len(s.ids))
		switch {
		case m.put != "":
			s.ids = slices.Insert(s.ids, at, m.put)
		case at < len(s.ids):
			s.ids = slices.Delete(s.ids, at, at+1)
		}
	}
	return answer
}

// What stands in a list all the time is read, or there is an error, whatever others put
// into it and take out of it between its pages, one at a time.
func TestPagedMissesNothingThatStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{size: rapid.IntRange(1, 4).Draw(t, "page size"), totaled: true}
		for i := range rapid.IntRange(0, 30).Draw(t, "items") {
			s.ids = append(s.ids, "a"+strconv.Itoa(i))
		}
		before := slices.Clone(s.ids)
		if rapid.Bool().Draw(t, "somebody changes it") {
			m := move{at: rapid.IntRange(0, 30).Draw(t, "at")}
			if rapid.Bool().Draw(t, "puts") {
				m.put = "new"
			}
			s.moves = append(make([]move, rapid.IntRange(0, 9).Draw(t, "after"), 10), m)
			for i := range len(s.moves) - 1 {
				s.moves[i].at = 99 // nothing
			}
		}
		p := &Paged{Name: "data", ID: "id", Size: s.size}
		items, err := p.Read(func(page Page, take func(schema.Object) error) error { return take(s.page(page)) })
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, item := range items {
			got = append(got, item.Text("id"))
		}
		for _, id := range before {
			if slices.Contains(s.ids, id) {
				want = append(want, id)
			}
		}
		got = slices.DeleteFunc(got, func(id string) bool { return !slices.Contains(want, id) })
		if !slices.Equal(want, got) {
			t.Fatalf("what stood all the time: %v, read %v", want, got)
		}
	})
}

// A list that never stands still is an error, and no half of it.
func TestPagedOfAListThatNeverStands(t *testing.T) {
	s := &shelf{size: 2, totaled: true, ids: []string{"a", "b", "c", "d", "e", "f"}}
	for i := range 100 {
		s.moves = append(s.moves, move{put: "new" + strconv.Itoa(i)})
	}
	p := &Paged{Name: "data", ID: "id", Size: 2}
	_, err := p.Read(func(page Page, take func(schema.Object) error) error { return take(s.page(page)) })
	if shifted := (*ShiftedError)(nil); !errors.As(err, &shifted) {
		t.Errorf("%v after %d pages", err, s.pages)
	}
}
