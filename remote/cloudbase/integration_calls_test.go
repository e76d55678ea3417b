package cloudbase_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/sync"
)

// replace answers one action in the sandbox's place with what edit makes of its
// answer.
func (f *office) replace(action string, edit func(in, response map[string]any)) {
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-TC-Action") != action {
			return false
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			f.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		f.Server.ServeHTTP(rec, r)
		var in map[string]any
		var out struct{ Response map[string]any }
		if json.Unmarshal(body, &in) != nil || json.Unmarshal(rec.Body.Bytes(), &out) != nil {
			f.Errorf("%s: no JSON", action)
		}
		edit(in, out.Response)
		if err := json.NewEncoder(w).Encode(out); err != nil {
			f.Error(err)
		}
		return true
	}
}

// Two documents say different things of the numbers that calls return.
func TestResultNumbersAreNotTrusted(t *testing.T) {
	for _, number := range []int{0, 1, 7} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			f := newCenter(t)
			f.seedIntegration(wechat("shop"))
			f.seedIntegration(wechat("old"))
			results := map[string]string{"CreateUserKey": "CreateResult", "UpdateUserKey": "UpdateResult", "DeleteUserKey": "DeleteResult"}
			f.Between = func(w http.ResponseWriter, r *http.Request) bool {
				result, ok := results[r.Header.Get("X-TC-Action")]
				if !ok {
					return false
				}
				rec := httptest.NewRecorder()
				f.Server.ServeHTTP(rec, r)
				fmt.Fprintf(w, `{"Response":{%q:%d,"RequestId":"x"}}`, result, number)
				return true
			}
			f.Apply("integrations: {shop: {description: new}, more: {authTypeCode: custom}}\n", sync.Options{Unmanaged: sync.DeleteUnmanaged})
		})
	}

}

// An update that did nothing is seen when it is read back.
func TestIntegrationNotUpdated(t *testing.T) {
	t.Parallel() // it waits for the update to be seen
	f := newCenter(t)
	f.seedIntegration(wechat("shop"))
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-TC-Action") != "UpdateUserKey" {
			return false
		}
		io.WriteString(w, `{"Response":{"UpdateResult":1,"RequestId":"x"}}`)
		return true
	}
	site := f.Site("integrations: {shop: {description: new}}\n")
	report := sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	if len(report.ReadBack) != 1 || report.ReadBack[0].Status != sync.NotVisibleYet {
		t.Errorf("read back: %+v", report.ReadBack)
	}
}

// The list is read to its end, however many a page has and whatever the total
// says, and a page that comes again is an error. The pages that a total announces are
// asked for at once; one that is wrong is asked for again.
func TestIntegrationPages(t *testing.T) {
	f := newCenter(t)
	for n := range 230 {
		f.seedIntegration(schema.Object{"Name": schema.Text(fmt.Sprintf("n-%03d", n)), "AuthTypeCode": schema.Text("custom")})
	}
	const last = "integrations: {n-229: {authTypeCode: custom}}\n"
	for _, row := range []struct {
		name   string
		edit   func(in, response map[string]any)
		pages  int
		failed string
	}{
		{"as asked", func(_, _ map[string]any) {}, 3, ""},
		{"shorter than asked for", func(_, out map[string]any) {
			list := out["UserKeyList"].([]any)
			out["UserKeyList"] = list[:min(len(list), 40)]
		}, 6, ""},
		{"a total that is too high", func(_, out map[string]any) { out["TotalCount"] = 1000 }, 11, ""},
		{"a total that is too low", func(_, out map[string]any) { out["TotalCount"] = 0 }, 3, ""},
		{"no total", func(_, out map[string]any) { delete(out, "TotalCount") }, 3, ""},
		{"the same page again", func(in, out map[string]any) {
			list := out["UserKeyList"].([]any)
			for i := range list {
				list[i].(map[string]any)["KeyID"] = fmt.Sprint(i)
			}
		}, 12, "cloudbase: GetUserKeyList: page 2 repeats 0; the list cannot be read to its end"},
		{"no list", func(_, out map[string]any) { out["UserKeyList"] = "no" }, 1, "UserKeyList is not a list"},
		{"no id", func(_, out map[string]any) { delete(out["UserKeyList"].([]any)[0].(map[string]any), "KeyID") }, 1, "has no KeyID"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f.T = t
			f.replace("GetUserKeyList", row.edit)
			f.Asked(schema.CloudBase)
			plan := f.Plan(f.Site(last), sync.Options{})
			if row.failed != "" {
				if len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), row.failed) || len(plan.Steps) > 0 {
					t.Errorf("errors %v, %d steps", plan.Errors, len(plan.Steps))
				}
			} else if !plan.Empty() {
				t.Errorf("%v %v %v", plan.Changes, plan.Errors, plan.Refusals)
			}
			if got := len(bodies(f.Asked(schema.CloudBase), "GetUserKeyList")); got != row.pages {
				t.Errorf("%d pages, want %d", got, row.pages)
			}
		})
	}
}

// Templates are read once in a run, details only of what is wanted, and nothing
// of an environment whose manifest has no integrations.
func TestIntegrationReads(t *testing.T) {
	f := newCenter(t)
	for _, name := range []string{"a", "b", "c"} {
		f.seedIntegration(wechat(name))
	}
	for _, row := range []struct {
		manifest string
		want     []string
	}{
		{"login: {emailLogin: true}", nil},
		{"integrations: {}", []string{"GetUserKeyList"}},
		{"integrations: {b: {description: x}}", []string{"GetOneUserKey", "GetUserKeyList", "GetUserKeyTemplateList"}},
	} {
		f.Asked(schema.CloudBase)
		f.Planned(f.Site(row.manifest+"\n"), sync.Options{})
		var got []string
		for _, a := range f.Asked(schema.CloudBase) {
			if strings.Contains(a.Action, "UserKey") {
				got = append(got, a.Action)
			}
		}
		slices.Sort(got)
		if !cmp.Equal(row.want, got) {
			t.Errorf("%s: %v", row.manifest, got)
		}
	}
	f.Apply("integrations: {b: {description: x, ext: {appId: wx3}}}\n", sync.Options{})
	if got := len(bodies(f.Asked(schema.CloudBase), "GetUserKeyTemplateList")); got != 2 { // the apply, and the plan after it
		t.Errorf("templates were read %d times", got)
	}
}
