package line

import (
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/schema/list"
)

// Choice is one of the words that a flag takes.
type Choice struct {
	Word string
	// With names the value after =; "" = none.
	With string
	// Must says that the value is required.
	Must bool
}

// Spelled returns the choice for a usage text.
func (c Choice) Spelled() string {
	if c.Must {
		return c.Offered() + c.With
	}
	return c.Word
}

// Offered returns the text that a shell completes.
func (c Choice) Offered() string {
	if c.Must {
		return c.Word + "="
	}
	return c.Word
}

// OneOf is a flag that takes one of a few words.
type OneOf struct {
	*cli.StringFlag
	Choices []Choice
	// Means returns the choice that a word is another spelling of; nil = there are none.
	Means func(word string) string
}

// AnyOf is a flag that takes several of a few words, each given by itself.
type AnyOf struct {
	*cli.StringSliceFlag
	Choices []Choice
}

func (f OneOf) choices() []Choice { return f.Choices }
func (f AnyOf) choices() []Choice { return f.Choices }

// Choices returns the words that a flag takes, if they are fixed.
func Choices(f cli.Flag) []Choice {
	if c, ok := f.(interface{ choices() []Choice }); ok {
		return c.choices()
	}
	return nil
}

// Spell lists choices for a usage text or an error.
func Spell(choices []Choice, conjunction string) string {
	words := list.Each(choices, Choice.Spelled)
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}
