package list

import (
	"slices"
	"strconv"
	"testing"
)

func TestLists(t *testing.T) {
	numbers := []int{1, 2, 3}
	if got := Each(numbers, strconv.Itoa); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("each is %q", got)
	}
	if got := Each[int](nil, strconv.Itoa); got != nil {
		t.Errorf("each of none is %q", got)
	}
	if got := Flat(numbers, func(n int) []int { return make([]int, n) }); len(got) != 6 {
		t.Errorf("flat has %d", len(got))
	}
	if got := Join(numbers, ", ", strconv.Itoa); got != "1, 2, 3" {
		t.Errorf("joined they are %q", got)
	}
	if got := Count(numbers, func(n int) bool { return n > 1 }); got != 2 {
		t.Errorf("%d of them are more than one", got)
	}
}
