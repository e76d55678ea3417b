package sandbox

import (
	"net/http"
	"strings"
	"time"

	"authsync/schema"
)

// metadata simulates the metadata service of a machine in the cloud, as far as it
// issues temporary keys of the machine's role (wire facts, section 8.4).
type metadata struct{ cloudbase *cloudbase }

const machineRolesPath = "/latest/meta-data/cam/security-credentials/"

func (m *metadata) name() string                { return "metadata" }
func (m *metadata) claims(r *http.Request) bool { return hostOf(r) == "metadata.tencentyun.com" }

func (m *metadata) open(r request) exchange {
	missing := func() answer { return inHTML(http.StatusNotFound, "404</html>") }
	return exchange{entry: line(m.name(), r, ""), limit: missing, expire: missing, answer: func() answer {
		role, known := strings.CutPrefix(r.URL.Path, machineRolesPath)
		if r.Method != http.MethodGet || !known || role == "" {
			return missing()
		}
		id, key := m.cloudbase.keys.issue(role, usualSession*time.Second, m.cloudbase.clock())
		return jsonAnswer(http.StatusOK, schema.Object{
			"TmpSecretId": schema.Text(id), "TmpSecretKey": schema.Text(key.secret), "Token": schema.Text(key.token),
			"ExpiredTime": number(key.ends.Unix()), "Expiration": schema.Text(key.ends.UTC().Format(time.RFC3339)),
			"Code": schema.Text("Success"),
		})
	}}
}
