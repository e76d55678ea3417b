package cli

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/explain"
	"authsync/schema/lang"
)

// saying are the names of fields whose text is said in the user's language.
var saying = []string{"Doc", "Why", "Form", "CreatableForm", "Ousts", "Cause", "Advice"}

// sentences are all texts that are said in the user's language, with a place where
// each stands.
func sentences(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for pkg, files := range sources(t) {
		if pkg == "authsync/schema/lang" {
			continue
		}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				for _, text := range saidBy(n) {
					all[text] = pkg
				}
				return true
			})
		}
	}
	for _, text := range onPage(t) {
		all[text] = "the page of render"
	}
	for _, action := range []diff.Action{diff.Create, diff.Update, diff.Delete, diff.Replace} {
		all[action.String()] = "the actions of diff"
	}
	for _, level := range []schema.Severity{schema.Wrong, schema.Doubtful} {
		all[level.String()] = "the levels of schema"
	}
	seen := map[reflect.Value]struct{}{}
	for _, k := range schema.Kinds {
		inData(reflect.ValueOf(k), k.Name, all, seen)
	}
	for _, s := range schema.Systems {
		inData(reflect.ValueOf(s), s.Name, all, seen)
	}
	inData(reflect.ValueOf(schema.Head), "the head of a manifest", all, seen)
	for _, d := range schema.Documents {
		all[d.Text] = string(d.Name)
	}
	return all
}

// onPage are the sentences of the page of package render.
func onPage(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("render/page.html")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, match := range regexp.MustCompile(`\b(?:say|count \(.*?\)) "([^"]+)"(?: "([^"]+)")?`).FindAllStringSubmatch(string(page), -1) {
		for _, text := range match[1:] {
			if text != "" {
				all = append(all, text)
			}
		}
	}
	return all
}

// saidBy are the texts that a node of the source says: the constant first argument of
// Say, Sayf and Of of package lang, what hints are, and the fields of [saying].
func saidBy(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "newCauses" {
			return constant(n.Args[0])
		}
		f, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) == 0 {
			return nil
		}
		from, _ := f.X.(*ast.Ident)
		switch {
		case f.Sel.Name == "count" && len(n.Args) == 3: // of a palette: one and many
			return slices.Concat(constant(n.Args[1]), constant(n.Args[2]))
		case f.Sel.Name == "Say", f.Sel.Name == "Sayf",
			(f.Sel.Name == "say" || f.Sel.Name == "sayf") && isPalette(f.X),
			f.Sel.Name == "Of" && from != nil && from.Name == "lang":
			return constant(n.Args[0])
		}
	case *ast.KeyValueExpr:
		if name, ok := n.Key.(*ast.Ident); ok && slices.Contains(saying, name.Name) {
			return constant(n.Value)
		}
	case *ast.ValueSpec: // words of results, advice, and headings that are data
		if of, ok := n.Type.(*ast.Ident); ok && slices.Contains([]string{"Outcome", "Ending", "ReadBackStatus", "Motion"}, of.Name) && len(n.Values) == 1 {
			return constant(n.Values[0])
		}
		if len(n.Names) == 1 && slices.Contains([]string{"faults", "motions", "inSandbox", "ofDeleted", "ofAppeared", "alertSorts", "pathColumn", "beforeColumn", "goneColumn", "afterColumn", "newColumn", "originColumn", "appliedColumn", "wasColumn", "isColumn", "cameColumn", "wantedColumn", "gotColumn", "htmlTitles", "environmentWords", "fileWords"}, n.Names[0].Name) {
			var all []string
			ast.Inspect(n, func(in ast.Node) bool {
				if text, ok := in.(*ast.BasicLit); ok {
					all = append(all, constant(text)...)
				}
				return true
			})
			return all
		}
	}
	return nil
}

func isPalette(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "p" || e.Name == "look"
	case *ast.SelectorExpr:
		return e.Sel.Name == "palette"
	case *ast.CallExpr:
		return isPalette(e.Fun)
	}
	return false
}

var callWord = regexp.MustCompile(`\S*\{call\}\S*`)

// constant is the text of an expression of string literals, or the texts that it
// chooses from; none if it is no such.
func constant(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING && text != "" {
			return []string{callWord.ReplaceAllString(text, "%s")}
		}
	case *ast.CallExpr: // plural(n, "one", "many")
		var all []string
		if f, ok := e.Fun.(*ast.Ident); ok && f.Name == "plural" {
			for _, arg := range e.Args[1:] {
				all = append(all, constant(arg)...)
			}
		}
		return all
	case *ast.BinaryExpr:
		left, right := constant(e.X), constant(e.Y)
		if e.Op == token.ADD && len(left) == 1 && len(right) == 1 {
			return []string{left[0] + right[0]}
		}
	}
	return nil
}

// inData collects the texts of data: those of the fields of [saying], and what types
// take.
func inData(v reflect.Value, where string, all map[string]string, seen map[reflect.Value]struct{}) {
	switch v.Kind() {
	case reflect.Pointer:
		if _, again := seen[v]; again || v.IsNil() {
			return
		}
		seen[v] = struct{}{}
		inData(v.Elem(), where, all, seen)
	case reflect.Interface:
		if !v.IsNil() {
			inData(v.Elem(), where, all, seen)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			inData(v.Index(i), where, all, seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if f := v.Field(i); f.Kind() == reflect.String && slices.Contains(saying, name) && f.String() != "" {
				all[f.String()] = where
			} else {
				inData(f, where+"."+name, all, seen)
			}
		}
	}
}

func TestEverySentenceIsInChinese(t *testing.T) {
	all := sentences(t)
	if len(all) < 400 {
		t.Fatalf("%d sentences only", len(all))
	}
	verbs := regexp.MustCompile(`%(\[\d\])?s`)
	for _, sentence := range slices.Sorted(maps.Keys(all)) {
		if !lang.Chinese.Knows(sentence) {
			t.Errorf("%s: not in zh.yaml: %q", all[sentence], sentence)
			continue
		}
		chinese := lang.Chinese.Say(sentence)
		if len(verbs.FindAllString(sentence, -1)) != len(verbs.FindAllString(chinese, -1)) || strings.Contains(fmt.Sprintf("%q", chinese), `\x`) {
			t.Errorf("%q and %q are not filled alike", sentence, chinese)
		}
	}
}

// What is explained of names of the service's own is in Chinese too.
func TestExplainsOpenNamesInChinese(t *testing.T) {
	for _, path := range []string{"connectors.sms.config.host", "records.sys_role.rows.admin.remark", "integrations.pay.ext.appId", "login.extra.NewField"} {
		place, err := explain.At(path)
		if err != nil {
			t.Fatal(err)
		}
		if place.Doc == "" || !lang.Chinese.Knows(place.Doc) {
			t.Errorf("%s: not in zh.yaml: %q", path, place.Doc)
		}
	}
}

// Every field of every kind is explained in Chinese: no line of it has a sentence in
// English.
func TestExplainsInChinese(t *testing.T) {
	english := regexp.MustCompile(`[a-z]+ (the|of|is|are|and|with|that|for|to) [a-z]+`)
	for _, k := range schema.Kinds {
		for _, path := range []string{k.Name, k.Collection} {
			place, err := explain.At(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range place.Fields {
				if in, err := explain.At(path + "." + f.Name); err == nil {
					if found := english.FindString(explained(in, lang.Chinese)); found != "" {
						t.Errorf("%s.%s: %s", path, f.Name, found)
					}
				}
			}
			if found := english.FindString(explained(place, lang.Chinese)); found != "" {
				t.Errorf("%s: %s", path, found)
			}
		}
	}
}
