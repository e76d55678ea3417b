package schema

import "testing"

func FuzzSpan(f *testing.F) {
	for _, text := range []string{"2h", "30d", "1h30m", "7200", "0s", "-5", "1.5h", "1H", "999999999w", "", "0x10", "1_000", "１h", "1d 2h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		span := Span{Max: 999_999_999} // 31 years
		for _, tag := range []string{"!!str", "!!int"} {
			faults := new(Faults)
			v := span.read(&reader{faults: faults}, &Node{Tag: tag, Text: text, Pos: Position{"f", 1, 1}}, Path{"life"})
			if v == nil {
				if len(faults.Wrong()) == 0 {
					t.Fatalf("%s %q: neither a value nor a fault", tag, text)
				}
				continue
			}
			want := v.(Seconds)
			if want < span.Min || want > span.Max {
				t.Fatalf("%s %q is out of range: %d", tag, text, want)
			}
			spelled := span.spell(want)
			if got := span.read(&reader{faults: faults}, &Node{Tag: "!!str", Text: spelled.Value, Pos: Position{"f", 1, 1}}, Path{"life"}); got != want {
				t.Fatalf("%q is %d, spelled %q, and that is %v", text, want, spelled.Value, got)
			}
		}
	})
}
