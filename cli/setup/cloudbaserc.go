package setup

import (
	"errors"
	"fmt"
	"strings"

	"authsync/schema"
)

// CloudBaseFile is the file in which CloudBase's own command line keeps the id of the
// environment.
const CloudBaseFile = "cloudbaserc.json"

// Project is what such a file says. What it does not say is "".
type Project struct{ EnvID, Region string }

// ReadProject reads such a file. A value may be a template ({{env.NAME}}) that only
// CloudBase's command line fills in: then it is not known, and the error says so.
func ReadProject(text []byte) (Project, error) {
	v, err := schema.ParseJSON(text)
	said, ok := v.(schema.Object)
	if err != nil || !ok {
		return Project{}, errors.New("is not a JSON object")
	}
	p := Project{EnvID: said.Text("envId"), Region: said.Text("region")}
	if strings.Contains(p.Region, "{{") {
		p.Region = ""
	}
	if strings.Contains(p.EnvID, "{{") {
		err = fmt.Errorf("names the environment by a template, %s, that authsync does not fill in", p.EnvID)
		p.EnvID = ""
	}
	return p, err
}
