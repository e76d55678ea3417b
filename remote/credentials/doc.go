// Package credentials finds the credentials of the cloud account for a run whose
// manifests name none: in variables, by the identity of a pipeline's job or a pod, in
// the files of the cloud's own tools, or by the role of a machine.
//
// It must not know a system of a manifest or a kind. It makes no call before the
// credentials are needed. Begin reading with sources, in sources.go.
package credentials
