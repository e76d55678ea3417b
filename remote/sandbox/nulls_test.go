package sandbox

import (
	"strings"
	"testing"

	"authsync/remote/sandbox/model"
	"authsync/schema"
	"authsync/schema/quirk"
)

// nullsBesides are nulls that the sandbox shows and the typed SDK does not speak
// of, each with its reason.
var nullsBesides = map[string]string{}

// Where the sandbox shows a null, the vendor's typed SDK says that there may be one.
func TestNullsAreOnlyWhereTheSDKHasThem(t *testing.T) {
	m, err := model.TCB()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, unset := range []quirk.Value{quirk.Null, quirk.Empty, quirk.Absent} {
		c := start(t, Options{Quirks: quirk.Set{quirk.ProviderUnset: unset}})
		c.ok("ModifyClient", `{"Id":"e1"}`)
		c.ok("ModifyProvider", `{"Id":"email","On":"TRUE","EmailConfig":{"On":"TRUE"}}`)
		c.ok("AddProvider", `{"Id":"p1","ProviderType":"OAUTH","Name":{"Message":"p"},"Config":{"ClientId":"c"}}`)
		c.ok("CreateApiKey", `{"KeyType":"api_key"}`)
		for action, request := range map[string]string{
			"DescribeLoginConfig": `{}`, "DescribeClient": `{"Id":"e1"}`, "GetProviders": `{}`, "DescribeApiKeyList": `{}`, "CreateApiKey": `{"KeyType":"publish_key"}`,
		} {
			said := ofModel(t, m, model.Answer(action))
			for _, path := range nullsIn(c.ok(action, request), "") {
				seen[path] = true
				if !said[path].nullable && nullsBesides[path] == "" {
					t.Errorf("%s answers null in %s", action, path)
				}
			}
		}
	}
	for path, why := range nullsBesides {
		if !seen[path] {
			t.Errorf("%s is no longer null (%s)", path, why)
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %d nulls were seen", len(seen))
	}
}

// nullsIn are the paths of the nulls in an object, with [] for the items of a list.
func nullsIn(o schema.Object, at string) []string {
	var paths []string
	for name, v := range o {
		switch v := v.(type) {
		case schema.Null:
			paths = append(paths, at+name)
		case schema.Object:
			paths = append(paths, nullsIn(v, at+name+".")...)
		case schema.List:
			for _, item := range v {
				if inner, ok := item.(schema.Object); ok {
					paths = append(paths, nullsIn(inner, at+name+"[].")...)
				}
			}
		}
	}
	return paths
}

// Wherever the typed SDK says that a null may be, authsync reads one, and as what is
// not there.
func TestEveryNullOfTheSDKIsRead(t *testing.T) {
	m, err := model.TCB()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, k := range schema.Kinds {
		by, ok := ofKinds[k.Name]
		if !ok {
			continue
		}
		for path, l := range ofModel(t, m, shownType(m, by.shown, by.in)) {
			if !l.nullable {
				continue
			}
			count++
			at := strings.Split(path, ".")
			without, err := k.FromWire(changed(full(plays[k.Name].stored), at, nil))
			if err != nil {
				t.Errorf("%s without %s: %v", k.Name, path, err)
				continue
			}
			null, err := k.FromWire(changed(full(plays[k.Name].stored), at, schema.Null{}))
			if err != nil {
				t.Errorf("%s with %s null: %v", k.Name, path, err)
			} else if !schema.Same(bare(null), bare(without)) {
				t.Errorf("%s: %s null reads as %s, absent as %s", k.Name, path, schema.Show(null), schema.Show(without))
			}
		}
	}
	if count < 40 {
		t.Errorf("only %d nulls were tried", count)
	}
}

// changed is an object with a value at a path; nil takes out what is there.
func changed(o schema.Object, path []string, v schema.Value) schema.Object {
	name, inList := strings.CutSuffix(path[0], "[]")
	switch inner := o[name].(type) {
	case schema.List:
		if inList && len(path) > 1 {
			first, _ := inner[0].(schema.Object)
			inner[0] = changed(first, path[1:], v)
			return o
		}
	case schema.Object:
		if len(path) > 1 {
			o[name] = changed(inner, path[1:], v)
			return o
		}
	}
	if len(path) > 1 {
		return o // the transcription has no such object
	}
	if v == nil {
		delete(o, name)
	} else {
		o[name] = v
	}
	return o
}

// bare is an object without what is null in it.
func bare(o schema.Object) schema.Object {
	left := schema.Object{}
	for name, v := range o {
		switch v := v.(type) {
		case schema.Null:
		case schema.Object:
			left[name] = bare(v)
		case schema.List:
			items := make(schema.List, len(v))
			for i, item := range v {
				items[i] = item
				if inner, ok := item.(schema.Object); ok {
					items[i] = bare(inner)
				}
			}
			left[name] = items
		default:
			left[name] = v
		}
	}
	return left
}
