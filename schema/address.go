package schema

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// defaultRegion is the region of an environment that names none.
const defaultRegion = "ap-shanghai"

// Tenant returns the environment's tenant in a system: the id of the CloudBase
// environment, else the path of the address; "" = the address alone identifies it.
func (e *Environment) Tenant(system string) string {
	s := systemNamed(system)
	if s.Follows != "" {
		s = systemNamed(s.Follows)
	}
	text := e.Setting(s.Name, s.Remote)
	if _, path, ok := SplitURL(text); ok {
		return path
	}
	return text
}

// SplitURL splits a URL into its address (scheme and host in their usual spelling) and
// its path; it is not ok if the text is not a URL.
func SplitURL(text string) (address, path string, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", "", false
	}
	scheme := strings.ToLower(u.Scheme)
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") // of the root
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != defaultPorts[scheme] {
		host += ":" + port
	}
	return scheme + "://" + host, strings.Trim(u.Path, "/"), true
}

// defaultPorts are those that an address need not name.
var defaultPorts = map[string]string{"https": "443", "http": "80"}

// Loopback reports whether a host name means the machine itself, so that nothing
// crosses a network. Unusual spellings (127.1) do not count, since not every resolver
// accepts them.
func Loopback(hostname string) bool {
	hostname = strings.TrimSuffix(strings.ToLower(hostname), ".")
	address, err := netip.ParseAddr(hostname)
	return hostname == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// Address returns the scheme and host of a system; "" = the environment does not have
// it. All hosts of the cloud's own API count as one address, the service's.
func (e *Environment) Address(system string) string {
	own := e.ownHosts(systemNamed(system))
	text := e.Setting(system, "url")
	if text == "" {
		if len(own) == 0 || e.Tenant(system) == "" {
			return ""
		}
		return "https://" + own[0]
	}
	address, _, ok := SplitURL(text)
	switch {
	case !ok:
		return text
	case anyHost(own, address):
		return "https://" + own[0]
	}
	return address
}

// Foreign reports whether the manifest has a system at another host than the
// service's own.
func (e *Environment) Foreign(system string) bool {
	text := e.Setting(system, "url")
	address, _, ok := SplitURL(text)
	return text != "" && !(ok && anyHost(e.ownHosts(systemNamed(system)), address))
}

func anyHost(hosts []string, address string) bool {
	return slices.ContainsFunc(hosts, func(host string) bool { return hostPattern("https://" + host).MatchString(address) })
}

// ownHosts returns the system's own hosts for this environment, the usual one first.
func (e *Environment) ownHosts(system *SystemSettings) []string {
	region := e.Setting(CloudBase, "region")
	if region == "" {
		region = defaultRegion
	}
	fill := strings.NewReplacer("{envId}", e.ID(), "{region}", region)
	return list.Each(system.Hosts, fill.Replace)
}

// hostPattern matches hosts; a star is one name between dots.
func hostPattern(host string) *pattern.Pattern {
	return pattern.Of("^" + strings.ReplaceAll(regexp.QuoteMeta(host), `\*`, `[a-z0-9-]+`) + "$")
}
