package schema

// RolloutSchemaID names the schema of rollouts; there is nothing to fetch.
const RolloutSchemaID = "urn:authsync:v1:rollout"

// RolloutSchema is the JSON Schema (2020-12) of rollouts. It judges one file by itself:
// which environments a wave has is for [Load].
func RolloutSchema() ([]byte, error) {
	d := new(describer)
	root := Struct{Naming: AsIs, Fields: rolloutFields}.strictly(d)
	wave := Struct{Naming: AsIs, Fields: waveFields}.strictly(d)
	tolerance := wave.Properties.get(maxFailures)
	tolerance.Type, tolerance.Minimum, tolerance.Pattern = typeNames{"integer", "string"}, new(int64), percentForm.String()
	waves := root.Properties.get(rolloutWaves)
	waves.Items = wave
	root.Defs = d.defs
	return root.published(RolloutSchemaID, "authsync rollout", "In which order the environments beside it are applied.")
}
