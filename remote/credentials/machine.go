package credentials

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"authsync/remote/service"
	"authsync/remote/transport"
)

// machineRole is the variable that names the role of a machine in the cloud. Without
// it the machine is not asked, since outside of the cloud anybody may answer.
const machineRole = "TENCENTCLOUD_CVM_ROLE"

const (
	machineURL = "http://" + transport.MachineHost + "/latest/meta-data/cam/security-credentials/"
	// machineTimeout is long enough where such a service exists.
	machineTimeout = time.Second
)

func fromMachine(s Surroundings) (*service.Account, error) {
	name, err := s.variable(machineRole)
	if err != nil || name == "" {
		return nil, err
	}
	return service.Temporary("the CVM role "+name, "CVM role "+name, func(ctx context.Context) (c service.Credentials, life time.Duration, err error) {
		_, err = s.Transport.Do(ctx, transport.Request{
			System: "metadata", Call: "GET role", Method: http.MethodGet, URL: machineURL + url.PathEscape(name),
			Header: http.Header{}, Class: transport.Read, Timeout: machineTimeout,
			Judge: func(a transport.Response) (string, error) {
				if a.Status == http.StatusNotFound {
					return "", &transport.Error{Message: "the machine has no role of this name: " + name}
				}
				answer, err := transport.ParseObject(a.Body)
				if err != nil {
					return "", err
				}
				if answer.Text("Code") != "Success" {
					return "", errors.New("the machine gives no credentials of its role")
				}
				c, life, err = read(answer, answer)
				return "", err
			},
		})
		return c, life, err
	}), nil
}
