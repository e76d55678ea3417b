package rewrite_test

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/rewrite"
)

// odd draws a YAML file as people write them: every style of value, comments
// that are all different, anchors that are used, and merges.
type odd struct {
	t       *rapid.T
	text    strings.Builder
	owners  []schema.Path // of each line: the name that it belongs to
	n       int
	anchors []string // of single values
	maps    []string // anchors of mappings
}

func (o *odd) pick(label string, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(o.t, label)
}

// write adds text that belongs to a name.
func (o *odd) write(owner schema.Path, text string) {
	for range strings.Count(text, "\n") {
		o.owners = append(o.owners, owner)
	}
	o.text.WriteString(text)
}

func (o *odd) next() int { o.n++; return o.n }

// comment is one that is nowhere else.
func (o *odd) comment() string { return fmt.Sprintf("# c%d, isn't: it", o.next()) }

func (o *odd) ending() string {
	return o.pick("end", "\n", "\n", " "+o.comment()+"\n", "\t"+o.comment()+"\ttab\n", "   \n")
}

func (o *odd) mapping(at schema.Path, indent string, depth int) {
	if len(o.maps) > 0 && o.pick("merge", "no", "no", "yes") == "yes" {
		o.write(at, indent+"<<: *"+rapid.SampledFrom(o.maps).Draw(o.t, "merged")+o.ending())
	}
	for i := range rapid.IntRange(1, 4).Draw(o.t, "names") {
		name := fmt.Sprintf("f%d", o.next())
		if i == 0 && o.pick("shared name", "no", "no", "yes") == "yes" {
			name = "same"
		}
		key := o.pick("key", name, name, `"`+name+`"`, "'"+name+"'", name+" ", "? "+name+"\n"+indent, "lines")
		if key == "lines" {
			key, name = "? |-\n"+indent+"  "+name+"\n\n"+indent+"  more\n"+indent, name+"\n\nmore"
		}
		path := at.Then(name)
		o.write(path, o.pick("before", "", "", "\n", indent+o.comment()+"\n", "\n"+indent+o.comment()+"\n"+indent+"#\n"))
		o.write(path, indent+key+":")
		sorts := []string{"scalar", "scalar", "scalar", "flow", "list"}
		if depth > 0 {
			sorts = append(sorts, "map", "map", "items")
		}
		if len(o.anchors)+len(o.maps) > 0 {
			sorts = append(sorts, "alias")
		}
		o.entry(o.pick("sort", sorts...), path, indent, depth)
	}
}

func (o *odd) entry(sort string, path schema.Path, indent string, depth int) {
	switch sort {
	case "map":
		anchor := o.anchor(&o.maps)
		known := len(o.maps)
		o.write(path, strings.TrimRight(" "+anchor, " ")+o.pick("after", "\n", " "+o.comment()+"\n"))
		o.maps = o.maps[:known-min(known, strings.Count(anchor, "&"))] // not inside of itself
		o.mapping(path, indent+o.pick("indent", "  ", "    ", " "), depth-1)
		if anchor != "" {
			o.maps = append(o.maps, strings.Trim(anchor, "& "))
		}
	case "flow":
		o.write(path, " "+o.flow(depth, indent)+o.ending())
	case "list":
		o.write(path, o.pick("after", "\n", " "+o.comment()+"\n"))
		dash := indent + o.pick("dash", "", "  ")
		for range rapid.IntRange(1, 3).Draw(o.t, "items") {
			o.write(path, dash+"-"+o.scalar(dash))
		}
	case "items":
		o.write(path, "\n")
		for range rapid.IntRange(1, 3).Draw(o.t, "items") {
			o.write(path, indent+"- p: "+fmt.Sprint(o.next())+o.ending()+indent+"  q: x"+o.ending())
		}
	case "alias":
		o.write(path, " *"+rapid.SampledFrom(slices.Concat(o.anchors, o.maps)).Draw(o.t, "alias")+o.pick("end", "\n", " "+o.comment()+"\n"))
	default:
		o.write(path, o.scalar(indent))
	}
}

func (o *odd) anchor(to *[]string) string {
	if o.pick("anchor", "no", "no", "no", "yes") == "no" {
		return ""
	}
	name := fmt.Sprintf("x%d", o.next())
	*to = append(*to, name)
	return "&" + name + " "
}

func (o *odd) scalar(indent string) string {
	end := o.ending()
	n := fmt.Sprint(o.next())
	style := o.pick("style", "line", "line", "line", "block", "folded", "keep", "wrapped", "next", "quoted wrap", "nothing")
	if style == "nothing" { // the parser takes no tab behind a dash
		return strings.ReplaceAll(end, "\t", " ")
	}
	anchor := o.anchor(&o.anchors)
	switch style {
	case "block":
		return " " + anchor + "|" + end + indent + "  one" + n + " # no comment\n\n" + indent + "  two: x\n"
	case "folded":
		return " " + anchor + ">-" + end + indent + "   one" + n + "\n" + indent + "   two\n" + "\n"
	case "keep":
		return " " + anchor + "|2+" + end + indent + "  one" + n + "\n\n"
	case "wrapped":
		return " " + anchor + "first\n" + indent + "  second" + n + end
	case "next":
		return "\n" + indent + "  " + anchor + "v" + n + end
	case "quoted wrap":
		return " " + anchor + "\"first\n" + indent + "  second" + n + "\"" + end
	}
	return " " + anchor + o.pick("value", "plain"+n, "a b", "x#y", "-1", "http://h/p?a=b#c", "'quoted'", "'it''s # no'", `"dq"`, `"a \" # \\"`,
		"~", "!env NAME", "密码", "😀"+n, "true", "1.50") + end
}

// flow is a mapping between braces, in one line or in several.
func (o *odd) flow(depth int, indent string) string {
	brk := o.pick("lines", " ", " ", "\n"+indent+"   ")
	var parts []string
	for range rapid.IntRange(0, 3).Draw(o.t, "entries") {
		name := fmt.Sprintf("g%d", o.next())
		value := o.pick("flow value", "a", "'b, c'", `"d}"`, "e f", "!env X", "12", "[1, x]", "[]", "{}")
		if depth > 0 && rapid.Bool().Draw(o.t, "nested") {
			value = o.flow(depth-1, indent+"  ")
		}
		parts = append(parts, name+": "+value)
	}
	if len(parts) == 0 {
		return "{}"
	}
	trailing := ""
	if brk != " " {
		trailing = o.pick("trailing", "", ",")
	}
	return "{" + strings.TrimPrefix(brk, " ") + strings.Join(parts, ","+brk) + trailing + strings.TrimSuffix(brk, "   ") + "}"
}

// spot is something that can be edited.
type spot struct {
	path  schema.Path
	value interface{}
}

func spots(v interface{}, at schema.Path) []spot {
	list := []spot{{at, v}}
	m, ok := v.(map[string]interface{})
	if !ok {
		return list
	}
	var names []string
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		list = append(list, spots(m[name], at.Then(name))...)
	}
	return list
}

func decoded(t *rapid.T, text string) map[string]interface{} {
	var v map[string]interface{}
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return v
}

// setIn changes a decoded tree, whose mappings may be shared.
func setIn(v map[string]interface{}, path schema.Path, value interface{}) map[string]interface{} {
	out := map[string]interface{}{}
	maps.Copy(out, v)
	switch {
	case len(path) > 1:
		inner, _ := out[path[0]].(map[string]interface{})
		out[path[0]] = setIn(inner, path[1:], value)
	case value == nil:
		delete(out, path[0])
	default:
		out[path[0]] = value
	}
	return out
}

// drawEdit draws a change of a decoded tree.
func drawEdit(t *rapid.T, tree map[string]interface{}) (schema.Path, interface{}) {
	all := spots(tree, nil)
	s := rapid.SampledFrom(all).Draw(t, "spot")
	m, isMap := s.value.(map[string]interface{})
	fresh := rapid.SampledFrom([]interface{}{"new", "it's: # new", "12", 7, true, "two\nlines\n", "😀", "a, b}", []interface{}{"x", "y: z"},
		map[string]interface{}{"p": 1, "q": []interface{}{map[string]interface{}{"r": "s"}}}, map[string]interface{}{}, "密 码 "}).Draw(t, "new")
	list, isList := s.value.([]interface{})
	switch what := rapid.SampledFrom([]string{"set", "set", "remove", "add"}).Draw(t, "what"); {
	case isMap && (what == "add" || len(s.path) == 0):
		return s.path.Then(rapid.SampledFrom([]string{"new", "new: er"}).Draw(t, "name")), fresh
	case isList && what == "add":
		at := rapid.IntRange(0, len(list)).Draw(t, "at")
		return s.path, slices.Concat(list[:at], []interface{}{fresh}, list[at:])
	case isList && what == "set" && len(list) > 0:
		at := rapid.IntRange(0, len(list)-1).Draw(t, "at")
		return s.path, append([]interface{}{}, slices.Concat(list[:at], list[at+1:])...)
	case what == "remove" && (len(s.path) > 1 || len(tree) > 1):
		return s.path, nil
	case isMap && len(m) > 0 && what == "set":
		return s.path, fresh
	}
	return s.path, fresh
}

func described(edits []rewrite.Edit) string {
	var out []string
	for _, e := range edits {
		value, _ := yaml.Marshal(e.Node)
		out = append(out, fmt.Sprintf("%s = %q", e.Path, value))
	}
	return strings.Join(out, "; ")
}

func asNode(t *rapid.T, v interface{}) *yaml.Node {
	if v == nil {
		return nil
	}
	n := new(yaml.Node)
	if err := n.Encode(v); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever a file looks like, edits make it say what they ask for; every line
// that belongs to something else stays as it is, and so does every comment.
func TestApplyChangesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := &odd{t: t}
		o.write(nil, o.pick("begin", "", "", "---\n", "# "+o.comment()+"\n\n"))
		o.mapping(nil, "", 2)
		text := o.text.String()
		nl := o.pick("line ends", "\n", "\n", "\r\n")
		text = o.pick("mark", "", "", "\ufeff") + strings.ReplaceAll(text, "\n", nl)
		if o.pick("last line", "ends", "ends", "does not") == "does not" && !strings.Contains(text, "+") {
			text = strings.TrimRight(text, "\r\n")
		}
		tree := decoded(t, strings.ReplaceAll(text, "\r\n", "\n"))
		var edits []rewrite.Edit
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			path, value := drawEdit(t, tree)
			tree = setIn(tree, path, value)
			edits = append(edits, rewrite.Edit{Path: path, Node: asNode(t, value)})
		}
		out, err := rewrite.Apply("f.yaml", []byte(text), edits)
		if err != nil {
			t.Fatalf("%v: %v\n%q", err, described(edits), text)
		}
		if diff := cmp.Diff(tree, decoded(t, strings.ReplaceAll(string(out), "\r\n", "\n"))); diff != "" {
			t.Fatalf("%v (-want +got)\n%s\n%s\n->\n%s", described(edits), diff, text, out)
		}
		if len(edits) == 0 && string(out) != text {
			t.Fatalf("nothing was asked for:\n%s\n->\n%s", text, out)
		}
		if strings.Contains(text, "\r\n") && strings.Count(string(out), "\n") != strings.Count(string(out), "\r\n") {
			t.Fatalf("a line end is another:\n%q", out)
		}
		o.linesStay(text, string(out), edits)
	})
}

// linesStay sees to it that the lines of all that was not edited are there, in
// their order. What shares an anchor may be written out.
func (o *odd) linesStay(text, out string, edits []rewrite.Edit) {
	if strings.Contains(text, "<<") && len(edits) > 1 {
		return // what is merged may have to be written out
	}
	after := strings.Split(out, "\n")
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if i >= len(o.owners) || line == "" || strings.ContainsAny(line, "&*") || touched(o.owners[i], edits) {
			continue
		}
		at := slices.IndexFunc(after, func(l string) bool { return strings.TrimSpace(strings.TrimPrefix(l, "\ufeff")) == line })
		if at < 0 {
			o.t.Fatalf("%v: the line %q of %s is not there, or not in its order\n%s\n->\n%s", described(edits), line, o.owners[i], text, out)
		}
		after = after[at+1:]
	}
}

// touched reports whether a line belongs to what was edited: a name, what is
// below it, and the line of a name that what it holds was edited.
func touched(owner schema.Path, edits []rewrite.Edit) bool {
	return slices.ContainsFunc(edits, func(e rewrite.Edit) bool {
		n := min(len(owner), len(e.Path))
		return slices.Equal(owner[:n], e.Path[:n])
	})
}
