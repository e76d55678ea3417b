package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"authsync/schema"
)

// seeds are the manifests from which a sandbox was seeded, by name and digest.
type seeds struct {
	mu    sync.Mutex
	lines []string
}

func (s *seeds) add(env *schema.Environment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, "environment "+env.Name)
	for _, source := range env.Sources {
		s.lines = append(s.lines, filepath.Base(source.Path)+" "+source.SHA256)
	}
}

// identity is the digest of the seed. Sandboxes with the same seed have the same
// identity at every address.
func (s *seeds) identity() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := slices.Sorted(slices.Values(s.lines))
	sum := sha256.Sum256([]byte("sandbox\n" + strings.Join(lines, "\n")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// identity is the form of GET /_sandbox/identity.
type identity struct {
	Identity string `json:"identity"`
}

func (s *Server) getIdentity(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, identity{s.seeds.identity()})
}

// ofOlder is the identity of a sandbox of an older version, which does not report one.
const ofOlder = "unknown"

// Identify asks a sandbox for its identity. A lock of one sandbox does not apply to
// another, nor to the real services.
func Identify(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(url, "/")+"/_sandbox/identity", nil)
	if err != nil {
		return "", err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(q)
	if err != nil {
		return "", err
	}
	defer a.Body.Close()
	if a.StatusCode == http.StatusNotFound {
		return ofOlder, nil
	}
	var told identity
	if err := json.NewDecoder(io.LimitReader(a.Body, 1<<16)).Decode(&told); err != nil || a.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d, and no identity of a sandbox", a.StatusCode)
	}
	if told.Identity == "" {
		return "", errors.New("an empty identity")
	}
	return told.Identity, nil
}
