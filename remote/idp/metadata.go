package idp

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"authsync/schema"
)

// samlProvider is what SAML metadata says of an identity provider.
type samlProvider struct {
	entity       string
	certificates []*x509.Certificate // that sign
	logins       []string            // URLs of the login page
}

// parseMetadata reads the first entity with a name, or the first of all if it is "".
// encoding/xml resolves no entity but XML's own five.
func parseMetadata(text []byte, name string) (*samlProvider, error) {
	var all struct {
		Entity  string       `xml:"entityID,attr"`
		IDP     *samlRole    `xml:"IDPSSODescriptor"`
		Entries []samlEntity `xml:"EntityDescriptor"` // of several
	}
	d := xml.NewDecoder(io.LimitReader(bytes.NewReader(text), mostBody))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // all that is read is ASCII
	if err := d.Decode(&all); err != nil {
		return nil, errors.New("is no XML that can be read")
	}
	for _, e := range append([]samlEntity{{all.Entity, all.IDP}}, all.Entries...) {
		if e.IDP != nil && (name == "" || e.Entity == name) {
			return e.provider(), nil
		}
	}
	return nil, errors.New("describes no identity provider (IDPSSODescriptor)")
}

type samlEntity struct {
	Entity string    `xml:"entityID,attr"`
	IDP    *samlRole `xml:"IDPSSODescriptor"`
}

type samlRole struct {
	Keys []struct {
		Use          string   `xml:"use,attr"`
		Certificates []string `xml:"KeyInfo>X509Data>X509Certificate"`
	} `xml:"KeyDescriptor"`
	Logins []struct {
		Location string `xml:"Location,attr"`
	} `xml:"SingleSignOnService"`
}

func (e samlEntity) provider() *samlProvider {
	p := &samlProvider{entity: e.Entity}
	for _, key := range e.IDP.Keys {
		for _, text := range key.Certificates {
			der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
			if err != nil || key.Use == "encryption" {
				continue
			}
			if c, err := x509.ParseCertificate(der); err == nil {
				p.certificates = append(p.certificates, c)
			}
		}
	}
	for _, login := range e.IDP.Logins {
		if !slices.Contains(p.logins, login.Location) {
			p.logins = append(p.logins, login.Location)
		}
	}
	return p
}

// mostLogins is how many login pages of metadata are asked.
const mostLogins = 3

// metadata asks for what an identity provider publishes at its own name, as most do that
// have a URL for one, and looks at its login pages.
func (v *visit) metadata(ctx context.Context, ask schema.Ask) {
	text := v.text(ask.At)
	if text == "" {
		return
	}
	ours, err := parseMetadata([]byte(text), "")
	if err != nil {
		v.wrong(ask.At, err.Error())
		return
	}
	if len(ours.certificates) == 0 {
		v.wrong(ask.At, "holds no certificate that could judge a login: download the metadata again")
	}
	for _, login := range ours.logins[:min(mostLogins, len(ours.logins))] {
		v.samlLogin(ctx, ask, login)
	}
	u, err := place(ours.entity)
	if err != nil {
		return // a name, and no address
	}
	v.asked = true
	a, err := v.client.get(ctx, u)
	if err != nil || a.status != http.StatusOK {
		return // nor is this one
	}
	if theirs, err := parseMetadata(a.body, ours.entity); err == nil {
		v.compareMetadata(ask, ours, theirs)
	}
}

func (v *visit) samlLogin(ctx context.Context, ask schema.Ask, login string) {
	u, err := place(login)
	if err != nil {
		v.failed(ask.At, prefixed("its login page "+quote(login)+" ", err))
		return
	}
	v.asked = true
	a, err := v.client.look(ctx, u)
	if err != nil {
		v.failed(ask.At, prefixed("its login page: ", err))
		return
	}
	v.exists(ask, a.status, schema.Doubtful, "download the metadata again if the login page has moved")
}

// compareMetadata compares the manifest's metadata with what is published now.
func (v *visit) compareMetadata(ask schema.Ask, ours, theirs *samlProvider) {
	has := func(p *samlProvider) func(*x509.Certificate) bool {
		return func(c *x509.Certificate) bool { return slices.ContainsFunc(p.certificates, c.Equal) }
	}
	switch {
	case len(theirs.certificates) == 0:
	case !slices.ContainsFunc(ours.certificates, has(theirs)):
		v.wrong(ask.At, "has none of the certificates that the identity provider publishes: it signs by another; download the metadata again")
	case slices.ContainsFunc(theirs.certificates, func(c *x509.Certificate) bool { return !has(ours)(c) }):
		v.doubt(ask.At, "lacks a certificate that the identity provider publishes: it will sign by that one soon; download the metadata again")
	}
	for _, login := range theirs.logins {
		if !slices.Contains(ours.logins, login) {
			v.doubt(ask.At, "lacks a login page that the identity provider publishes, "+quote(login)+": download the metadata again")
		}
	}
}
