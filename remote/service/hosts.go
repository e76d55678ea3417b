package service

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"authsync/schema"
)

// HostsVariable lists the hosts that credentials may go to, beside the services' own.
const HostsVariable = "AUTHSYNC_HOSTS"

// Hosts say where credentials may go. A manifest states where a service is, and
// anybody who proposes a change writes it. So credentials of the run go to the
// services' own hosts, and to others only if the run allows them.
type Hosts struct {
	listed   []string // addresses in HostsVariable; with any, nothing goes elsewhere
	given    []string // addresses of --allow-host
	anywhere bool     // a sandbox plays all of them
}

// Sandboxed are the hosts of a run in a sandbox, which answers for every host.
var Sandboxed = Hosts{anywhere: true}

// ParseHosts reads the entries of the variable and of the flag, each
// [http://]HOST[:PORT]. Without a port, the scheme's default is meant.
func ParseHosts(variable string, flags []string) (h Hosts, err error) {
	for _, entry := range strings.FieldsFunc(variable, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }) {
		addresses, err := parseHost(entry)
		if err != nil {
			return h, fmt.Errorf("%s: %w", HostsVariable, err)
		}
		h.listed = append(h.listed, addresses...)
	}
	if variable != "" && len(h.listed) == 0 {
		return h, fmt.Errorf("%s names no host", HostsVariable)
	}
	for _, entry := range flags {
		addresses, err := parseHost(entry)
		if err != nil {
			return h, fmt.Errorf("--allow-host: %w", err)
		}
		h.given = append(h.given, addresses...)
	}
	return h, nil
}

// parseHost returns the addresses that an entry allows.
func parseHost(entry string) ([]string, error) {
	rest, schemes := entry, []string{"https"}
	if scheme, after, ok := strings.Cut(entry, "://"); ok {
		rest = after
		if strings.EqualFold(scheme, "http") {
			schemes = []string{"https", "http"}
		} else if !strings.EqualFold(scheme, "https") {
			return nil, badHost(entry)
		}
	}
	u, err := url.Parse("//" + rest)
	if err != nil || u.Hostname() == "" || u.Host != rest || strings.Contains(rest, "*") {
		return nil, badHost(entry)
	}
	if schema.Loopback(u.Hostname()) { // loopback: nothing crosses a network
		schemes = []string{"https", "http"}
	}
	var addresses []string
	for _, scheme := range schemes {
		address, _, _ := schema.SplitURL(scheme + "://" + rest)
		addresses = append(addresses, address)
	}
	return addresses, nil
}

// badHost does not quote the entry, which may be a URL with a password.
func badHost(entry string) error {
	if strings.Contains(entry, "@") {
		return errors.New("an entry is HOST, HOST:PORT or http://HOST, and holds no user")
	}
	return fmt.Errorf("%q is not HOST, HOST:PORT or http://HOST", entry)
}

// Lists reports whether the variable lists the only hosts.
func (h Hosts) Lists() bool { return len(h.listed) > 0 }

// Allows reports whether an address is one of the entries.
func (h Hosts) Allows(address string) bool {
	return h.anywhere || slices.Contains(h.listed, address) || slices.Contains(h.given, address)
}

// HostError says that nothing may be sent to the address of a system.
type HostError struct {
	// Path is the setting with the address.
	Path    schema.Path
	Address string
	// Why is the problem, and Remedy what can be done besides allowing the host.
	Why, Remedy string
}

func (e *HostError) Error() string { return "url: " + e.Text() }

// Text returns the error without the setting.
func (e *HostError) Text() string {
	return fmt.Sprintf("%s %s; %sallow the host: --allow-host %s, or %s", e.Address, e.Why, e.Remedy, strings.TrimPrefix(e.Address, "https://"), HostsVariable)
}

func refusedHost(env *schema.Environment, system, why, remedy string) *HostError {
	return &HostError{Path: schema.Path{"systems", system, "url"}, Address: env.Address(system), Why: why, Remedy: remedy}
}

// inClear returns an error if a system would be reached in clear text over a network.
func (h Hosts) inClear(env *schema.Environment, system string) *HostError {
	address := env.Address(system)
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || schema.Loopback(u.Hostname()) || h.Allows(address) {
		return nil
	}
	return refusedHost(env, system, "is spoken to in clear text, and anybody on the network path reads the credentials", "say https://, or ")
}

// Refuses returns why nothing may be sent to a system; nil = allowed.
func (h Hosts) Refuses(env *schema.Environment, system string) error {
	if refusal := h.inClear(env, system); refusal != nil {
		return refusal
	}
	if len(h.listed) > 0 && env.Foreign(system) && !h.Allows(env.Address(system)) {
		return refusedHost(env, system, "is not among the hosts of "+HostsVariable+", and nothing is sent elsewhere", "")
	}
	return nil
}

// refusesAccount returns why the account's own key may not be sent to a system; nil =
// allowed.
func (h Hosts) refusesAccount(env *schema.Environment, system string) error {
	if !env.Foreign(system) || h.Allows(env.Address(system)) {
		return nil
	}
	return refusedHost(env, system, "is not the service's own, and the cloud account's key would be sent there in clear",
		"name other credentials for it in systems."+system+", or ")
}

// Faults returns the systems of a manifest that would be reached in clear text.
func (h Hosts) Faults(env *schema.Environment) []*schema.Fault {
	var faults []*schema.Fault
	for _, s := range schema.Systems {
		if refusal := h.inClear(env, s.Name); refusal != nil {
			faults = append(faults, &schema.Fault{Pos: env.SettingPosition(s.Name, "url"), Path: refusal.Path, Text: refusal.Text()})
		}
	}
	return faults
}

// isAccount reports whether credentials are the account's own key, whatever their
// names.
func (c Config) isAccount(env *schema.Environment, own *Account) bool {
	variables, _ := credentialsIn(c.LookupEnv)
	keys := []string{variables.SecretKey}
	for _, find := range []func() (*Account, error){c.cloud, func() (*Account, error) { return c.account(env.Systems[schema.CloudBase]) }} {
		if account, err := find(); err == nil {
			keys = append(keys, account.Fixed().SecretKey)
		}
	}
	return slices.Contains(keys, own.Fixed().SecretKey)
}

// BasicAccount returns the account for a system to which its key is sent as it is: the
// one that the manifest names, or that of cloudbase.
func (c Config) BasicAccount(env *schema.Environment, system string) (*Account, error) {
	settings := env.Systems[system]
	named := !schema.IsUnset(settings["secretId"])
	if !named {
		settings = env.Systems[schema.CloudBase]
	}
	refusal := c.Hosts.refusesAccount(env, system)
	if refusal != nil && !named {
		return nil, refusal
	}
	account, err := c.Account(settings)
	if err == nil && refusal != nil && c.isAccount(env, account) {
		return nil, refusal
	}
	return account, err
}

// AccountError says that the credentials belong to another account than the manifest
// pins.
type AccountError struct{ Pinned, Is string }

func (e *AccountError) Error() string {
	return fmt.Sprintf("account: the credentials are those of the account %s, and the manifest is for %s: nothing is read", e.Is, e.Pinned)
}
