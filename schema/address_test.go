package schema

import "testing"

// All hosts of the cloud's own API are one address; any other is its own.
func TestAddresses(t *testing.T) {
	url := func(text string) Object { return Object{"url": Text(text)} }
	for _, row := range []struct {
		name, system string
		settings     Object
		address      string
		tenant       string
	}{
		{"nothing said", CloudBase, nil, "https://tcb.tencentcloudapi.com", "prod-1"},
		{"the usual one", CloudBase, url("https://tcb.tencentcloudapi.com/"), "https://tcb.tencentcloudapi.com", "prod-1"},
		{"with its port", CloudBase, url("https://TCB.tencentcloudapi.com:443"), "https://tcb.tencentcloudapi.com", "prod-1"},
		{"of a region", CloudBase, url("https://tcb.ap-guangzhou.tencentcloudapi.com"), "https://tcb.tencentcloudapi.com", "prod-1"},
		{"the intranet's", CloudBase, url("https://tcb.internal.tencentcloudapi.com"), "https://tcb.tencentcloudapi.com", "prod-1"},
		{"another intranet's", CloudBase, url("https://tcb.ap-shanghai.tencentcloudapi.woa.com"), "https://tcb.tencentcloudapi.com", "prod-1"},
		{"in clear", CloudBase, url("http://tcb.tencentcloudapi.com"), "http://tcb.tencentcloudapi.com", "prod-1"},
		{"another service of the cloud", CloudBase, url("https://cam.tencentcloudapi.com"), "https://cam.tencentcloudapi.com", "prod-1"},
		{"looks like it", CloudBase, url("https://tcb.tencentcloudapi.com.example"), "https://tcb.tencentcloudapi.com.example", "prod-1"},
		{"deeper", CloudBase, url("https://tcb.a.b.tencentcloudapi.com"), "https://tcb.a.b.tencentcloudapi.com", "prod-1"},
		{"a proxy", CloudBase, url("http://127.0.0.1:7070/tcb"), "http://127.0.0.1:7070", "prod-1"},

		{"follows cloudbase", OpenAPI, nil, "https://prod-1.ap-shanghai.tcb-api.tencentcloudapi.com", "prod-1"},
		{"its newer host", OpenAPI, url("https://prod-1.api.tcloudbasegateway.com"), "https://prod-1.ap-shanghai.tcb-api.tencentcloudapi.com", "prod-1"},
		{"that of another environment", OpenAPI, url("https://prod-2.api.tcloudbasegateway.com"), "https://prod-2.api.tcloudbasegateway.com", "prod-1"},

		{"not there", Connectors, nil, "", ""},
		{"a host", Connectors, url("https://Auth.example.com/"), "https://auth.example.com", ""},
		{"a host and a path", Devices, url("https://iot.example.com/a/"), "https://iot.example.com", "a"},
	} {
		t.Run(row.system+" "+row.name, func(t *testing.T) {
			env := &Environment{Systems: map[string]Object{CloudBase: {"envId": Text("prod-1")}}}
			if row.settings != nil && row.system == CloudBase {
				row.settings["envId"] = Text("prod-1")
			}
			if row.settings != nil {
				env.Systems[row.system] = row.settings
			}
			if got := env.Address(row.system); got != row.address {
				t.Errorf("address %q, want %q", got, row.address)
			}
			if got := env.Tenant(row.system); got != row.tenant {
				t.Errorf("tenant %q, want %q", got, row.tenant)
			}
		})
	}
}
