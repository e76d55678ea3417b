package sync_test

import (
	"fmt"
	"strings"

	"authsync/schema"
)

// leaves are the values of a wire object by path, as JSON. What is unset, to
// the service, is left out: absent, null, "", [] and {} are one.
func leaves(o schema.Object) map[string]string {
	out := map[string]string{}
	schema.Walk(o, func(at schema.Path, v schema.Value) {
		if list, ok := v.(schema.List); ok && len(list) == 0 || schema.IsUnset(v) {
			return
		}
		text, err := schema.EncodeJSON(v, nil)
		if err != nil {
			text = []byte(err.Error())
		}
		out[at.String()] = string(text)
	})
	return out
}

// claims are the paths that a manifest names of an object, on the wire.
type claims []string

func claimed(k *schema.Kind, desired schema.Object) claims {
	var paths claims
	schema.Walk(k.ToWire(desired), func(at schema.Path, _ schema.Value) { paths = append(paths, at.String()) })
	return paths
}

// cover reports whether a path is the manifest's: named, or above or below
// what is named.
func (c claims) cover(path string) bool {
	for _, p := range c {
		if p == path || strings.HasPrefix(path, p+".") || strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

// strayed returns the leaves that changed though neither the manifest names
// them nor the service derives them from what it was given.
func strayed(k *schema.Kind, desired, before, after schema.Object) []string {
	was, is, mine := leaves(before), leaves(after), claimed(k, desired)
	derived := derivedFrom(before, after)
	var paths []string
	for path := range union(was, is) {
		if was[path] != is[path] && !mine.cover(path) && !derived[path] {
			paths = append(paths, fmt.Sprintf("%s: %s -> %s", path, was[path], is[path]))
		}
	}
	return paths
}

func union(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}

// derivedFrom are the fields that the service sets by itself (seed 002; wire
// facts 1.4 and 1.5), each where what it follows from is so.
func derivedFrom(before, after schema.Object) map[string]bool {
	derived := map[string]bool{"UpdatedAt": true}
	set := func(when bool, paths ...string) {
		for _, path := range paths {
			derived[path] = derived[path] || when
		}
	}
	created := len(before) == 0
	set(created, "Id", "CreatedAt", "RefreshTokenExpiresIn", "AccessTokenExpiresIn", "On", "TransparentMode", "ProviderType")
	set(after.Text("TransparentMode") == "TRUE", "ReuseUserId", "AutoSignUpWithProviderUser")
	set(!schema.Same(before["RefreshTokenExpiresIn"], after["RefreshTokenExpiresIn"]), "AccessTokenExpiresIn")
	issuer := after.At("Config", "Issuer")
	discovers := after.Text("ProviderType") == "OIDC" && !schema.IsUnset(issuer) && !schema.Same(issuer, before.At("Config", "Issuer"))
	set(discovers, "Config.AuthorizationEndpoint", "Config.TokenEndpoint", "Config.UserinfoEndpoint", "Config.JwksUri")
	set(discovers && schema.IsUnset(before.At("Config", "Scope")), "Config.Scope")
	return derived
}
