package sandbox

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
)

// cannedAnswer is a fixed answer of a sandbox identity provider at one address. It
// replaces the computed answer to every later request.
type cannedAnswer struct {
	At     string            `json:"at"` // HOST/PATH
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	// Body is a text, or JSON that is sent as it is spelled here.
	Body json.RawMessage `json:"body"`
}

// cannedAnswers are the posted answers, by address.
type cannedAnswers struct {
	mu  sync.Mutex
	all map[string]answer
}

func (c *cannedAnswers) find(at string) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.all[at]
	return a, ok
}

func (c *cannedAnswers) add(new cannedAnswer) error {
	host, path, ok := strings.Cut(new.At, "/")
	if !ok || host == "" {
		return errors.New(`an answer is one JSON object like {"at": "login.corp.example/oauth2/jwks", "status": 200, "body": {"keys": []}}`)
	}
	body := []byte(new.Body)
	var text string
	if json.Unmarshal(body, &text) == nil {
		body = []byte(text)
	}
	a := answer{status: new.Status, contentType: "application/json", header: http.Header{}, body: body}
	for name, value := range maps.All(new.Header) {
		a.header.Set(name, value)
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[string]answer{}
	}
	c.all[tenantName(host)+"/"+path] = a
	return nil
}

func (s *Server) postAnswer(w http.ResponseWriter, r *http.Request) {
	var new cannedAnswer
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	d.DisallowUnknownFields()
	err := d.Decode(&new)
	if err == nil {
		err = s.identityProvider.canned.add(new)
	}
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	w.WriteHeader(http.StatusCreated)
}
