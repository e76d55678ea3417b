package sandbox

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/secrets"
)

// recordStamps are the columns that only the service writes (wire facts, section 3.2).
// A request that contains one is refused, so that no client relies on it.
var recordStamps = []string{"_id", "createdAt", "updatedAt", "owner", "createBy", "updateBy", "_departmentList"}

// recordOwner is the owner of records that an account created.
const recordOwner = "1668914562846957570"

// recordOperations are all operations, by method and sort of target.
var recordOperations = map[string]openOperation{
	"GET source":    {pattern: "GET /weda/odata/v1/{env}/{source}", do: listRecords},
	"POST source":   {pattern: "POST /weda/odata/v1/{env}/{source}", writes: true, do: createRecord},
	"GET record":    {pattern: "GET /weda/odata/v1/{env}/{source}('{id}')", do: getRecord},
	"PATCH record":  {pattern: "PATCH /weda/odata/v1/{env}/{source}('{id}')", writes: true, do: updateRecord},
	"DELETE record": {pattern: "DELETE /weda/odata/v1/{env}/{source}('{id}')", writes: true, do: deleteRecord},
}

// recordTarget is the data source or record that a path names.
type recordTarget struct {
	sort            string // source or record
	envType, source string
	id              string
}

// recordCall is one request: authentic and allowed.
type recordCall struct {
	request
	Options
	env     string
	target  recordTarget
	held    *openEnvironment // locked for the call
	records *shelf           // of the data source
}

// targetOf reads /weda/odata/v1/{prod|pre}/{source} and, for a record, the same
// with ('{id}') behind it.
func targetOf(path string) (recordTarget, error) {
	rest, ok := strings.CutPrefix(path, recordsPath)
	envType, name, two := strings.Cut(rest, "/")
	if !ok || !two || name == "" {
		return recordTarget{}, &gatewayError{"BAD_REQUEST", "the path is not known"}
	}
	if envType != "prod" && envType != "pre" {
		return recordTarget{}, &gatewayError{"INVALID_COMMON_PARAM", "the type of environment is prod or pre"}
	}
	source, key, isRecord := strings.Cut(name, "(")
	t := recordTarget{sort: "source", envType: envType, source: source}
	if isRecord {
		t.sort = "record"
		quoted, closed := strings.CutSuffix(key, ")")
		t.id, ok = unquoted(quoted)
		if !closed || !ok {
			return recordTarget{}, &gatewayError{"BAD_REQUEST", "a record is named ('id')"}
		}
	}
	if strings.ContainsAny(source, "/'") {
		return recordTarget{}, &gatewayError{"BAD_REQUEST", "the path is not known"}
	}
	return t, nil
}

// unquoted reads an OData text: a quote in it is doubled.
func unquoted(text string) (string, bool) {
	if len(text) < 2 || text[0] != '\'' || text[len(text)-1] != '\'' {
		return "", false
	}
	inner := text[1 : len(text)-1]
	if strings.Contains(strings.ReplaceAll(inner, "''", ""), "'") {
		return "", false
	}
	return strings.ReplaceAll(inner, "''", "'"), true
}

// source returns the records of a data source. Every environment has the system's own
// ones, such as sys_user.
func (e *openEnvironment) source(envType, name string) (*shelf, error) {
	if records := e.sources[envType][name]; records != nil {
		return records, nil
	}
	if !strings.HasPrefix(name, "sys_") {
		return nil, refuse("ResourceNotFound", "The data source `%s` does not exist.", name)
	}
	return e.declare(envType, name), nil
}

func (e *openEnvironment) declare(envType, name string) *shelf {
	if e.sources[envType] == nil {
		e.sources[envType] = map[string]*shelf{}
	}
	if e.sources[envType][name] == nil {
		e.sources[envType][name] = &shelf{}
	}
	return e.sources[envType][name]
}

// DeclareDataSource adds an empty data source to an environment. The type of
// environment is prod or pre. Data sources whose names begin with sys_ always exist.
func (s *Server) DeclareDataSource(envID, envType, source string) {
	env, unlock := s.openapi.tenants.locked(envID)
	defer unlock()
	env.declare(envType, source)
}

// SeedRecord adds a record in wire form and declares its data source. The columns that
// the service writes are generated unless given; lists and objects are stored as JSON
// text.
func (s *Server) SeedRecord(envID, envType, source string, wire schema.Object) error {
	return seedIn(&s.openapi.tenants, envID, "record of "+source, wire, func(env *openEnvironment, plain schema.Object) error {
		record := env.stamped(env.declare(envType, source), envType+" "+source, s.options.Now().UnixMilli())
		for name, value := range plain {
			switch value.(type) {
			case schema.List, schema.Object:
				text, err := schema.EncodeJSON(value, secrets.OpenClear)
				if err != nil {
					return err
				}
				value = schema.Text(text)
			}
			record[name] = value
		}
		env.declare(envType, source).put(record.Text("_id"), record)
		return nil
	})
}

// stamped returns a record with only the columns that the service writes. Its id
// depends only on how many records the environment has created before, and on those
// that the data source has.
func (e *openEnvironment) stamped(records *shelf, source string, now int64) schema.Object {
	id := records.unused(func() string {
		e.generated++
		sum := sha256.Sum256(fmt.Appendf(nil, "record %s %d", source, e.generated))
		return fmt.Sprintf("%X", sum[:5])
	})
	return schema.Object{
		"_id":             schema.Text(id),
		"createdAt":       number(now),
		"updatedAt":       number(now),
		"owner":           schema.Text(recordOwner),
		"createBy":        schema.Text(recordOwner),
		"updateBy":        schema.Text(recordOwner),
		"_departmentList": schema.Text("[]"),
	}
}

// context names the sort of what an answer holds.
func (c *recordCall) context() schema.Text { return schema.Text("$metadata#" + c.target.source) }

// input reads the columns of a record. The sandbox does not know a data source's
// columns, so it accepts any name.
func (c *recordCall) input() (schema.Object, error) {
	in, err := jsonObject(c.request)
	if err != nil {
		return nil, &gatewayError{"BAD_REQUEST", messageOf(err)}
	}
	for _, name := range recordStamps {
		if in[name] != nil {
			return nil, refuse("InvalidParameter", "The column `%s` is the system's.", name)
		}
	}
	for _, name := range in.Names() {
		switch in[name].(type) {
		case schema.Null:
			if c.plays(quirk.RecordNull, quirk.Refused) {
				return nil, refuse("InvalidParameter", "The column `%s` must not be null.", name)
			}
		case schema.List, schema.Object:
			return nil, refuse("InvalidParameter", "The column `%s` must be a JSON text.", name)
		}
	}
	return in, nil
}

func createRecord(c *recordCall) (answer, error) {
	in, err := c.input()
	if err != nil {
		return answer{}, err
	}
	record := c.held.stamped(c.records, c.target.envType+" "+c.target.source, c.Now().UnixMilli())
	maps.Copy(record, in)
	c.records.put(record.Text("_id"), record)
	shown := record.Clone()
	shown["@odata.context"] = c.context()
	return jsonAnswer(http.StatusCreated, shown), nil
}

// getRecord returns a missing record as one without columns, as the real service was
// seen to do. The real status is not known.
func getRecord(c *recordCall) (answer, error) {
	shown := schema.Object{}
	if record, ok := c.records.get(c.target.id); ok {
		shown = record.Clone()
	}
	shown["@odata.context"] = c.context()
	return jsonAnswer(http.StatusOK, shown), nil
}

func (c *recordCall) record() (schema.Object, error) {
	record, ok := c.records.get(c.target.id)
	if !ok {
		return nil, refuse("ResourceNotFound", "The record `%s` does not exist.", c.target.id)
	}
	return record, nil
}

// updateRecord replaces the given columns; null clears one.
func updateRecord(c *recordCall) (answer, error) {
	old, err := c.record()
	if err != nil {
		return answer{}, err
	}
	in, err := c.input()
	if err != nil {
		return answer{}, err
	}
	next := old.Clone()
	maps.Copy(next, in)
	next["updatedAt"] = number(c.Now().UnixMilli())
	c.records.put(c.target.id, next)
	return answer{status: http.StatusNoContent}, nil
}

func deleteRecord(c *recordCall) (answer, error) {
	if _, err := c.record(); err != nil {
		return answer{}, err
	}
	c.records.remove(c.target.id)
	return answer{status: http.StatusNoContent}, nil
}

// recordPlay has no transcription: the names of a row are its owner's.
var recordPlay = play{
	id:   "_id",
	held: heldRecords,
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		source, row, _ := strings.Cut(name, "/")
		settings := env.Collections[schema.Record.Name].Group(name)
		if key := settings.Text(schema.Record.RowKey); wire[key] == nil {
			wire[key] = schema.Text(row)
		}
		return s.SeedRecord(openEnvOf(env), settings.Text("envType"), source, wire)
	},
	declare: func(s *Server, env *schema.Environment, group string, settings schema.Object) {
		s.DeclareDataSource(openEnvOf(env), settings.Text("envType"), group)
	},
}

// heldRecords returns the rows of all data sources that a manifest names.
func heldRecords(s *Server, env *schema.Environment) schema.Object {
	e, unlock := s.openapi.tenants.locked(openEnvOf(env))
	defer unlock()
	all := schema.Object{}
	for group, settings := range env.Collections[schema.Record.Name].Groups {
		maps.Copy(all, e.declare(settings.Text("envType"), group).object())
	}
	return all
}
