package schema

// CustomLoginKey is the key pair that a server of one's own signs tickets with, by
// which users log in without a password of this environment.
//
// Source: typed cloud API (tencentcloud-sdk-nodejs 4.1.313), CreateCustomLoginKey;
// the older CreateCustomLoginKeys means the same. The private key is shown when it
// is made and never again. Nothing lists keys and nothing deletes one: making a
// key ends those before it two hours later.
var CustomLoginKey = Kind{
	Name: "customLoginKey", Collection: "customLoginKey", System: CloudBase, Arity: One, From: SDKModels,
	Doc: "The key pair that a server of one's own signs login tickets with. Its private key is sealed into the vault when it is made.",
	Example: `
customLoginKey: {rotateAfter: 180d}
`,
	IfRecreated: "who signs with it must change over",
	Meta: []Field{
		{Name: "rotateAfter", Type: Span{Min: keyOverlap, Max: 100 * 365 * day}, Doc: "Make a new key when this one is that old; left out, when it is asked for."},
	},
	Update: Update{
		Create:  ByCall,
		Replace: CreateFirst,
		Token:   TokenOnce,
		Seen:    InVault,
		Ousts:   "one that was made elsewhere, which no call shows, ends two hours later: who signs with that is locked out",
		Expiry:  Expiry{After: "rotateAfter"},
		Overlap: Overlap{Usual: keyOverlap, End: EndedByService},
		After:   []string{"login"},
		Going:   GoesLast,
	},
}

// keyOverlap is how long the service keeps a key once another was made.
const keyOverlap Seconds = 2 * 3600
