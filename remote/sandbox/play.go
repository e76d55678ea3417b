package sandbox

import (
	"fmt"
	"maps"
	"sync"

	"authsync/schema"
)

// play says how the sandbox simulates a kind of object. Each kind's file declares its
// own.
type play struct {
	transcription
	// actions are the actions of the cloud API that read and write the kind.
	actions map[string]action
	// seed adds an object in wire form.
	seed func(s *Server, env *schema.Environment, name string, wire schema.Object) error
	// declare adds a group, with or without objects; nil = the kind has no groups.
	declare func(s *Server, env *schema.Environment, group string, settings schema.Object)
	// id is the wire name of the service's own id; "" = an object's name is its id.
	id string
	// bare removes what an environment has of the kind from the start; nil = nothing.
	bare func(s *Server, env *schema.Environment)
	// held returns the objects of a kind by id; nil = those of the environment of the
	// cloud API.
	held func(s *Server, env *schema.Environment) schema.Object
	// state is what an environment of the cloud API holds; nil = the kind's shelf, if
	// it was ever used.
	state func(e *environment) schema.Value
}

// plays says how each kind is simulated. A new kind is a line here.
var plays = map[string]play{
	schema.Login.Name:          loginPlay,
	schema.Client.Name:         clientPlay,
	schema.Provider.Name:       providerPlay,
	schema.APIKey.Name:         apiKeyPlay,
	schema.CustomLoginKey.Name: loginKeyPlay,
	schema.AuthDomain.Name:     domainPlay,
	schema.Integration.Name:    integrationPlay,
	schema.Connector.Name:      connectorPlay,
	schema.Application.Name:    applicationPlay,
	schema.Record.Name:         recordPlay,
}

// Played returns an error for a kind that the sandbox does not simulate.
func (s *Server) Played(kind string) error {
	if _, ok := plays[kind]; !ok {
		return fmt.Errorf("the sandbox does not play the kind %s", kind)
	}
	return nil
}

// actions are all operations of the cloud API, by the name in X-TC-Action.
var actions = sync.OnceValue(func() map[string]action {
	all := maps.Clone(envActions)
	for _, p := range plays {
		maps.Copy(all, p.actions)
	}
	return all
})

// state returns the data of the environment, which is locked, by the kinds' names in a
// manifest.
func (e *environment) state() schema.Object {
	held := schema.Object{}
	for _, k := range schema.Kinds {
		p, played := plays[k.Name]
		switch {
		case !played || k.System != schema.CloudBase:
		case p.state != nil:
			held[k.Collection] = p.state(e)
		case e.shelves[k.Name] != nil:
			held[k.Collection] = e.shelf(k.Name).object()
		}
	}
	return held
}
