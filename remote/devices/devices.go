package devices

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// New returns the service of applications.
func New(settings schema.Object, c service.Config) (sync.Service, error) {
	api, err := newAPI(settings, c)
	if err != nil {
		return nil, err
	}
	return newApplications(api, c.Keys, settings.Text("username")), nil
}

// newAPI returns the client of the device platform (seed 003): a token in
// X-Access-Token, given or got by logging in, and the envelope {message, result,
// status, code, timestamp} of the family that it belongs to (hsweb).
func newAPI(settings schema.Object, c service.Config) (*service.Client, error) {
	base, err := service.Base(settings.Text("url"))
	if err != nil {
		return nil, err
	}
	api := &service.Client{System: schema.Devices, Transport: c.Transport, Base: base, Codes: codes, Open: openEnvelope}
	token, err := c.Secret(settings, "token")
	if err != nil {
		return nil, err
	}
	carrier := service.Carrier{Header: "X-Access-Token"}
	if user := settings.Text("username"); token == "" && user != "" {
		password, err := c.Secret(settings, "password")
		if err != nil {
			return nil, err
		}
		tokens := service.NewTokens(carrier, tokenExpired, newLogin(*api, user, password).fetch)
		api.Sign, api.Renew = tokens.Sign, tokens.Renew
		return api, nil
	}
	if token = cmp.Or(token, c.FallbackToken()); token == "" {
		return nil, errors.New("there is no token; give token as a secret, or username and password")
	}
	api.Sign = carrier.Always(token)
	return api, nil
}

func tokenExpired(err error) bool { return transport.HasCode(err, "unauthorized", "401") }

// userExists is what the platform says of an application whose user is there
// already. The error has no code: its text is one.
const userExists = "用户已存在"

// openEnvelope judges by the HTTP status and by the one in the envelope. The
// code is often missing (a null is left out); then the status is one.
func openEnvelope(a transport.Response) (schema.Value, string, error) {
	answer, err := transport.ParseObject(a.Body)
	if err != nil {
		if a.Status >= 300 {
			return nil, "", &transport.Error{Message: strings.ToLower(http.StatusText(a.Status)) + ", with " + err.Error(), Err: err}
		}
		return nil, "", err
	}
	number, _ := answer["status"].(schema.Number)
	status, err := strconv.Atoi(string(number))
	switch {
	case err != nil && a.Status < 300:
		what := "JSON that is not the platform's envelope: it has no status"
		return nil, "", transport.Foreign(what)
	case a.Status < 300 && status < 300:
		return answer["result"], "", nil
	}
	e := &transport.Error{Code: answer.Text("code"), Message: answer.Text("message")}
	if details := detailsOf(answer["result"]); details != "" {
		e.Message += ": " + details
	}
	switch {
	case strings.HasPrefix(answer.Text("message"), userExists):
		e.Code = userExists
		e.Message = strings.TrimPrefix(e.Message, userExists)
	case e.Code == "" && err == nil && status != a.Status:
		e.Code = strconv.Itoa(status)
	}
	return nil, "", e
}

// detailsOf is what the result of an error says of single fields.
func detailsOf(result schema.Value) string {
	list, _ := result.(schema.List)
	var details []string
	for _, item := range list {
		switch item := item.(type) {
		case schema.Text: // the methods that a path takes
			details = append(details, string(item))
		case schema.Object:
			details = append(details, strings.TrimSpace(item.Text("property")+" "+item.Text("message")))
		}
	}
	return strings.Join(details, ", ")
}

// isNotOffered reports whether the platform answered that it has no such call:
// the path is not known, or it does not take the method. That an object is not
// there is another matter.
func isNotOffered(err error) bool { return transport.HasCode(err, noSuchPath, noSuchMethod) }

const (
	noSuchPath   = "error.resource_not_found"
	noSuchMethod = "method_not_allowed"
)
