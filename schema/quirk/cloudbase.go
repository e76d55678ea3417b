package quirk

import "slices"

var cloudBase = slices.Concat(providerContent, providerPresence, loginAndClients, apiKeys, authDomains, customLoginKeys, integrations)

// What clears a field, and what is empty, as JSON.
var (
	cleared = []string{`""`, "null"}
	empty   = append(cleared, "[]", "{}")
)

// Answers that quirks of several objects have.
const (
	Replaced Value = "replace"
	Merged   Value = "merge"

	Shown  Value = "shown"
	Masked Value = "masked"
	Part   Value = "part"
	Blank  Value = "blank"
	Unseen Value = "unseen"
	Stored Value = "stored"

	Yes Value = "yes"
	No  Value = "no"

	Accepted Value = "accepted"
	Refused  Value = "refused"
	Ignored  Value = "ignored"
	Kept     Value = "kept"
	Dropped  Value = "dropped"
	Lowered  Value = "lowered"

	Listed   Value = "listed"
	Unlisted Value = "unlisted"
	Asked    Value = "asked"
	Capped   Value = "capped"

	OnWrite    Value = "on-write"
	OnRead     Value = "on-read"
	AtCreation Value = "at-creation"

	Free   Value = "free"
	Unique Value = "unique"
)

const (
	hiddenAnswer = "compares what is shown; takes `***` and the like as hidden, and an empty secret while its companion is set. " +
		"A hidden secret is compared with what the lock says was applied, and never written back: the plan is refused until the manifest has it. " +
		"One that the lock does not have, of an object that it has, is new in git, and is sent. Where the lock does not know the object, " +
		"the plan says that the secret was not compared; it is sent once git has another, when its top-level field is sent anyway, or with `--rewrite-secrets`"
	keptBetter = "where it merges, what the service hides right below the field stays where it is and is not sent: the plan is not refused for it, and says so. " +
		"Where it is known too how the secret is shown, the read-back tells one that has gone, with exit code 4"
	shownBetter = "where it is shown or masked, and a run sees another one that is, a secret that reads as empty is empty: no plan is refused for it"

	stampAnswer   = "does not compare it, and no plan rests on it"
	stampBelieved = "does not compare it. What the list shows with the stamp of the lock, and as it was, is not read in detail; " +
		"before anything of it is written it is. A stamp is believed if it was two seconds old when the object was read, and the service's clock agrees with what it gave to the last write. `--thorough` reads everything, and tells what has changed without a new stamp"
	stampKnown    = "one that is known not to move with changes alone is not believed"
	pagesAnswer   = "goes on after a short page while the list's own total counts more"
	pagesFound    = "the list is asked for whole, and counted"
	rivalsAnswer  = "matches by name and, of several, by the id in the lock. After its creations a run reads the list once more: what was made later, by the service's own time and then by the greater id, is taken back by the run that made it"
	readsTwice    = "the object is read twice"
	someWritten   = "two fields are written, then one of them, and both are read"
	asReplacement = "what is sent takes the place of what is stored"
	asMerge       = "what is stored and not sent stays"
)
