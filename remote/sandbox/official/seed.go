package official

import (
	"fmt"
	"slices"

	"authsync/schema"
)

// Environment takes a live state: the sandbox does.
type Environment interface {
	SeedLogin(envID string, wire schema.Object) error
	SeedClient(envID, id string, wire schema.Object) error
	SeedProvider(envID string, wire schema.Object) error
	SeedAPIKey(envID string, wire schema.Object) error
	SeedAuthDomain(envID string, wire schema.Object) error
}

// Seed puts in what the examples show of an environment, but for what the answers
// of some actions show.
func Seed(e Environment, envID string, but ...string) error {
	book, err := Examples()
	if err != nil {
		return err
	}
	for _, call := range book.Calls {
		if call.System != "cloudbase" || call.Answer == nil || slices.Contains(but, call.Call) {
			continue
		}
		response, err := call.Response()
		if err != nil {
			return err
		}
		if err := seedAnswer(e, envID, call.Call, response); err != nil {
			return fmt.Errorf("%s, %s: %w", call.Call, call.Title, err)
		}
	}
	return nil
}

// makes says which answer shows what an action makes: it is not there before.
var makes = map[string]string{"AddProvider": "GetProviders", "CreateAuthDomain": "DescribeAuthDomains"}

// Prepare puts in what the examples show of an environment, as it is before the
// call.
func (c Call) Prepare(e Environment, envID string) error { return Seed(e, envID, makes[c.Call]) }

// Response is what the answer of an action of the cloud API has below its envelope.
func (c Call) Response() (schema.Object, error) {
	v, err := schema.ParseJSON(c.Answer)
	if err != nil {
		return nil, err
	}
	envelope, _ := v.(schema.Object)
	response, ok := envelope["Response"].(schema.Object)
	if !ok {
		return nil, fmt.Errorf("%s, %s: there is no Response", c.Call, c.Title)
	}
	delete(response, "RequestId")
	return response, nil
}

// seedAnswer puts in what one answer shows, if it shows a part of the state.
func seedAnswer(e Environment, envID, action string, response schema.Object) error {
	switch action {
	case "DescribeLoginConfig":
		return e.SeedLogin(envID, response)
	case "DescribeClient":
		return e.SeedClient(envID, envID, response)
	case "GetProviders":
		return each(response["Data"], func(o schema.Object) error { return e.SeedProvider(envID, o) })
	case "DescribeApiKeyList":
		return each(response["Data"], func(o schema.Object) error { return e.SeedAPIKey(envID, o) })
	case "DescribeAuthDomains":
		return each(response["Domains"], func(o schema.Object) error { return e.SeedAuthDomain(envID, o) })
	}
	return nil
}

func each(list schema.Value, put func(schema.Object) error) error {
	objects, _ := list.(schema.List)
	for _, v := range objects {
		object, _ := v.(schema.Object)
		if err := put(object); err != nil {
			return err
		}
	}
	return nil
}
