package cli

// begins makes folders ready, with keys that open what is sealed there.
func (n *nest) begins() {
	n.write("begun/.gitattributes", "* text\n")
	n.run("", "init", "begun", "--env-id", "acme-nest", "--name", "nest", "--key", "begun-key.txt", "--to", n.public, "--verbose",
		"--connectors", "https://auth.nest.example", "--devices", "https://iot.nest.example", "--data-source", "sys_role:code", "--host", "github")
	n.run("", "init", "begun", "--quiet")
	n.run("", "init", "begun-dry", "--env-id", "acme-nest", "--name", "nest", "--dry-run", "--key", n.key)
	n.run("", "init", "begun-dry", "--env-id", "acme-nest", "--name", "nest", "--dry-run")
}

// examines looks at what is there, with a key and credentials that are good, and with
// a secret in the place of each.
func (n *nest) examines() {
	n.run("", "doctor", "clear.yaml", "--report", "report.txt", "--verbose")
	n.run("", "doctor", "variables.yaml", "--format", "json", "--format", "text=doctor.txt", "--quiet", "--identity", "key.txt")
	n.run("", "doctor", "mistakes", "--format", "text", "--format", "json=doctor.json", "--identity", n.key)
	n.run("", "doctor", "begun/envs")
}

// unwell looks at it in any weather.
func (n *nest) unwell() {
	n.run("", "doctor", "variables.yaml", soon, "--report", "report.txt", "--format", "json")
}
