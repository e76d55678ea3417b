package schema

// Online says what can be asked of the hosts that an object of a kind names, to find out
// whether it would work. `validate --online` asks it, in package idp.
type Online struct {
	// By is the field that decides what fits an object, and Asks what does for each of
	// its values, in the order in which it is asked.
	By   string
	Asks map[Text][]Ask
	// Claims are what discovery says of fields.
	Claims []Claim
	// Usual are the parameters of a login that no field states, by the same values.
	Usual map[Text]map[string]string
	// Parameters are the fields that rename a parameter of OAuth, by its usual name.
	Parameters map[string]Path
}

// Ask is a question and the field that says where it is asked.
type Ask struct {
	Question Question
	At       Path
}

// Question is one thing that can be asked of an identity provider.
type Question string

const (
	Discovery     Question = "discovery"      // is it the issuer, and does it agree with the manifest?
	SigningKeys   Question = "signing keys"   // are there keys that can be trusted?
	LoginPage     Question = "login page"     // does it take the client, without a page?
	TokenEndpoint Question = "token endpoint" // is there one, and is the client secret right?
	Userinfo      Question = "userinfo"       // is there one?
	SAMLMetadata  Question = "SAML metadata"  // is it what the identity provider publishes?
)

// Claim is a name in an issuer's discovery document, and the field that it is about.
type Claim struct {
	Name  string
	Field Path
	Holds Holding
	// Words are how the document spells the field's values, where it does otherwise.
	Words map[Text]Text
	// Unsaid is what the absence of the name means; nil = nothing.
	Unsaid List
}

// Holding is how a claim and its field belong together.
type Holding int

const (
	Equals   Holding = iota // the field is the claim
	Lists                   // the field is one of the claim's
	ListsAll                // each word of the field is one of the claim's
)

// Fits returns what is asked about an object.
func (o Online) Fits(object Object) []Ask { return o.Asks[Text(object.Text(o.By))] }

func (o Online) Claimed(field Path) (Claim, bool) {
	for _, c := range o.Claims {
		if c.Field.String() == field.String() {
			return c, true
		}
	}
	return Claim{}, false
}
