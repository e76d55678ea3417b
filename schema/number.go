package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// Boolean is true or false, on the wire too.
type Boolean struct{}

func (Boolean) read(r *reader, n *Node, at Path) Value {
	if b, ok := readBool(r, n, at, "true or false"); ok {
		return Bool(b)
	}
	return nil
}

func readBool(r *reader, n *Node, at Path, want string) (value, ok bool) {
	if n.Form == ScalarForm && n.Tag == "!!bool" {
		b, err := strconv.ParseBool(strings.ToLower(n.Text))
		return b, err == nil
	}
	r.fault(n, at, "takes %s, not %s", want, seen(n))
	return false, false
}

func (Boolean) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	if _, ok := v.(Bool); !ok {
		return nil, &wireError{want: "a boolean", got: v}
	}
	return v, nil
}

func (Boolean) toWire(v Value) Value     { return v }
func (Boolean) spell(v Value) *yaml.Node { return Bool(v == Bool(true)).spelled() }

func (b Bool) spelled() *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(bool(b))}
}

// Switch is the services' boolean in a string ("TRUE"); see [Flag].
type Switch struct{ States States }

// States says which states a [Switch] has.
type States int

const (
	OnOff States = iota
	OrUnspecified
)

func (t Switch) read(r *reader, n *Node, at Path) Value {
	states := "true or false"
	if t.States == OrUnspecified {
		states = "true, false or unspecified"
		if n.Form == ScalarForm && n.Tag == "!!str" && n.Text == "unspecified" {
			return Unspecified
		}
	}
	b, ok := readBool(r, n, at, states)
	switch {
	case !ok:
		return nil
	case b:
		return True
	default:
		return False
	}
}

func (Switch) fromWire(v Value) (Value, error) {
	switch v := v.(type) {
	case Text:
		switch f := Flag(strings.ToUpper(string(v))); f {
		case "":
			return nil, nil
		case True, False, Unspecified:
			return f, nil
		}
		return nil, &wireError{want: "TRUE, FALSE or UNSPECIFIED", got: v}
	case Bool:
		if v {
			return True, nil
		}
		return False, nil
	}
	if IsUnset(v) {
		return nil, nil
	}
	return nil, &wireError{want: "TRUE, FALSE or UNSPECIFIED", got: v}
}

func (Switch) toWire(v Value) Value {
	flag, _ := v.(Flag)
	return Text(flag)
}

func (Switch) spell(v Value) *yaml.Node {
	if v == Unspecified {
		return spellText(Text("unspecified"))
	}
	return Bool(v == True).spelled()
}

// Integer is a whole number between Min and Max, or one of Also.
type Integer struct {
	Min, Max int64
	Also     []int64
}

func (t Integer) read(r *reader, n *Node, at Path) Value {
	i, ok := readInteger(r, n, at)
	if !ok {
		return nil
	}
	if (i < t.Min || i > t.Max) && !slices.Contains(t.Also, i) {
		r.fault(n, at, "%d is out of range; it takes %s", i, t.Range())
		return nil
	}
	return Number(strconv.FormatInt(i, 10))
}

// Range says in words which numbers are right.
func (t Integer) Range() string {
	return list.Join(t.Also, "", func(also int64) string { return fmt.Sprintf("%d, ", also) }) + fmt.Sprintf("%d to %d", t.Min, t.Max)
}

func readInteger(r *reader, n *Node, at Path) (int64, bool) {
	if n.Form == ScalarForm && n.Tag == "!!int" {
		i, err := strconv.ParseInt(n.Text, 10, 64)
		plain := strconv.FormatInt(i, 10)
		switch {
		case err == nil && plain == n.Text:
			return i, true
		case err == nil: // to some readers of YAML 010 is 8
			r.fault(n, at, "takes a whole number, not %s: write %s", seen(n), plain)
			return 0, false
		}
	}
	r.fault(n, at, "takes a whole number, not %s", seen(n))
	return 0, false
}

func (Integer) fromWire(v Value) (Value, error) { return numberFromWire(v) }
func (Integer) toWire(v Value) Value            { return v }

func (Integer) spell(v Value) *yaml.Node {
	number, _ := v.(Number)
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: string(number)}
}

func numberFromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	if _, ok := v.(Number); !ok {
		return nil, &wireError{want: "a number", got: v}
	}
	return v, nil
}

// Span is a length of time in whole seconds; a manifest may write 2h or 30d.
type Span struct {
	Min, Max Seconds
	Also     []Seconds
}

var (
	spanForm = pattern.Of(`^(\d{1,11}[wdhms])+$`)
	spanPart = pattern.Of(`(\d+)([wdhms])`)
)

// units are the letters of a span, longest first.
var units = []struct {
	letter  string
	seconds Seconds
}{{"w", 7 * 24 * 3600}, {"d", 24 * 3600}, {"h", 3600}, {"m", 60}, {"s", 1}}

func (t Span) read(r *reader, n *Node, at Path) Value {
	var s Seconds
	if n.Form == ScalarForm && n.Tag == "!!str" && spanForm.MatchString(n.Text) {
		s = spanned(n.Text)
	} else if n.Form == ScalarForm && n.Tag == "!!int" {
		i, ok := readInteger(r, n, at)
		if !ok {
			return nil
		}
		s = Seconds(i)
	} else {
		r.fault(n, at, "takes a time such as 2h, 30d or seconds, not %s", seen(n))
		return nil
	}
	if (s < t.Min || s > t.Max) && !slices.Contains(t.Also, s) {
		or := ""
		for _, also := range t.Also {
			or += ", or " + also.String()
		}
		r.fault(n, at, "%s (%d seconds) is out of range; it takes %s to %s%s", s, int64(s), t.Min, t.Max, or)
		return nil
	}
	return s
}

// spanned is the time of a text of [spanForm].
func spanned(text string) Seconds {
	var s Seconds
	for _, part := range spanPart.FindAllStringSubmatch(text, -1) {
		amount, _ := strconv.ParseInt(part[1], 10, 64)
		for _, u := range units {
			if u.letter == part[2] {
				s += Seconds(amount) * u.seconds
			}
		}
	}
	return s
}

// Parse reads a span as a manifest writes it.
func (t Span) Parse(text string) (Seconds, error) {
	s, whole := Seconds(0), false
	if spanForm.MatchString(text) {
		s, whole = spanned(text), true
	} else if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		s, whole = Seconds(i), true
	}
	if !whole || s < t.Min || s > t.Max {
		return 0, fmt.Errorf("takes a time from %s to %s, such as 2h, 30d or seconds, not %s", t.Min, t.Max, quote(text))
	}
	return s, nil
}

func seen(n *Node) string {
	switch {
	case n.Form != ScalarForm:
	case !strings.HasPrefix(n.Tag, "!!"):
		return n.Tag + " " + quote(n.Text)
	default:
		return quote(n.Text) + strangeIn(n.Text)
	}
	return n.Form.String()
}

// String spells s in the largest unit that holds it without a rest.
func (s Seconds) String() string {
	for _, u := range units[1:] {
		if s != 0 && s%u.seconds == 0 {
			return strconv.FormatInt(int64(s/u.seconds), 10) + u.letter
		}
	}
	return "0s"
}

func (Span) fromWire(v Value) (Value, error) {
	number, err := numberFromWire(v)
	if number == nil || err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(string(number.(Number)), 10, 64)
	if err != nil {
		return nil, &wireError{want: "a whole number of seconds", got: v}
	}
	return Seconds(seconds), nil
}

func (Span) toWire(v Value) Value {
	seconds, _ := v.(Seconds)
	return Number(strconv.FormatInt(int64(seconds), 10))
}

func (Span) spell(v Value) *yaml.Node {
	seconds, _ := v.(Seconds)
	return spellText(Text(seconds.String()))
}
