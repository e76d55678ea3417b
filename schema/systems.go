package schema

import "authsync/schema/pattern"

// The systems: remote services with a transport of their own.
const (
	// CloudBase is the management API of Tencent CloudBase (seeds 002, 000).
	CloudBase = "cloudbase"
	// OpenAPI is a CloudBase environment's own open API (seed 001).
	OpenAPI = "openapi"
	// Devices is the device management platform (seed 003).
	Devices = "devices"
	// Connectors is the connector service (seed 004).
	Connectors = "connectors"
)

// SystemSettings describes the settings of one system.
type SystemSettings struct {
	Name string
	Doc  string
	// Example are the settings in the kinds' examples; "" = none.
	Example string
	Type    Struct
	// Remote is the setting with the remote end; "" = it follows from another system.
	Remote string
	// Tenant is the setting with the tenant of a shared service, by which an
	// environment is shown and which no two manifests have in common. "" = the service
	// is not shared.
	Tenant string
	// Follows is the system whose settings are used if there are none.
	Follows string
	// Hosts are the service's own, the default one first. {envId} and {region} are
	// replaced by the environment's, * matches one name between dots.
	Hosts []string
}

// Systems are the settings that each system needs of a manifest, in the order
// in which they are written.
var Systems = []SystemSettings{
	{Name: CloudBase, Doc: "The management API of CloudBase.", Example: "{envId: example-1a2b3c}", Remote: "envId", Tenant: "envId", Hosts: []string{
		"tcb.tencentcloudapi.com", "tcb.*.tencentcloudapi.com", "tcb.tencentcloudapi.woa.com", "tcb.*.tencentcloudapi.woa.com",
	}, Type: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "envId", Type: String{Pattern: envIDPattern, Form: envIDForm}, Need: Required, Doc: "Id of the CloudBase environment."},
			{Name: "account", Type: String{Pattern: accountPattern, Form: accountForm}, Doc: "Id of the cloud account: credentials of another one are refused before anything is read."},
			{Name: "region", Type: String{Pattern: regionPattern, Form: "a region such as ap-shanghai"}, Doc: "Region; ap-shanghai if left out."},
			{Name: "url", Type: String{Check: isServiceURL}, Doc: "Endpoint; https://tcb.tencentcloudapi.com if left out."},
			{Name: "secretId", Type: Sealed{}, Doc: "Secret id; TENCENTCLOUD_SECRETID if left out."},
			{Name: "secretKey", Type: Sealed{}, Doc: "Secret key; TENCENTCLOUD_SECRETKEY if left out."},
			{Name: "integrationKey", Type: Sealed{}, Doc: "32-byte key that seals the secret fields of integrations."},
		},
		Rules: []Rule{bothOrNone("secretId", "secretKey")},
	}},
	{Name: OpenAPI, Doc: "The environment's own open API. Without these settings, it is reached with those of cloudbase.", Follows: CloudBase, Hosts: []string{
		"{envId}.{region}.tcb-api.tencentcloudapi.com", "{envId}.*.tcb-api.tencentcloudapi.com",
		"{envId}.api.tcloudbasegateway.com", "{envId}.api.intl.tcloudbasegateway.com",
	}, Type: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "url", Type: String{Check: isServiceURL}, Doc: "Base URL; https://<envId>.<region>.tcb-api.tencentcloudapi.com if left out."},
			{Name: "secretId", Type: Sealed{}, Doc: "Secret id; that of cloudbase if left out."},
			{Name: "secretKey", Type: Sealed{}, Doc: "Secret key; that of cloudbase if left out."},
		},
		Rules: []Rule{bothOrNone("secretId", "secretKey")},
	}},
	{Name: Connectors, Doc: "The connector service.", Example: "{url: https://auth.corp.example, token: !env CONNECTORS_TOKEN}", Remote: "url", Type: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "url", Type: String{Check: isServiceURL}, Need: Required, Doc: "Base URL of the service."},
			{Name: "token", Type: Sealed{}, Doc: "Admin token; or give clientId and clientSecret."},
			{Name: "clientId", Type: String{}, Doc: "Machine-to-machine client, which gets a token at /oidc/token."},
			{Name: "clientSecret", Type: Sealed{}, Doc: "Its secret."},
			{Name: "resource", Type: String{}, Doc: "Resource of the token, such as urn:codebird:management-api:<tenant>."},
		},
		Rules: []Rule{bothOrNone("clientId", "clientSecret")},
	}},
	{Name: Devices, Doc: "The device management platform.", Example: "{url: https://iot.corp.example, token: !env DEVICES_TOKEN}", Remote: "url", Type: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "url", Type: String{Check: isServiceURL}, Need: Required, Doc: "Base URL of the platform, without /api."},
			{Name: "token", Type: Sealed{}, Doc: "Platform token (X-Access-Token); or give username and password."},
			{Name: "username", Type: String{}, Doc: "User to log in as."},
			{Name: "password", Type: Sealed{}, Doc: "Its password."},
		},
		Rules: []Rule{bothOrNone("username", "password")},
	}},
}

// Shared returns the system whose tenants the environments are.
func Shared() *SystemSettings {
	for i := range Systems {
		if Systems[i].Tenant != "" {
			return &Systems[i]
		}
	}
	return nil
}

var (
	envIDPattern  = pattern.Of(`^[a-z0-9][a-z0-9-]{1,63}$`)
	regionPattern = pattern.Of(`^[a-z]{2,}(-[a-z0-9]+)+$`)
)

var accountPattern = pattern.Of(`^[0-9]{5,20}$`)

const accountForm = "the id of a cloud account, digits in quotes"

const envIDForm = "an environment id (lower-case letters, digits and -)"

func bothOrNone(a, b string) Rule {
	return Rule{
		Doc: a + " and " + b + " go together.",
		Check: func(o Object) []Problem {
			if IsUnset(o[a]) == IsUnset(o[b]) {
				return nil
			}
			return []Problem{{Text: a + " and " + b + " go together"}}
		},
		Conditions: []Condition{{Field: a, Then: have(b)}, {Field: b, Then: have(a)}},
	}
}
