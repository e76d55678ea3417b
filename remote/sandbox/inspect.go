package sandbox

import (
	"net/http"

	"authsync/schema"
	"authsync/secrets"
)

// inspect serves the sandbox's own endpoints for tests and users. They are not
// delayed, limited, logged or signed.
func (s *Server) inspect() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/requests", s.getRequests)
	mux.HandleFunc("DELETE /_sandbox/requests", cleared(s.requests.clear))
	mux.HandleFunc("GET /_sandbox/state", s.getState)
	mux.HandleFunc("GET /_sandbox/identity", s.getIdentity)
	mux.HandleFunc("GET /_sandbox/faults", s.getFaults)
	mux.HandleFunc("POST /_sandbox/faults", s.postFault)
	mux.HandleFunc("DELETE /_sandbox/faults", cleared(s.faults.clear))
	mux.HandleFunc("POST /_sandbox/web-identity", s.postWebIdentity)
	mux.HandleFunc("POST /_sandbox/answers", s.postAnswer)
	return mux
}

func (s *Server) getRequests(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	s.requests.list(w)
}

func cleared(clear func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		clear()
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) getState(w http.ResponseWriter, r *http.Request) {
	text, err := s.State()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(text, '\n'))
}

// State returns the answer of GET /_sandbox/state: all data by system and tenant, with
// wire names, in a stable order, secrets in clear.
func (s *Server) State() ([]byte, error) {
	state := schema.Object{}
	for _, system := range s.systems {
		if c, is := system.(configured); is {
			state[system.name()] = c.state()
		}
	}
	return schema.EncodeJSON(state, secrets.OpenClear)
}

func (s *Server) getFaults(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, s.faults.list())
}

func (s *Server) postFault(w http.ResponseWriter, r *http.Request) {
	fault, err := parseFault(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	s.faults.add(fault)
	writeJSON(w, http.StatusCreated, fault)
}

func writeJSON[T any](w http.ResponseWriter, status int, v T) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	schema.WriteJSON(w, v, "")
}
