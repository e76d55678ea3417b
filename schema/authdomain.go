package schema

import (
	"net"
	"net/url"
	"strings"

	"authsync/schema/pattern"
)

// AuthDomain is a security domain: a host from which browsers may use the login.
//
// Source: typed cloud API (tencentcloud-sdk-nodejs 4.1.313), DescribeAuthDomains,
// CreateAuthDomain and DeleteAuthDomain; there is no action to modify one. Those
// of the type SYSTEM are the platform's own. Whether the service compares case,
// ports and wildcards is in no document: what is written here is sent in lower
// case, and one that live spells otherwise is the same.
var AuthDomain = Kind{
	Name: "authDomain", Collection: "authDomains", System: CloudBase, Notation: NamesOnly,
	From: SDKModels,
	Doc:  "A security domain: a host whose pages may use the login.",
	Example: `
authDomains: [app.example.com, "localhost:8080"]
`,
	IfRecreated: "until it is there, pages of its host cannot log in",
	Key: KeyRule{
		Pattern:   pattern.Of(`^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?(:[1-9][0-9]{0,4})?$`),
		Form:      "a host as browsers send it, without https:// and path: app.example.com, with :PORT where the address has one, and in ASCII (xn--) where the name is not",
		Canonical: canonicalHost,
		Scope:     PerEnvironment,
	},
	Type: Struct{
		Fields: []Field{
			{Name: "type", Type: String{}, Access: ReadOnly, Doc: "USER, or SYSTEM for the platform's own, which are never deleted."},
			{Name: "status", Type: String{}, Access: ReadOnly, Doc: "ENABLE, or DISABLE for one that was switched off in the console."},
		},
		Ignored: []string{"Id", "Domain", "CreateTime", "UpdateTime"},
	},
	Update:  Update{Create: ByCall, Replace: DeleteFirst, Deletion: DeletedByCall},
	Stopped: Object{"status": Text("DISABLE")},
	UsedBy:  []Use{{Kind: "provider", Field: Path{"config", "redirectUri"}, Of: servesAddress}},
}

// canonicalHost: hosts are compared without case, and a last dot means nothing.
func canonicalHost(name string) string {
	host, port, found := strings.Cut(strings.ToLower(name), ":")
	host = strings.TrimSuffix(host, ".")
	if found {
		return host + ":" + port
	}
	return host
}

// servesAddress reports whether a page at an address is of a domain: of the domain
// itself or, for one that begins with *., of any below it, and at its port if the
// domain has one.
func servesAddress(domain, address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Hostname() == "" {
		return false
	}
	host, port, named := strings.Cut(canonicalHost(domain), ":")
	page := canonicalHost(u.Hostname())
	if ip := net.ParseIP(u.Hostname()); ip != nil {
		page = ip.String()
	}
	below, wild := strings.CutPrefix(host, "*")
	switch {
	case wild && !strings.HasSuffix(page, below), !wild && page != host:
		return false
	case !named:
		return true
	case u.Port() == "":
		return port == defaultPorts[u.Scheme]
	}
	return port == u.Port()
}
