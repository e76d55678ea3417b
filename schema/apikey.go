package schema

import "authsync/schema/pattern"

// APIKey is an access credential of an environment: api_key for servers,
// publish_key for front ends.
//
// Source: seed 002, createApiKey to deleteApiKey; cloud docs 129835, 129833.
// There is no action to rename or extend one: a change is a new key. The token
// is shown when it is made and never again, but for a publish_key, which lists
// show in full. Names need not be unique, so `id` can pin one.
var APIKey = Kind{
	Name: "apiKey", Collection: "apiKeys", System: CloudBase,
	From: SeedLogin,
	Doc:  "An access credential. Its token is sealed into the vault when it is made.",
	Example: `
apiKeys:
  server: {keyType: api_key, expireIn: 90d, rotateBefore: 14d}
`,
	IfRecreated: "the users of its token must change over",
	Key: KeyRule{
		From:    Itself,
		Pattern: pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`),
		Form:    "a name of letters, digits, -, _ and . (at most 64)",
	},
	Class: Class{Field: "keyType", Max: map[string]int{"api_key": 5, "publish_key": 1}},
	Type: Struct{
		Fields: []Field{
			{Name: "keyType", Type: OneOf{"api_key", "publish_key"}, Need: Required, Doc: "api_key for servers (at most 5), publish_key for front ends (at most 1)."},
			{Name: "expireIn", Type: Span{Min: 7200, Max: 100 * 365 * day, Also: []Seconds{0}}, Weaker: &Weakening{longer(Seconds(0), Seconds(0)), "a key that leaks works for longer, or for ever"}, Doc: "Life of the key; 0 is for ever."},
			{Name: "expireAt", Type: String{}, Access: ReadOnly, Doc: "When the key ends."},
			{Name: "createAt", Type: String{}, Access: ReadOnly, Doc: "When it was made."},
			{Name: "apiKey", Type: Sealed{}, Access: ReadOnly, Doc: "Its token; masked for an api_key."},
		},
		Rules:   []Rule{publishKeyIsFixed},
		Ignored: []string{"KeyId", "Name"},
	},
	Meta: []Field{
		{Name: "id", Scope: PerEnvironment, Type: String{}, Doc: "The key that is meant, where several have the name."},
		{Name: "rotateBefore", Type: Span{Min: 3600, Max: 365 * day}, Doc: "Make a new key when this one ends sooner than that; shorter than expireIn."},
		{Name: "overlap", Type: Overlaps, Doc: "How long the old key lives on beside a new one, 24h if left out; 0 deletes it at once."},
	},
	MetaRule: rotatesInTime,
	Update: Update{
		Create:     ByCall,
		Immutable:  []string{"keyType", "expireIn"},
		Replace:    CreateFirst,
		Token:      TokenOnce,
		TokenField: "apiKey",
		Expiry:     Expiry{At: "expireAt", Life: "expireIn", Before: "rotateBefore"},
		Overlap:    Overlap{Field: "overlap", Usual: day},
		After:      []string{"login"},
		Going:      GoesLast,
		Deletion:   DeletedByCall,
	},
	Settle: settleAPIKey,
}

// publishKeyIsFixed: the life of a publish_key is the service's (about 2099).
var publishKeyIsFixed = Rule{
	Doc: "The life of a publish_key is fixed: it takes no expireIn.",
	Check: func(o Object) []Problem {
		if o.Text("keyType") == "publish_key" && o["expireIn"] != nil {
			return []Problem{{At: Path{"expireIn"}, Text: "the life of a publish_key is fixed; leave it out"}}
		}
		return nil
	},
	Conditions: []Condition{{
		Field: "keyType", In: []Value{Text("publish_key")},
		Then: []Demand{{At: Path{"expireIn"}, Presence: MustLack}},
	}},
}

// rotatesInTime: a key that is to be rotated must expire, and must live longer than
// the time before its end, or each apply would rotate it.
var rotatesInTime = Rule{
	Doc:   "rotateBefore needs an expireIn that is longer.",
	Check: rotationFault,
	Conditions: []Condition{{
		Field: "rotateBefore",
		Then:  []Demand{{At: Path{"expireIn"}, Presence: MustHave}},
	}},
}

func rotationFault(o Object) []Problem {
	before, rotates := o["rotateBefore"].(Seconds)
	life, _ := o["expireIn"].(Seconds)
	switch {
	case !rotates:
	case life == 0:
		return []Problem{{At: Path{"rotateBefore"}, Text: "needs expireIn: a key without it never ends"}}
	case before >= life:
		return []Problem{{At: Path{"rotateBefore"}, Text: "is not shorter than expireIn: each apply would make a new key"}}
	}
	return nil
}

// settleAPIKey: 0 and no value both mean without end, and a life computed from two
// times may be off by their rounding.
func settleAPIKey(desired, live Object) Object {
	want, ok := desired["expireIn"].(Seconds)
	if !ok {
		return desired
	}
	settled := desired.Clone()
	if want == 0 {
		settled["expireIn"] = Null{}
	}
	if got, ok := live["expireIn"].(Seconds); ok && got-want <= 60 && want-got <= 60 {
		settled["expireIn"] = got
	}
	return settled
}
