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
