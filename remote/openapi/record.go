package openapi

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

const recordsPath = "/weda/odata/v1"

// recordService implements sync.Service for the rows of data sources (seed
// 001; lowcode documentation of data sources).
type recordService struct{ api *service.Client }

// source is a data source, and its wanted rows.
type source struct {
	name, envType, key string
	wants              []sync.Want
}

func (s source) path() string { return service.Path(recordsPath, s.envType, s.name) }

// row is the path of one row: ('id'), with every quote doubled.
func (s source) row(id string) string { return s.path() + "('" + url.PathEscape(doubled(id)) + "')" }

func doubled(text string) string { return strings.ReplaceAll(text, "'", "''") }

func sourceOf(name string, settings schema.Object) source {
	return source{name: name, envType: settings.Text("envType"), key: settings.Text(schema.Record.RowKey)}
}

// Read reads the wanted rows of each data source, and all rows only if the others
// matter too. A data source without wanted rows is not read.
func (s *recordService) Read(ctx context.Context, q sync.Query) ([]sync.WireObject, error) {
	var sources []source
	for _, name := range slices.Sorted(maps.Keys(q.Groups)) {
		from := sourceOf(name, q.Groups[name])
		for _, w := range q.Wants {
			if strings.HasPrefix(w.Name, name+"/") {
				from.wants = append(from.wants, w)
			}
		}
		if len(from.wants) > 0 || q.Others != sync.OthersPassing {
			sources = append(sources, from)
		}
	}
	found, err := service.Each(ctx, sources, func(ctx context.Context, from source) ([]sync.WireObject, error) {
		return s.source(ctx, from, q.Others)
	})
	return slices.Concat(found...), err
}

// source reads one data source.
func (s *recordService) source(ctx context.Context, from source, others sync.Others) ([]sync.WireObject, error) {
	filters := []string{""} // all rows
	if others == sync.OthersPassing {
		filters = from.filters(len(s.api.Base))
	}
	found, err := service.Each(ctx, filters, func(ctx context.Context, filter string) ([]schema.Object, error) { return s.rows(ctx, from, filter) })
	switch {
	case transport.IsNotFound(err):
		return nil, fmt.Errorf("records.%s: there is no such data source in %s: %w", from.name, from.envType, err)
	case err != nil:
		return nil, err
	}
	rows := slices.Concat(found...)
	known := service.KnownTo(&schema.Record, from.wants, service.AnyWant)
	if others == sync.OthersPassing && len(rows) == 0 && len(known) > 0 {
		// Find out whether the data source is empty, or only these rows are missing.
		if rows, err = s.rows(ctx, from, ""); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 && len(known) > 0 {
		return nil, fmt.Errorf("openapi: records.%s: %w", from.name, service.EmptyWhere(known))
	}
	return from.live(rows, others)
}

// live names rows by their key. If several have one key, the wanted row is the one
// whose id is recorded; the others are named by their ids. A row without a key cannot
// be named and is ignored.
func (s source) live(rows []schema.Object, others sync.Others) ([]sync.WireObject, error) {
	wants := service.ByName(s.wants)
	var live []sync.WireObject
	ids := map[string][]string{}
	for _, row := range rows {
		text, ok := keyText(row[s.key])
		name := s.name + "/" + text
		_, wanted := wants[name]
		if !ok || !wanted && others == sync.OthersPassing {
			continue // a filter may match too much: upper case, spaces
		}
		id := row.Text("_id")
		ids[name] = append(ids[name], id)
		live = append(live, sync.WireObject{Name: name, ID: id, Wire: row, Made: service.Time(row["createdAt"])})
	}
	for i, l := range live {
		want, wanted := wants[l.Name]
		switch same := ids[l.Name]; {
		case len(same) == 1 || wanted && l.ID == want.ID:
			// The name is the key, unless the manifest states the key too, or it is
			// not text.
			if _, isText := l.Wire[s.key].(schema.Text); isText && want.Fields[s.key] == nil {
				delete(l.Wire, s.key)
			}
		case wanted && !slices.Contains(same, want.ID):
			return nil, s.several(l.Name, same)
		default:
			live[i].Name, live[i].DuplicateOf = s.name+"/"+l.ID, l.Name
		}
	}
	return live, nil
}

// several returns the error of rows with the same key.
func (s source) several(name string, ids []string) error {
	_, text, _ := strings.Cut(name, "/")
	return fmt.Errorf("openapi: %s: live has %d rows whose %s is %q, _id %s; delete all but one, or say with %s a column whose values are unique",
		schema.Key{Kind: schema.Record.Name, Name: name}, len(ids), s.key, text, strings.Join(ids, " and "),
		schema.Path{schema.Record.Collection, s.name, schema.Record.RowKey})
}

// keyText returns the value of a key column as the name of a row.
func keyText(v schema.Value) (string, bool) {
	switch v := v.(type) {
	case schema.Text:
		return string(v), v != ""
	case schema.Number:
		return string(v), true
	}
	return "", false
}

// Describe: the key column is sent with a new row and never changes.
func (s *recordService) Describe(op sync.Op, t sync.Target, body schema.Object) []sync.Call {
	name, row, _ := strings.Cut(t.Name, "/")
	from := sourceOf(name, t.Group)
	return s.api.Write(op, from.path(), from.row(t.ID), schema.Object{from.key: schema.Text(row)}, body)
}

func (s *recordService) Make(ctx context.Context, call sync.Call, reveal schema.Reveal) (sync.Made, error) {
	made, _, err := s.api.Make(ctx, call, reveal)
	return sync.Made{ID: made.Text("_id")}, err
}
