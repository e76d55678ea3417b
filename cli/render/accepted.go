package render

import (
	"fmt"
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/schema"
	"authsync/sync"
)

const ofAppeared = "appeared in the service, and git states it now"

// textAccepted lists what git takes over of live.
func textAccepted(w io.Writer, accepted []sync.Accepted, p Palette) {
	for _, a := range accepted {
		if len(a.Fields) == 0 {
			say.Fprintf(w, "  %s %s %s\n", p.Paint("!", p.say("accepted drift:")), a.Key, p.say(ofAppeared))
		}
		for _, f := range a.Fields {
			both := sidesOf(f.Before, f.After)
			say.Fprintf(w, "  %s %s %s: %s -> %s\n", p.Paint("!", p.say("accepted drift:")), a.Key, f.Path, both.before, both.after)
		}
	}
}

func markdownAccepted(p Palette, envs ...*sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, env := range envs {
		for _, a := range env.Accepted {
			if len(a.Fields) == 0 {
				fmt.Fprintf(&b, "- %s%s: %s\n", asCode(env.Name), about(a.Key, nil), p.say(ofAppeared))
			}
			for _, f := range a.Fields {
				both := sidesOf(f.Before, f.After)
				fmt.Fprintf(&b, "- %s%s: %s\n", asCode(env.Name), about(a.Key, []schema.Path{f.Path}), p.sayf("was %s, is %s", asCode(both.before), asCode(both.after)))
			}
		}
	}
	return b.String()
}

func markdownRemoved(_ Palette, envs ...*sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, env := range envs {
		if text := removedText(env.Removed); text != "" {
			fmt.Fprintf(&b, "- %s: %s\n", asCode(env.Name), prose(text))
		}
	}
	return b.String()
}

func acceptedAlert(g *htmlGroups, env *sync.EnvironmentPlan) {
	for _, a := range env.Accepted {
		if len(a.Fields) == 0 {
			g.alert(acceptedAlerts, env.Name, htmlLine{Names: named(a.Key, nil), Text: legible(g.page.palette.say(ofAppeared))})
		}
		for _, f := range a.Fields {
			both := sidesOf(f.Before, f.After)
			g.alert(acceptedAlerts, env.Name, htmlLine{Names: named(a.Key, []schema.Path{f.Path}), Text: legible(g.page.palette.sayf("was %s, is %s", shown(both.before), shown(both.after)))})
		}
	}
}
