package service

import (
	"cmp"
	"errors"
	"fmt"

	"authsync/secrets"
)

// Credentials are an API key of a cloud account. They never print themselves.
type Credentials struct {
	SecretID  string
	SecretKey string
	Token     string // only of temporary credentials
}

// Format writes the same words for every verb.
func (c Credentials) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// String says only whether there are credentials.
func (c Credentials) String() string {
	if c == (Credentials{}) {
		return "(no credentials)"
	}
	return "(credentials)"
}

func (c Credentials) GoString() string { return c.String() }

// MarshalText is String, for JSON, YAML and slog.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// ErrNoCredentials means that the environment has no credentials.
var ErrNoCredentials = errors.New("no credentials: set TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY, and TENCENTCLOUD_SESSIONTOKEN for temporary ones")

// The variables of credentials, each row an id and its key. The first are those of the
// service's own command line; the others are those of its SDKs.
var (
	keyVariables = [][2]string{
		{"TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY"},
		{"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"},
	}
	tokenVariables = []string{
		"TENCENTCLOUD_SESSIONTOKEN",
		"TENCENTCLOUD_SESSION_TOKEN",
		"TENCENTCLOUD_SECURITY_TOKEN",
		"TENCENTCLOUD_TOKEN",
	}
)

// FromVariables returns the account of the environment's variables; see
// [credentialsIn].
func FromVariables(lookup func(string) (string, bool)) (*Account, error) {
	credentials, err := credentialsIn(lookup)
	if err != nil {
		return nil, err
	}
	return Static("the environment's variables", credentials), nil
}

// credentialsIn reads credentials from the environment through lookup, which is
// [os.LookupEnv] outside of tests. An empty variable counts as not set. Half a pair is
// an error even if another spelling is complete, since it is not known which was
// meant. The error is [ErrNoCredentials] if nothing is set, and a
// *[secrets.NotLineError] if a value is not one line.
func credentialsIn(lookup func(string) (string, bool)) (Credentials, error) {
	var broken error
	get := func(name string) string {
		value, _ := lookup(name)
		broken = cmp.Or(broken, secrets.CheckLine("environment variable "+name, value))
		return value
	}
	var c Credentials
	for _, pair := range keyVariables {
		id, key := get(pair[0]), get(pair[1])
		switch {
		case id == "" && key == "":
			continue
		case id == "":
			return Credentials{}, fmt.Errorf("%s is set and %s is not", pair[1], pair[0])
		case key == "":
			return Credentials{}, fmt.Errorf("%s is set and %s is not", pair[0], pair[1])
		case c.SecretID == "":
			c.SecretID, c.SecretKey = id, key
		}
	}
	if c.SecretID == "" {
		return Credentials{}, ErrNoCredentials
	}
	for _, name := range tokenVariables {
		if c.Token = get(name); c.Token != "" {
			break
		}
	}
	return c, broken
}
