package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
)

// queryPage is how many objects a query returns unless told otherwise, even one
// that is called no-paging (hsweb, ReactiveServiceQueryController).
const queryPage = 25

// queryParams are the URL parameters of a query. terms means terms[0].column,
// terms[0].value and so on.
var queryParams = []string{"paging", "pageIndex", "pageSize", "terms", "sorts"}

// queryFields are the fields of a query in a body. Fields of the family that the
// sandbox does not simulate, such as where and includes, are refused.
var queryFields = []param{
	{name: "paging", form: boolean},
	{name: "pageIndex", form: integer},
	{name: "pageSize", form: integer},
	{name: "terms", form: objects, fields: []param{{name: "column"}, {name: "termType"}, {name: "type", oneOf: []string{"and", "or"}}, {name: "terms", form: objects}}},
	{name: "sorts", form: objects, fields: []param{{name: "name", required: true}, {name: "order", oneOf: []string{"asc", "desc"}}}},
}

// deviceQuery is a query in the family's language, as far as the sandbox simulates it.
type deviceQuery struct {
	paging     bool
	pageIndex  int64
	pageSize   int64
	conditions schema.List
	sorts      schema.List
}

func (c *deviceCall) query() (deviceQuery, error) {
	in := schema.Object{}
	var err error
	switch {
	case c.Method == http.MethodGet:
		in, err = queryOf(c.params)
	case len(c.body) > 0:
		in, err = jsonObject(c.request)
	}
	if err != nil {
		return deviceQuery{}, err
	}
	in = withoutNulls(in)
	if err := checkBody(in, queryFields, nil); err != nil {
		return deviceQuery{}, err
	}
	q := deviceQuery{paging: in["paging"] != schema.Bool(false), pageSize: queryPage}
	q.pageIndex, _ = whole(in, "pageIndex")
	if size, given := whole(in, "pageSize"); given {
		q.pageSize = size
	}
	if q.pageIndex < 0 || q.pageIndex > 1<<20 || q.pageSize < 1 || q.pageSize > 1<<20 {
		return deviceQuery{}, illegal(detail("pageSize", "分页参数错误"))
	}
	q.conditions, _ = in["terms"].(schema.List)
	q.sorts, _ = in["sorts"].(schema.List)
	return q, nil
}

// queryOf converts a query in a URL to one in a body.
func queryOf(values url.Values) (schema.Object, error) {
	in := schema.Object{}
	lists := map[string][]schema.Object{}
	for name := range values {
		value := values.Get(name)
		switch stem, rest, indexed := strings.Cut(name, "["); {
		case indexed:
			position, field, ok := strings.Cut(rest, "].")
			at, err := strconv.Atoi(position)
			if !ok || err != nil || at < 0 || at > 99 {
				return nil, unknown(name)
			}
			for len(lists[stem]) <= at {
				lists[stem] = append(lists[stem], schema.Object{})
			}
			lists[stem][at][field] = schema.Text(value)
		case name == "paging":
			in[name] = schema.Bool(value != "false")
		case name == "pageIndex" || name == "pageSize":
			in[name] = schema.Number(value)
		default:
			return nil, unknown(name)
		}
	}
	for stem, objects := range lists {
		in[stem] = viewed(objects, asItIs)
	}
	return in, nil
}

// run returns the objects that match the query, in its order.
func (q deviceQuery) run(objects []schema.Object) ([]schema.Object, error) {
	var found []schema.Object
	for _, o := range objects {
		ok, err := meetsTerms(q.conditions, o)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, o)
		}
	}
	for _, s := range slices.Backward(q.sorts) {
		sort := s.(schema.Object)
		name := sort.Text("name")
		slices.SortStableFunc(found, func(a, b schema.Object) int {
			order := strings.Compare(plainText(a[name]), plainText(b[name]))
			if sort.Text("order") == "desc" {
				return -order
			}
			return order
		})
	}
	return found, nil
}

// meetsTerms joins terms as SQL does: and binds closer than or.
func meetsTerms(terms schema.List, o schema.Object) (bool, error) {
	any, group := false, true
	for i, t := range terms {
		term := t.(schema.Object)
		ok, err := meetsTerm(term, o)
		switch {
		case err != nil:
			return false, err
		case i > 0 && term.Text("type") == "or":
			any, group = any || group, ok
		default:
			group = group && ok
		}
	}
	return any || group, nil
}

// meetsTerm reports whether a term's own condition and its nested terms hold. The
// family's own client nests all terms.
func meetsTerm(term, o schema.Object) (bool, error) {
	nested, _ := term["terms"].(schema.List)
	if err := checkTypes(queryFields, schema.Object{"terms": nested}, ""); err != nil {
		return false, err
	}
	inside, err := meetsTerms(nested, o)
	column := term.Text("column")
	switch {
	case err != nil || column == "" && len(nested) > 0:
		return inside, err
	case column == "":
		return false, missing("column")
	}
	test, known := termTypes[cmp.Or(term.Text("termType"), "eq")]
	if !known {
		return false, &deviceError{status: http.StatusBadRequest, code: "unsupported", message: fmt.Sprintf("不支持的条件类型: %s", term.Text("termType"))}
	}
	return inside && test(plainText(o[column]), term["value"]), nil
}

// termTypes are the supported conditions.
var termTypes = map[string]func(got string, wanted schema.Value) bool{
	"eq":  func(got string, wanted schema.Value) bool { return got == plainText(wanted) },
	"not": func(got string, wanted schema.Value) bool { return got != plainText(wanted) },
	"in":  func(got string, wanted schema.Value) bool { return slices.Contains(manyTexts(wanted), got) },
	"like": func(got string, wanted schema.Value) bool {
		return strings.Contains(got, strings.Trim(plainText(wanted), "%"))
	},
}

func manyTexts(v schema.Value) []string {
	many, isList := v.(schema.List)
	if !isList {
		return strings.Split(plainText(v), ",")
	}
	return list.Each(many, plainText)
}

// plainText returns a text or a number as text, and "" for anything else.
func plainText(v schema.Value) string {
	switch v := v.(type) {
	case schema.Text:
		return string(v)
	case schema.Number:
		return string(v)
	}
	return ""
}

// cut returns the requested page.
func (q deviceQuery) cut(found []schema.Object) []schema.Object {
	if !q.paging {
		return found
	}
	return pageOf(found, q.pageIndex, q.pageSize)
}

// found runs the request's query on objects.
func (c *deviceCall) found(objects []schema.Object) (deviceQuery, []schema.Object, error) {
	q, err := c.query()
	if err != nil {
		return q, nil, err
	}
	found, err := q.run(objects)
	return q, found, err
}

func (c *deviceCall) page(objects []schema.Object, view func(schema.Object) schema.Object) (schema.Value, error) {
	q, found, err := c.found(objects)
	if err != nil {
		return nil, err
	}
	return schema.Object{
		"pageIndex": number(q.pageIndex),
		"pageSize":  number(q.pageSize),
		"total":     number(int64(len(found))),
		"data":      viewed(q.cut(found), view),
	}, nil
}

func (c *deviceCall) list(objects []schema.Object, view func(schema.Object) schema.Object) (schema.Value, error) {
	q, found, err := c.found(objects)
	if err != nil {
		return nil, err
	}
	return viewed(q.cut(found), view), nil
}

func viewed(objects []schema.Object, view func(schema.Object) schema.Object) schema.List {
	return valuesOf(objects, func(o schema.Object) schema.Value { return view(o) })
}

func asItIs(o schema.Object) schema.Object { return o }

func pageApplications(c *deviceCall) (schema.Value, error) {
	return c.page(c.tenant.applications.all(), c.listedView)
}

func listApplications(c *deviceCall) (schema.Value, error) {
	return c.list(c.tenant.applications.all(), c.listedView)
}

func countApplications(c *deviceCall) (schema.Value, error) {
	_, found, err := c.found(c.tenant.applications.all())
	return number(int64(len(found))), err
}

func pageRoles(c *deviceCall) (schema.Value, error) { return c.page(c.tenant.roles.all(), asItIs) }

func listRoles(c *deviceCall) (schema.Value, error) {
	if c.plays(quirk.RoleList, quirk.Refused) {
		return nil, &deviceError{status: http.StatusForbidden, message: "权限不足"}
	}
	return c.list(c.tenant.roles.all(), asItIs)
}

// listOrganizations returns all organisations, without pages.
func listOrganizations(c *deviceCall) (schema.Value, error) {
	return viewed(c.tenant.organizations.all(), asItIs), nil
}
