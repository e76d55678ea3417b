package ci

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The token of the jobs, and whose it is in either code host.
const (
	token = "the-token-of-the-job"
	bot   = "github-actions[bot]"
)

// post is a comment, a note or an issue.
type post struct {
	id     int
	author string
	body   string
	closed bool
}

// host plays the parts of the API of GitHub (below /github) and of GitLab (below
// /gitlab) that the pipelines call, and records the calls. Lists have a hundred
// entries a page.
type host struct {
	*httptest.Server
	mutex    sync.Mutex
	calls    []string // method and path; with ! where there was a token
	comments []post
	issues   []post
	get      map[string]any // what else is there to read, by path and query
	files    string         // what is handed out below /releases
}

func newHost(t *testing.T) *host {
	h := &host{get: map[string]any{}, files: t.TempDir()}
	routes := http.NewServeMux()
	const hub, lab = "/github/repos/acme/auth", "/gitlab/projects/7"
	list := func(posts *[]post, render func(post) object) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { h.list(w, r, *posts, render) }
	}
	routes.HandleFunc("GET "+hub+"/issues/5/comments", list(&h.comments, onGitHub))
	routes.HandleFunc("POST "+hub+"/issues/5/comments", h.add(&h.comments, bot))
	routes.HandleFunc("PATCH "+hub+"/issues/comments/{id}", h.edit(&h.comments))
	routes.HandleFunc("GET "+hub+"/issues", list(&h.issues, onGitHub))
	routes.HandleFunc("POST "+hub+"/issues", h.add(&h.issues, bot))
	routes.HandleFunc("PATCH "+hub+"/issues/{id}", h.edit(&h.issues))
	routes.HandleFunc("GET "+lab+"/merge_requests/5/notes", list(&h.comments, onGitLab))
	routes.HandleFunc("POST "+lab+"/merge_requests/5/notes", h.add(&h.comments, bot))
	routes.HandleFunc("PUT "+lab+"/merge_requests/5/notes/{id}", h.edit(&h.comments))
	routes.HandleFunc("GET "+lab+"/issues", list(&h.issues, onGitLab))
	routes.HandleFunc("POST "+lab+"/issues", h.add(&h.issues, bot))
	routes.HandleFunc("PUT "+lab+"/issues/{id}", h.edit(&h.issues))
	routes.HandleFunc("GET /gitlab/user", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(object{"username": bot})
	})
	routes.Handle("GET /releases/", http.StripPrefix("/releases/", http.FileServer(http.Dir(h.files))))
	routes.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		answer, ok := h.get[r.URL.RequestURI()]
		if text, raw := answer.([]byte); raw {
			w.Write(text)
			return
		}
		if !ok {
			http.Error(w, "{}", http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(answer)
	})
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mutex.Lock()
		defer h.mutex.Unlock()
		call := r.Method + " " + r.URL.Path
		if r.Header.Get("Authorization") != "" {
			call += " !"
		}
		h.calls = append(h.calls, call)
		if !strings.HasPrefix(r.URL.Path, "/releases/") && r.Header.Get("Authorization") != "Bearer "+token {
			http.Error(w, "{}", http.StatusUnauthorized)
			return
		}
		routes.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func onGitHub(p post) object {
	return object{"id": p.id, "number": p.id, "user": object{"login": p.author}, "body": p.body}
}

func onGitLab(p post) object {
	return object{"id": p.id, "iid": p.id, "author": object{"username": p.author}, "body": p.body, "description": p.body}
}

func (h *host) list(w http.ResponseWriter, r *http.Request, posts []post, render func(post) object) {
	all := []object{}
	for _, p := range posts {
		if !p.closed {
			all = append(all, render(p))
		}
	}
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || r.URL.Query().Get("per_page") != "100" {
		http.Error(w, "{}", http.StatusBadRequest)
		return
	}
	from := min(len(all), (page-1)*100)
	json.NewEncoder(w).Encode(all[from:min(len(all), from+100)])
}

// sent is what a call says about a post, in either code host.
type sent struct {
	Title, Body, Description, State string
	StateEvent                      string `json:"state_event"`
}

func (h *host) add(posts *[]post, author string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var s sent
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		*posts = append(*posts, post{id: 1000 + len(*posts), author: author, body: s.Body + s.Description})
		w.WriteHeader(http.StatusCreated)
	}
}

func (h *host) edit(posts *[]post) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var s sent
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		for i := range *posts {
			p := &(*posts)[i]
			if strconv.Itoa(p.id) != r.PathValue("id") {
				continue
			}
			if text := s.Body + s.Description; text != "" {
				p.body = text
			}
			p.closed = s.State == "closed" || s.StateEvent == "close"
			return
		}
		http.Error(w, "{}", http.StatusNotFound)
	}
}

// crowd is what others say: enough for a second page, with the pipeline's marker
// and in its name, and never both at the beginning.
func crowd(marker string) []post {
	all := []post{
		{id: 1, author: "mallory", body: marker + "\nnot the pipeline's"},
		{id: 2, author: bot, body: "quoted: " + marker},
		{id: 3, author: bot, body: strings.TrimSuffix(marker, " -->") + " other -->"},
	}
	for i := range 120 {
		all = append(all, post{id: 10 + i, author: "ann", body: fmt.Sprint("a word ", i)})
	}
	return all
}

// own are the posts that the crowd did not make, and fails if the crowd's have
// changed.
func own(t *testing.T, posts []post, marker string) []post {
	t.Helper()
	others := crowd(marker)
	for i, want := range others {
		if posts[i] != want {
			t.Errorf("somebody else's post has changed: %v, was %v", posts[i], want)
		}
	}
	return slices.Clone(posts[len(others):])
}

// release puts a release of authsync there for install.sh: a program that runs
// the one of the test.
func (h *host) release(t *testing.T, w *world, version string) {
	t.Helper()
	stem := "authsync_" + version + "_" + uname(w, "-s") + "_" + map[string]string{"x86_64": "amd64", "aarch64": "arm64"}[uname(w, "-m")]
	dir := filepath.Join(h.files, "v"+version)
	w.check(os.MkdirAll(filepath.Join(dir, stem), 0o755))
	script := "#!/bin/sh\nexec " + filepath.Join(w.dir, "bin", "authsync") + ` "$@"` + "\n"
	w.check(os.WriteFile(filepath.Join(dir, stem, "authsync"), []byte(script), 0o755))
	if out, code := w.run(dir, nil, "sh", "-c", "tar -czf "+stem+".tar.gz "+stem+" && sha256sum *.tar.gz >SHA256SUMS"); code != 0 {
		t.Fatal(out)
	}
}

func uname(w *world, flag string) string {
	out, _ := w.run(w.dir, nil, "uname", flag)
	return strings.ToLower(strings.TrimSpace(out))
}
