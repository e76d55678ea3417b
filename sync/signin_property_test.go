package sync_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/sync"
)

// ask makes a request of the public auth API, and returns its answer.
func (w *world) ask(t fataler, path string, in map[string]string) (out struct {
	Error             string
	AccessToken       string `json:"access_token"`
	ProviderToken     string `json:"provider_token"`
	VerificationID    string `json:"verification_id"`
	VerificationToken string `json:"verification_token"`
}) {
	t.Helper()
	body, err := json.Marshal(in)
	r, wrong := http.NewRequest(http.MethodPost, w.url+"/auth/v1/"+path, strings.NewReader(string(body)))
	if err := errors.Join(err, wrong); err != nil {
		t.Fatal(err)
		return out
	}
	r.Host = envID + ".api.tcloudbasegateway.com"
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
		return out
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		t.Fatal(path, err)
	}
	return out
}

// code proves an address of the user with a code; "" = no code comes.
func (w *world) code(t fataler, by, address string) string {
	t.Helper()
	asked := w.ask(t, "verification", map[string]string{by: address, "target": "ANY", "usage": "SIGN_IN"})
	if asked.Error != "" {
		return ""
	}
	proven := w.ask(t, "verification/verify", map[string]string{"verification_id": asked.VerificationID, "verification_code": sandbox.UserCode})
	if proven.VerificationToken == "" {
		t.Fatalf("%s is not proven: %+v", by, proven)
	}
	return proven.VerificationToken
}

// loggedIn is who could really log in.
type loggedIn struct {
	sync.Standing
	// plain are the ways of the environment's own that asked for no second factor.
	plain     []string
	anonymous bool
}

// logIn tries every way in.
func (w *world) logIn(t fataler, providers []string) (in loggedIn) {
	t.Helper()
	own := func(way string, with map[string]string) {
		switch got := w.ask(t, "signin", with); {
		case got.Error == "two_factor_required":
			in.Ways, in.SecondFactor = append(in.Ways, way), true
		case got.AccessToken != "":
			in.Ways, in.plain = append(in.Ways, way), append(in.plain, way)
		case got.Error == "":
			t.Fatalf("%s: neither a token nor an error", way)
		}
	}
	if token := w.code(t, "phone_number", sandbox.UserPhone); token != "" {
		own("login phoneNumberLogin", map[string]string{"verification_token": token})
	}
	own("login emailLogin", map[string]string{"verification_token": w.code(t, "email", sandbox.UserEmail)})
	own("login userNameLogin", map[string]string{"username": sandbox.UserName, "password": sandbox.UserPassword})
	for _, id := range providers {
		granted := w.ask(t, "provider/token", map[string]string{"provider_id": id, "provider_code": sandbox.UserCode})
		if got := w.ask(t, "signin/with/provider", map[string]string{"provider_token": granted.ProviderToken}); got.AccessToken != "" {
			in.Ways = append(in.Ways, "provider/"+id+" on")
		}
	}
	in.anonymous = w.ask(t, "signin/anonymously", map[string]string{}).AccessToken != ""
	return in
}

// providersOf are the providers of drawn entries, and what they may be.
var (
	providersOf   = []string{"custom", "email", "github", "okta", "wx_open"}
	providerKinds = map[string][]schema.Text{"custom": {"CUSTOM"}, "email": {"EMAIL"}}
	otherKinds    = []schema.Text{"OAUTH", "WX_OPEN"}
)

// drawnEntry draws who may log in. Live may leave more unset than a manifest.
func drawnEntry(t *rapid.T, of string, switches []schema.Value) (all []*schema.Declared) {
	flag := func(name string, of []schema.Value) schema.Value { return rapid.SampledFrom(of).Draw(t, name) }
	bools, onOff := []schema.Value{schema.Bool(true), schema.Bool(false)}, []schema.Value{schema.True, schema.False}
	login := schema.Object{}
	for _, name := range []string{"phoneNumberLogin", "emailLogin", "userNameLogin", "anonymousLogin"} {
		login[name] = flag(of+" "+name, bools)
	}
	if rapid.Bool().Draw(t, of+" mfa") {
		mfa := schema.Object{}
		for _, name := range []string{"on", "sms", "email"} {
			mfa[name] = flag(of+" mfa "+name, onOff)
		}
		login["mfaConfig"] = mfa
	}
	all = append(all, &schema.Declared{Key: schema.Key{Kind: "login"}, Fields: login})
	for _, id := range providersOf {
		if !rapid.Bool().Draw(t, of+" "+id) {
			continue
		}
		kinds := providerKinds[id]
		if kinds == nil {
			kinds = otherKinds
		}
		fields := schema.Object{"providerType": rapid.SampledFrom(kinds).Draw(t, of+" type of "+id), "name": schema.Object{"message": schema.Text("P")}}
		if fields["providerType"] != schema.Text("EMAIL") {
			fields["config"] = schema.Object{"clientId": schema.Text("c")}
		}
		if on := flag(of+" "+id+" on", switches); on != nil {
			fields["on"] = on
		}
		all = append(all, &schema.Declared{Key: schema.Key{Kind: "provider", Name: id}, Fields: fields})
	}
	return all
}

// afterCalls watches an apply, and compares who can log in after each of its calls. It is
// called where no test may end, and keeps what is wrong.
type afterCalls struct {
	wrong     []string
	w         *world
	says      func(made map[int]bool) sync.Standing
	made      map[int]bool
	anonymous bool
	// stays are the ways that are open at both ends, factor whether a second factor is
	// asked for at both, and open whether both have a way in.
	stays        []string
	factor, open bool
	logins       int
}

func (a *afterCalls) Helper()          {}
func (a *afterCalls) Fatal(all ...any) { a.wrong = append(a.wrong, fmt.Sprint(all...)) }
func (a *afterCalls) Fatalf(format string, all ...any) {
	a.wrong = append(a.wrong, fmt.Sprintf(format, all...))
}

func (a *afterCalls) see(e sync.Event) {
	if e.Result == nil || e.Result.Outcome == sync.Skipped {
		return
	}
	if e.Result.Outcome == sync.Done || e.Result.Outcome == sync.Settled {
		a.made[e.Step.Number] = true
		if v, is := e.Step.Call.Body["AnonymousLogin"]; is {
			a.anonymous = v == schema.Bool(true)
		}
	}
	a.compare(fmt.Sprintf("after call %d, %s, %v", e.Step.Number, e.Step.Call, e.Result.Outcome))
}

func (a *afterCalls) compare(when string) {
	a.Helper()
	a.logins++
	says, real := a.says(a.made), a.w.logIn(a, providersOf)
	if !slices.Equal(slices.Sorted(slices.Values(says.Ways)), slices.Sorted(slices.Values(real.Ways))) {
		a.Fatalf("%s: the plan says %v, and users get in by %v", when, says.Ways, real.Ways)
	}
	if asked := real.SecondFactor; says.SecondFactor && len(real.plain) > 0 || !says.SecondFactor && asked {
		a.Fatalf("%s: the plan says a second factor %v, and it is asked for %v, and not by %v", when, says.SecondFactor, asked, real.plain)
	}
	if real.anonymous != a.anonymous {
		a.Fatalf("%s: somebody without an account gets in: %v", when, real.anonymous)
	}
	for _, way := range a.stays {
		if !slices.Contains(real.Ways, way) {
			a.Fatalf("%s: nobody gets in by %s, which is open before and afterwards", when, way)
		}
	}
	if a.open && len(real.Ways) == 0 {
		a.Fatalf("%s: nobody gets in", when)
	}
	if a.factor && len(real.plain) > 0 {
		a.Fatalf("%s: no second factor is asked for by %v", when, real.plain)
	}
}

// Whatever is live and wanted, however the service is, and whichever call fails: after
// each call users really get in by the ways that the plan says, with the second factor
// that it says, and by no other; and where the plan trips no gate for lockouts, by no fewer
// than at both ends. The logins are those of the public API of the sandbox, which judges by
// what is live and has no way to ask the plan.
func TestLoginsAgreeWithTheWaysIn(t *testing.T) {
	w := newWorld(t, transport.Options{})
	var count struct{ plans, failing, calls, logins, lockouts int }
	rapid.Check(t, func(t *rapid.T) {
		region := schema.Text(rapid.SampledFrom([]string{"ap-shanghai", "ap-guangzhou"}).Draw(t, "region"))
		placed := func(objects []*schema.Declared) *schema.Environment {
			env := withProviders(environment(objects...))
			env.Systems[schema.CloudBase]["region"] = region
			return env
		}
		w.fresh(sandbox.Options{Quirks: schematest.Quirks(t, schema.CloudBase)})
		if err := w.server.Seed(placed(drawnEntry(t, "live", []schema.Value{schema.True, schema.False, schema.Unspecified, nil}))); err != nil {
			t.Fatal(err)
		}
		site := w.site(t, placed(drawnEntry(t, "wanted", []schema.Value{schema.True, schema.False, schema.Unspecified})))
		options := sync.Options{Unmanaged: sync.DeleteUnmanaged}
		read := w.read(t, site, options)
		plan := sync.Build(site, read, options)
		if len(plan.Refusals)+len(plan.Errors) > 0 {
			t.Skip("the plan is refused")
		}
		seen := &afterCalls{w: w, says: sync.Standings(site, read, options), made: map[int]bool{}}
		seen.anonymous = read.Live[schema.Login.Name][""].Fields["anonymousLogin"] == schema.Bool(true)
		seen.ends(plan)
		seen.compare("before the first call")
		failing := rapid.IntRange(0, len(plan.Steps)).Draw(t, "failing")
		if failing > 0 {
			count.failing++
			w.failing(failing, rapid.SampledFrom([]string{"refused", "lost"}).Draw(t, "how"))
		}
		sync.Apply(t.Context(), site, allowed(plan), seen.see)
		w.before = nil
		if len(seen.wrong) > 0 {
			t.Fatal(strings.Join(seen.wrong, "\n"))
		}
		count.plans, count.calls, count.logins = count.plans+1, count.calls+len(plan.Steps), count.logins+seen.logins
		if !seen.open {
			count.lockouts++
		}
	})
	t.Logf("%+v", count)
}

// ends notes what both ends have, if no gate says that something is lost.
func (a *afterCalls) ends(plan *sync.EnvironmentPlan) {
	if slices.ContainsFunc(plan.Gates, func(g sync.Gate) bool { return g.Name == sync.GateLockout }) {
		return
	}
	all := map[int]bool{}
	from := a.says(all)
	for _, s := range plan.Steps {
		all[s.Number] = true
	}
	to := a.says(all)
	a.open, a.factor = len(from.Ways) > 0 && len(to.Ways) > 0, from.SecondFactor && to.SecondFactor
	for _, way := range from.Ways {
		if slices.Contains(to.Ways, way) {
			a.stays = append(a.stays, way)
		}
	}
}

// failing makes the nth write fail: it is refused, or its answer is lost.
func (w *world) failing(nth int, how string) {
	writes := 0
	w.before = func(rw http.ResponseWriter, r *http.Request) bool {
		action := r.Header.Get("X-TC-Action")
		if !strings.HasPrefix(action, "Add") && !strings.HasPrefix(action, "Modify") && !strings.HasPrefix(action, "Delete") {
			return false
		}
		if writes++; writes != nth {
			return false
		}
		if how == "lost" {
			panic(http.ErrAbortHandler)
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.Write([]byte(`{"Response": {"Error": {"Code": "FailedOperation", "Message": "no"}, "RequestId": "r"}}`))
		return true
	}
}
