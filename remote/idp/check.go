package idp

import (
	"context"
	"errors"
	"net/url"
	"strings"
	stdsync "sync"

	"authsync/schema"
	"authsync/sync"
)

// Report is what was found out about an environment.
type Report struct {
	Faults []*schema.Fault
	// Told are the objects without a fault, and what was asked about them.
	Told []string
	// Errs are secrets that could not be opened, and the end of the run's context.
	Errs []error
}

// Check asks about every object of a site that something fits.
func (c *Client) Check(ctx context.Context, site *sync.Site) Report {
	var visits []*visit
	for _, k := range schema.Kinds {
		for _, d := range site.Env.Objects(k) {
			if asks := k.Online.Fits(d.Fields); len(asks) > 0 {
				visits = append(visits, &visit{client: c, site: site, kind: k, object: d, asks: asks})
			}
		}
	}
	var wait stdsync.WaitGroup
	for _, v := range visits {
		wait.Go(func() {
			c.slots <- struct{}{}
			defer func() { <-c.slots }()
			v.run(ctx)
		})
	}
	wait.Wait()
	var all Report
	for _, v := range visits {
		all.Faults = append(all.Faults, v.faults...)
		all.Errs = append(all.Errs, v.errs...)
		if told := v.told(); told != "" {
			all.Told = append(all.Told, told)
		}
	}
	return all
}

// visit is what is found out about one object.
type visit struct {
	client *Client
	site   *sync.Site
	kind   *schema.Kind
	object *schema.Declared
	asks   []schema.Ask

	named     map[string]struct{} // addresses that the manifest names
	published schema.Object       // the discovery document; nil = there is none to be believed
	unknown   bool                // there should be one
	asked     bool                // the question at hand went to an address
	faults    []*schema.Fault
	errs      []error
	right     []string // what answered as it should
}

// questions ask, each in a file of its own.
var questions = map[schema.Question]func(*visit, context.Context, schema.Ask){
	schema.Discovery:     (*visit).discovery,
	schema.SigningKeys:   (*visit).signingKeys,
	schema.LoginPage:     (*visit).loginPage,
	schema.TokenEndpoint: (*visit).tokenEndpoint,
	schema.Userinfo:      (*visit).userinfo,
	schema.SAMLMetadata:  (*visit).metadata,
}

func (v *visit) run(ctx context.Context) {
	for _, e := range v.kind.Entrances {
		if !e.Open(v.object.Fields) {
			return // nobody logs in by it
		}
	}
	v.named = map[string]struct{}{}
	for _, ask := range v.asks {
		if u, err := url.Parse(v.text(ask.At)); err == nil {
			v.named[addressOf(u)] = struct{}{}
		}
	}
	for _, ask := range v.asks {
		before := len(v.faults)
		v.asked = false
		questions[ask.Question](v, ctx, ask)
		if v.asked && len(v.faults) == before {
			v.right = append(v.right, string(ask.Question))
		}
	}
}

// told names what answered as the manifest says.
func (v *visit) told() string {
	if len(v.right) == 0 || len(v.errs) > 0 {
		return ""
	}
	return v.site.Env.Name + ": " + v.object.Key.String() + ": as it should be: " + strings.Join(v.right, ", ")
}

// text is the text of a field of the manifest.
func (v *visit) text(at schema.Path) string {
	text, _ := schema.Unwrap(v.object.Fields.At(at...)).(schema.Text)
	return string(text)
}

// wrong and doubt report what keeps users from logging in, or may.
func (v *visit) wrong(at schema.Path, text string) { v.find(at, text, schema.Wrong) }
func (v *visit) doubt(at schema.Path, text string) { v.find(at, text, schema.Doubtful) }

func (v *visit) find(at schema.Path, text string, severity schema.Severity) {
	path := append(v.kind.Path(v.object.Key.Name), at...)
	if severity == schema.Doubtful && v.site.Env.Acked(path) != "" {
		return
	}
	v.faults = append(v.faults, &schema.Fault{Pos: v.object.Position(at), Path: path, Text: text, Severity: severity})
}

// failed reports why there is no answer.
func (v *visit) failed(at schema.Path, err error) {
	if why, is := errors.AsType[*unasked](err); is {
		v.find(at, why.text, why.severity)
		return
	}
	v.errs = append(v.errs, err)
}

// where returns what an ask is about: the address that the manifest states, or that
// discovery does if the manifest names its host. nil = none that is asked.
func (v *visit) where(ask schema.Ask) *url.URL {
	text, from := v.text(ask.At), ""
	if claim, ok := v.kind.Online.Claimed(ask.At); ok && text == "" && v.published != nil {
		text, from = v.published.Text(claim.Name), claim.Name
	}
	if text == "" {
		return nil
	}
	u, err := place(text)
	if err != nil && from != "" {
		err = prefixed("discovery's "+from+" ", err)
	}
	if err != nil {
		v.failed(ask.At, err)
		return nil
	}
	if _, named := v.named[addressOf(u)]; !named {
		v.doubt(ask.At, "discovery names "+quote(text)+" as "+from+", at a host that the manifest does not name: it is not asked; write it here to have it asked")
		return nil
	}
	v.asked = true
	return u
}
