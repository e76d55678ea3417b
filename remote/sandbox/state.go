package sandbox

import (
	"slices"
	"sync"
	"time"

	"authsync/schema"
)

// environment is one environment with all of its data, in wire form.
type environment struct {
	sync.Mutex
	id      string
	alias   string
	region  string
	created time.Time

	login     schema.Object
	keys      smsKeys
	clients   shelf
	providers shelf
	apiKeys   shelf
	shelves   map[string]*shelf // of the other kinds

	integration centre

	generated    int                        // ids made so far
	reads        int                        // of objects whose times move
	undocumented map[string]map[string]bool // kind, field: seeded, and in no document
}

// shelf returns the objects of a kind that has no structure of its own.
func (e *environment) shelf(kind string) *shelf {
	if e.shelves[kind] == nil {
		e.shelves[kind] = new(shelf)
	}
	return e.shelves[kind]
}

// generate returns a number that is used once in an environment.
func (e *environment) generate() int {
	e.generated++
	return e.generated
}

// note records the fields of a seeded object that no parameter declares.
func (e *environment) note(kind string, stored []param, wire schema.Object) {
	for _, name := range undeclared(wire, stored) {
		if e.undocumented[kind] == nil {
			e.undocumented[kind] = map[string]bool{}
		}
		e.undocumented[kind][name] = true
	}
}

// shelf holds the objects of one kind, in the order in which they came.
type shelf struct {
	ids     []string
	objects map[string]schema.Object
}

func (s *shelf) get(id string) (schema.Object, bool) {
	o, ok := s.objects[id]
	return o, ok
}

func (s *shelf) put(id string, o schema.Object) {
	if s.objects == nil {
		s.objects = map[string]schema.Object{}
	}
	if _, ok := s.objects[id]; !ok {
		s.ids = append(s.ids, id)
	}
	s.objects[id] = o
}

// unused returns the first id made that no object has: a seed may have given it away.
func (s *shelf) unused(id func() string) string {
	for {
		made := id()
		if _, taken := s.objects[made]; !taken {
			return made
		}
	}
}

func (s *shelf) remove(id string) {
	delete(s.objects, id)
	s.ids = slices.DeleteFunc(s.ids, func(other string) bool { return other == id })
}

func (s *shelf) all() []schema.Object {
	all := make([]schema.Object, len(s.ids))
	for i, id := range s.ids {
		all[i] = s.objects[id]
	}
	return all
}

func (s *shelf) object() schema.Object {
	o := schema.Object{}
	for id, held := range s.objects {
		o[id] = held.Clone()
	}
	return o
}

// environment returns the environment that a request names.
func (c *cloudbase) environment(id string) (*environment, error) {
	if id == "" {
		return nil, refuse("InvalidParameter.EnvId", "The value of parameter `EnvId` is not valid.")
	}
	if env := c.environments.named(id); env != nil {
		return env, nil
	}
	return nil, refuse("ResourceNotFound.EnvNotExist", "The environment `%s` does not exist.", id)
}

func newEnvironment(id string, created time.Time) *environment {
	return &environment{
		id:           id,
		alias:        id,
		region:       "ap-shanghai",
		created:      created,
		login:        defaultLogin(),
		integration:  centre{templates: builtinTemplates()},
		undocumented: map[string]map[string]bool{},
		keys:         smsKeys{},
		shelves:      map[string]*shelf{},
	}
}

func (c *cloudbase) state() schema.Object {
	return c.environments.state((*environment).state)
}

// AddEnvironment adds an environment. Alias and region may be empty. Seeding into a
// missing environment adds it too.
func (s *Server) AddEnvironment(envID, alias, region string) {
	env, unlock := s.cloudbase.environments.locked(envID)
	defer unlock()
	if alias != "" {
		env.alias = alias
	}
	if region != "" {
		env.region = region
	}
}

// stamp is a time as the service writes it: ISO 8601.
func stamp(t time.Time) schema.Text { return schema.Text(t.UTC().Format(time.RFC3339)) }
