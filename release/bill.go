package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"authsync/schema/list"
)

// The types of an SPDX 2.3 document, as far as it is used here.
type (
	spdxDocument struct {
		SPDXVersion       string             `json:"spdxVersion"`
		DataLicense       string             `json:"dataLicense"`
		SPDXID            string             `json:"SPDXID"`
		Name              string             `json:"name"`
		DocumentNamespace string             `json:"documentNamespace"`
		CreationInfo      spdxCreation       `json:"creationInfo"`
		Packages          []spdxPackage      `json:"packages"`
		Relationships     []spdxRelationship `json:"relationships"`
	}
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	spdxPackage struct {
		SPDXID           string         `json:"SPDXID"`
		Name             string         `json:"name"`
		VersionInfo      string         `json:"versionInfo"`
		FileName         string         `json:"packageFileName,omitempty"`
		Purpose          string         `json:"primaryPackagePurpose"`
		DownloadLocation string         `json:"downloadLocation"`
		FilesAnalyzed    bool           `json:"filesAnalyzed"`
		Checksums        []spdxChecksum `json:"checksums,omitempty"`
		SourceInfo       string         `json:"sourceInfo,omitempty"`
		LicenseConcluded string         `json:"licenseConcluded"`
		LicenseDeclared  string         `json:"licenseDeclared"`
		Copyright        string         `json:"copyrightText"`
		ExternalRefs     []spdxRef      `json:"externalRefs,omitempty"`
	}
	spdxChecksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	spdxRef struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxRelationship struct {
		Element string `json:"spdxElementId"`
		Type    string `json:"relationshipType"`
		Related string `json:"relatedSpdxElement"`
	}
)

const unstated = "NOASSERTION"

// bill is the software bill of materials, as SPDX: each binary, and the modules
// that the toolchain has noted in it, with their sums of go.sum.
func (r release) bill(built []binary) ([]byte, error) {
	d := spdxDocument{
		SPDXVersion: "SPDX-2.3", DataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT",
		Name: "authsync-" + r.version,
		CreationInfo: spdxCreation{
			Created:  r.time.Format(time.RFC3339),
			Creators: []string{"Tool: authsync-release-" + r.version},
		},
	}
	modules := map[string]spdxPackage{}
	sums := sha256.New()
	for _, b := range built {
		sum := fmt.Sprintf("%x", sha256.Sum256(b.text))
		fmt.Fprintln(sums, b.platform, sum)
		own := spdxPackage{
			SPDXID: spdxID("authsync", b.platform.os, b.platform.arch), Name: "authsync", VersionInfo: r.version,
			FileName: fmt.Sprintf("authsync_%s_%s_%s/%s", r.version, b.platform.os, b.platform.arch, b.name),
			Purpose:  "APPLICATION", Checksums: []spdxChecksum{{"SHA256", sum}},
			DownloadLocation: unstated, LicenseConcluded: unstated, LicenseDeclared: unstated, Copyright: unstated,
		}
		if r.commit != "" {
			own.SourceInfo = "built from commit " + r.commit
		}
		d.Packages = append(d.Packages, own)
		d.Relationships = append(d.Relationships, spdxRelationship{d.SPDXID, "DESCRIBES", own.SPDXID})
		for _, m := range append([]*debug.Module{standardLibrary(b)}, b.info.Deps...) {
			if m.Replace != nil {
				m = m.Replace
			}
			p := modulePackage(m)
			modules[p.SPDXID] = p
			d.Relationships = append(d.Relationships, spdxRelationship{own.SPDXID, "DEPENDS_ON", p.SPDXID})
		}
	}
	d.Packages = append(d.Packages, list.Each(slices.Sorted(maps.Keys(modules)), func(id string) spdxPackage { return modules[id] })...)
	d.DocumentNamespace = fmt.Sprintf("https://spdx.org/spdxdocs/%s-%x", d.Name, sums.Sum(nil)[:16])
	text, err := json.MarshalIndent(d, "", "  ")
	return append(text, '\n'), err
}

// standardLibrary is Go's own part of a binary, as a module.
func standardLibrary(b binary) *debug.Module {
	version, _, _ := strings.Cut(b.info.GoVersion, " ")
	return &debug.Module{Path: "stdlib", Version: strings.TrimPrefix(version, "go")}
}

func modulePackage(m *debug.Module) spdxPackage {
	p := spdxPackage{
		SPDXID: spdxID("module", m.Path, m.Version), Name: m.Path, VersionInfo: m.Version, Purpose: "LIBRARY",
		DownloadLocation: unstated, LicenseConcluded: unstated, LicenseDeclared: unstated, Copyright: unstated,
		ExternalRefs: []spdxRef{{"PACKAGE-MANAGER", "purl", "pkg:golang/" + m.Path + "@" + strings.ReplaceAll(m.Version, "+", "%2B")}},
	}
	if m.Sum != "" {
		p.SourceInfo = "go.sum: " + m.Sum
	}
	return p
}

var notInID = regexp.MustCompile(`[^A-Za-z0-9.-]`)

func spdxID(parts ...string) string {
	return "SPDXRef-" + notInID.ReplaceAllString(strings.Join(parts, "-"), "-")
}
