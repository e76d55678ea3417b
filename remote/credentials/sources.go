package credentials

import (
	"errors"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/secrets"
)

// Surroundings are the places to look for credentials.
type Surroundings struct {
	// LookupEnv finds variables; os.LookupEnv outside of tests.
	LookupEnv func(string) (string, bool)
	// Home is the person's folder, with the files of the cloud's own tools; "" = none
	// are read.
	Home string
	// Transport makes the calls.
	Transport *transport.Transport
}

// sources are where credentials come from; the first one that exists is used. A source
// returns nil if it does not exist, and an error if only a part of it does, since it
// is then not known what was meant.
var sources = []func(Surroundings) (*service.Account, error){
	fromVariables,
	fromWebIdentity,
	fromPod,
	fromProfile,
	fromMachine,
}

// Find returns the account of a run. The error is [service.ErrNoCredentials] if there
// is none.
func Find(s Surroundings) (*service.Account, error) {
	for _, from := range sources {
		if account, err := from(s); account != nil || err != nil {
			return account, err
		}
	}
	return nil, service.ErrNoCredentials
}

// variable returns the value of a variable; "" = not set.
func (s Surroundings) variable(name string) (string, error) {
	value, _ := s.LookupEnv(name)
	return value, secrets.CheckLine("environment variable "+name, value)
}

// variables returns the values of several variables, in their order.
func (s Surroundings) variables(names ...string) ([]string, error) {
	var values []string
	for _, name := range names {
		value, err := s.variable(name)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func fromVariables(s Surroundings) (*service.Account, error) {
	account, err := service.FromVariables(s.LookupEnv)
	if errors.Is(err, service.ErrNoCredentials) {
		return nil, nil
	}
	return account, err
}
