package idp

import (
	"context"
	"slices"
	"strings"

	"authsync/remote/transport"
	"authsync/schema"
)

const wellKnown = "/.well-known/openid-configuration"

// discovery asks an issuer what it is, and compares that with the manifest.
func (v *visit) discovery(ctx context.Context, ask schema.Ask) {
	u := v.where(ask)
	v.unknown = v.text(ask.At) != ""
	if u == nil {
		return
	}
	at := *u
	at.Path, at.RawPath, at.RawQuery = strings.TrimSuffix(u.Path, "/")+wellKnown, "", ""
	said, err := v.client.document(ctx, &at)
	if err != nil {
		v.failed(ask.At, prefixed("its discovery document ("+wellKnown+") ", err))
		return
	}
	if issuer := said.Text("issuer"); issuer != v.text(ask.At) {
		v.wrong(ask.At, "the discovery document there is that of another issuer, "+quote(issuer)+", and its tokens would be refused: write that one, to the letter, if it is meant")
		return
	}
	v.published, v.unknown = said, false
	for _, claim := range v.kind.Online.Claims {
		compare[claim.Holds](v, claim, said[claim.Name])
	}
	v.algorithms(ask, words(said["id_token_signing_alg_values_supported"]))
}

// prefixed says what it is that was not answered.
func prefixed(what string, err error) error {
	if why, ok := err.(*unasked); ok {
		return &unasked{what + why.text, why.severity}
	}
	return err
}

// compare compares a field of the manifest with a claim of discovery.
var compare = map[schema.Holding]func(*visit, schema.Claim, schema.Value){
	schema.Equals:   (*visit).equals,
	schema.Lists:    (*visit).lists,
	schema.ListsAll: (*visit).listsAll,
}

func (v *visit) equals(claim schema.Claim, said schema.Value) {
	ours, theirs := v.text(claim.Field), ""
	if text, ok := said.(schema.Text); ok {
		theirs = string(text)
	}
	if ours == "" || theirs == "" || ours == theirs {
		return
	}
	text := "differs from discovery, where " + claim.Name + " is " + quote(theirs) + ": write that, or leave the field out, as the service takes it from the issuer"
	ourAddress, _, _ := schema.SplitURL(ours)
	if theirAddress, _, _ := schema.SplitURL(theirs); ourAddress != theirAddress {
		v.wrong(claim.Field, text)
		return
	}
	v.doubt(claim.Field, text)
}

func (v *visit) lists(claim schema.Claim, said schema.Value) {
	ours := schema.Text(v.text(claim.Field))
	if word, other := claim.Words[ours]; other {
		ours = word
	}
	v.among(claim, []string{string(ours)}, said)
}

func (v *visit) listsAll(claim schema.Claim, said schema.Value) {
	v.among(claim, strings.Fields(v.text(claim.Field)), said)
}

// among doubts values that a list of the discovery document does not have.
func (v *visit) among(claim schema.Claim, ours []string, said schema.Value) {
	if said == nil {
		said = claim.Unsaid
	}
	theirs := words(said)
	for _, one := range ours {
		if one != "" && len(theirs) > 0 && !slices.Contains(theirs, one) {
			v.doubt(claim.Field, one+" is not among what discovery lists as "+claim.Name+": "+transport.OneLine(strings.Join(theirs, ", "), 200))
		}
	}
}

// trusted are the algorithms whose signatures a published key can judge.
var trusted = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

func (v *visit) algorithms(ask schema.Ask, offered []string) {
	if len(offered) == 0 {
		return
	}
	if !slices.ContainsFunc(offered, func(name string) bool { return slices.Contains(trusted, name) }) {
		v.wrong(ask.At, "signs ID tokens only by "+transport.OneLine(strings.Join(offered, ", "), 100)+", which no published key can judge: have it sign by RS256 or ES256")
	}
	if slices.Contains(offered, "none") {
		v.doubt(ask.At, "offers ID tokens without a signature (none): have that switched off there")
	}
}

// signingKeys asks for the keys that ID tokens are judged by.
func (v *visit) signingKeys(ctx context.Context, ask schema.Ask) {
	u := v.where(ask)
	if u == nil {
		return
	}
	said, err := v.client.document(ctx, u)
	if err != nil {
		v.failed(ask.At, err)
		return
	}
	v.judgeKeys(ask, said)
}
