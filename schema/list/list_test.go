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
	odd := func(n int) bool { return n%2 == 1 }
	if got := Only(numbers, odd); !slices.Equal(got, []int{1, 3}) || !slices.Equal(numbers, []int{1, 2, 3}) {
		t.Errorf("the odd of %v are %v", numbers, got)
	}
	if First(numbers, odd) != 1 || First(numbers[1:2], odd) != 0 {
		t.Errorf("the first odd one is %d, or %d of none", First(numbers, odd), First(numbers[1:2], odd))
	}
	if twice := []int{3, 1, 3, 2, 1}; !slices.Equal(Distinct(twice), numbers) || twice[0] != 3 {
		t.Errorf("the distinct of %v are %v", twice, Distinct(twice))
	}
	if Count(numbers, odd) != 2 || Count(nil, odd) != 0 {
		t.Errorf("%d are odd, and %d of none", Count(numbers, odd), Count(nil, odd))
	}
	if got := Join(numbers, ", ", strconv.Itoa); got != "1, 2, 3" {
		t.Errorf("joined they are %q", got)
	}
	if got := Groups([]int{1, 2, 3, 5}, func(n int) bool { return n%2 == 1 }); len(got) != 2 || !slices.Equal(got[0], []int{1, 3, 5}) || !slices.Equal(got[1], []int{2}) {
		t.Errorf("the groups are %v", got)
	}
	if got := Count(numbers, func(n int) bool { return n > 1 }); got != 2 {
		t.Errorf("%d of them are more than one", got)
	}
}
