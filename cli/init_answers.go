package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
)

// question is what init has to know, by the flag that answers it.
type question struct {
	flag  cli.Flag
	asks  string // at a terminal
	about topic
	pair  string // the form of an answer of two parts, between a colon; "" = it has one
}

func (q question) name() string { return q.flag.Names()[0] }

type topic int

const (
	environmentTopic topic = iota // what a new environment must have
	systemTopic                   // what a new environment may have
	folderTopic                   // the folder as a whole
)

// questions are those of init, in the order of asking.
func questions() []question {
	all := []question{
		{about: environmentTopic, flag: &cli.StringFlag{Name: "name", Usage: "what the environment is called: `NAME`, such as prod"}, asks: "name of the environment, such as prod"},
		{about: environmentTopic, flag: &cli.StringFlag{Name: "env-id", Usage: "the CloudBase environment `ID`"}, asks: "id of the CloudBase environment, such as prod-7gk2x9"},
	}
	for _, s := range ownAddress() {
		what := strings.ToLower(s.Doc[:1]) + strings.TrimSuffix(s.Doc[1:], ".")
		all = append(all, question{about: systemTopic, flag: &cli.StringFlag{Name: s.Name, Usage: what + " is there too, at `URL`"}, asks: "url of " + what + ", if there is one"})
	}
	hosts := append([]line.Choice{{Word: "none"}}, list.Each(setup.Hosts, func(h setup.Host) line.Choice { return line.Choice{Word: h.Name} })...)
	return append(all,
		question{about: systemTopic, flag: &cli.StringSliceFlag{Name: "data-source", Usage: "rows of a data source too: `NAME:COLUMN`, as sys_role:code, by the column that names them; NAME:COLUMN:pre are those of the preview; may be repeated"},
			asks: "data sources, each with the column that names its rows, such as sys_role:code, if any",
			pair: "NAME:COLUMN, such as sys_role:code"},
		question{about: folderTopic, flag: line.OneOf{Choices: hosts, StringFlag: &cli.StringFlag{Name: "host", Usage: "write the pipeline of the code `HOST`: " + line.Spell(hosts, "or")}},
			asks: "code host of the pipeline: " + line.Spell(hosts, "or")},
	)
}

// ownAddress are the systems that a manifest names by an address.
func ownAddress() []schema.SystemSettings {
	return list.Only(schema.Systems, func(s schema.SystemSettings) bool { return s.Remote != "" && s.Tenant == "" })
}

type answers struct {
	given  map[string][]string
	region string
	asks   asker
	// unknown says why the environment's id could not be read.
	unknown error
	project setup.Project
}

// asker reads answers; nil = there is nobody to ask.
type asker func(question, usual string) string

func readAnswers(c *cli.Context, dir string) answers {
	a := answers{given: map[string][]string{}, region: c.String("region")}
	for _, q := range questions() {
		if !c.IsSet(q.name()) {
			continue
		}
		a.given[q.name()] = c.StringSlice(q.name())
		if len(a.given[q.name()]) == 0 {
			a.given[q.name()] = []string{c.String(q.name())}
		}
	}
	if isTerminal(c.App.Reader) && !c.Bool("yes") {
		a.asks = askAt(Streams{In: c.App.Reader, Err: c.App.ErrWriter})
	}
	text, err := disk.ReadBeside(filepath.Join(dir, setup.CloudBaseFile))
	if err == nil {
		if a.project, a.unknown = setup.ReadProject(text); a.unknown != nil {
			a.unknown = fmt.Errorf("%s %w", filepath.Join(dir, setup.CloudBaseFile), a.unknown)
		}
	}
	a.region = cmp.Or(a.region, a.project.Region)
	return a
}

// takes returns an error if an answer is none of the choices.
func (q question) takes(answer []string) error {
	choices := line.Choices(q.flag)
	for _, text := range answer {
		if len(choices) > 0 && !slices.Contains(choices, line.Choice{Word: text}) {
			return fmt.Errorf("--%s takes %s, not %q", q.name(), line.Spell(choices, "or"), text)
		}
		if name, column, _ := strings.Cut(text, ":"); q.pair != "" && (name == "" || column == "") {
			return fmt.Errorf("--%s takes %s, not %q", q.name(), q.pair, text)
		}
	}
	return nil
}

// askAt asks at a terminal. Once the input has ended, nothing is asked any more.
func askAt(s Streams) asker {
	typed, ended := bufio.NewReader(s.In), false
	return func(question, usual string) string {
		if ended {
			return usual
		}
		if usual != "" {
			question += " [" + usual + "]"
		}
		say.Fprintf(s.Err, "%s: ", question)
		answer, err := typed.ReadString('\n')
		ended = err != nil
		return cmp.Or(strings.TrimSpace(answer), usual)
	}
}

// complete asks for what no flag has said. Where there are manifests, no environment is
// to be made unless one is named. Without a terminal, what a new one must have and
// nobody has said is one error.
func (a answers) complete(there []*schema.Environment, s Streams) error {
	fresh := len(there) == 0 || a.text("name") != "" || a.text("env-id") != ""
	if slices.ContainsFunc(there, func(env *schema.Environment) bool { return env.Name == a.text("name") }) {
		fresh = false
	}
	if _, said := a.given["env-id"]; fresh && !said && a.unknown != nil {
		say.Fprintf(s.Err, "%s\n", a.unknown)
	}
	var missing []string
	for _, q := range questions() {
		if given, said := a.given[q.name()]; said || !fresh && q.about != folderTopic {
			if err := q.takes(given); err != nil {
				return err
			}
			continue
		}
		answer := map[string]string{"env-id": a.project.EnvID}[q.name()]
		if a.asks != nil {
			answer = a.asks(q.asks, answer)
		}
		if answer == "" && q.about == environmentTopic {
			missing = append(missing, "--"+q.name())
		}
		if answer != "" {
			a.given[q.name()] = strings.FieldsFunc(answer, func(r rune) bool { return r == ' ' || r == ',' })
		}
		if err := q.takes(a.given[q.name()]); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("init does not know what to make: give %s", strings.Join(missing, " and "))
	}
	return nil
}

func (a answers) text(flag string) string { return strings.Join(a.given[flag], " ") }

// environment returns the environment of the answers, with the systems and groups that
// they name, and no objects.
func (a answers) environment(file string, recipients []string) *schema.Environment {
	env := newEnvironment(file, a.text("name"), a.text("env-id"), a.region, recipients)
	for _, s := range ownAddress() {
		if url := a.text(s.Name); url != "" {
			env.Systems[s.Name] = schema.Object{s.Remote: schema.Text(url), "token": schema.Secret{Value: secrets.Env(strings.ToUpper(s.Name) + "_TOKEN")}}
		}
	}
	for _, k := range schema.Kinds {
		if k.Arity == schema.Groups && len(a.given["data-source"]) > 0 {
			env.Collections[k.Name] = &schema.Collection{Kind: k, Groups: dataSources(k, a.given["data-source"])}
		}
	}
	return env
}

// dataSources are the settings of data sources, each spelled NAME:COLUMN[:TYPE].
func dataSources(k *schema.Kind, spelled []string) map[string]schema.Object {
	groups := map[string]schema.Object{}
	for _, text := range spelled {
		words := append(strings.SplitN(text, ":", 3), "", "")
		groups[words[0]] = schema.Object{k.RowKey: schema.Text(words[1]), "envType": schema.Text(cmp.Or(words[2], "prod"))}
	}
	return groups
}
