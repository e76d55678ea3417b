package credentials

import (
	"errors"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/secrets"
)

// Surroundings are where credentials are looked for.
type Surroundings struct {
	// LookupEnv finds variables; os.LookupEnv outside of tests.
	LookupEnv func(string) (string, bool)
	// Home is the person's folder, for the files of the cloud's own tools; "" =
	// none are read.
	Home string
	// Transport carries what is asked.
	Transport *transport.Transport
}

// sources are where credentials come from, the first that is there before the
// others. One returns nil where it is not there at all, and an error where only a
// part of it is: it cannot be known what was meant.
var sources = []func(Surroundings) (*service.Account, error){
	fromVariables,
	fromWebIdentity,
	fromPod,
	fromProfile,
	fromMachine,
}

// Find returns the account that a run works as. The error is
// [service.ErrNoCredentials] if there is none.
func Find(s Surroundings) (*service.Account, error) {
	for _, from := range sources {
		if account, err := from(s); account != nil || err != nil {
			return account, err
		}
	}
	return nil, service.ErrNoCredentials
}

// variable is what a variable holds; "" = it is not set.
func (s Surroundings) variable(name string) (string, error) {
	value, _ := s.LookupEnv(name)
	return value, secrets.CheckLine("environment variable "+name, value)
}

// variables are what several variables hold, in their order.
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
