// Package credentials finds the credentials of the cloud account that a run works
// as, where its manifests name none: in variables, by the identity of a pipeline's
// job or a pod, in the files of the cloud's own tools, by the role of a machine.
//
// It knows no system of a manifest and no kind. Nothing is called before the
// credentials are needed. Begin with sources, in sources.go.
package credentials
