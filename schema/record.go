package schema

import (
	"authsync/schema/list"
	"authsync/schema/pattern"
)

// Record is a row of a data source of the environment, such as the role
// sys_role/admin: data that logging in rests on.
//
// Source: seed 001; lowcode documentation of data sources. Columns are the data
// source's own, and objects and lists in them are JSON in a string. Only _id is
// unique to the service, so a manifest names rows by a column of which it knows
// that its values are unique: the row's name is its value there.
var Record = Kind{
	Name: "record", Collection: "records", System: OpenAPI,
	From: SeedOpenAPI,
	Doc:  "A row of a data source, under the name of the data source and the value of its key column.",
	Example: `
records:
  sys_role:
    envType: prod
    key: code
    rows:
      admin: {name: Administrator}
      auditor: {name: Auditor, keep: true}
`,
	IfRecreated: "what refers to the row that goes loses it",
	Arity:       Groups,
	Key: KeyRule{
		From:    Itself,
		Pattern: pattern.Of(`(?s)^.{1,255}$`),
		Form:    "a value of the key column (at most 255 characters)",
	},
	Type: Struct{
		Naming:  AsIs,
		Others:  Column{},
		Weaker:  openWeaker,
		Ignored: serverColumns,
	},
	Group: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "envType", Scope: PerEnvironment, Type: OneOf{"prod", "pre"}, Need: Required, Doc: "Whether the live data is meant or that of the preview."},
			{Name: "key", Type: String{Check: isKeyColumn}, Need: Required, Doc: "Column whose values are unique, and the rows' names."},
		},
	},
	GroupKey: KeyRule{
		Pattern: pattern.Of(`^[A-Za-z_][A-Za-z0-9_-]{0,99}$`),
		Form:    "the identifier of a data source (letters, digits, _ and -)",
	},
	RowKey: "key",
	Update: Update{
		Create:   ByCall,
		Parallel: Parallel,
		Deletion: DeletedByCall,
	},
}

// serverColumns are what only the service writes, and its annotations. `keep` is
// authsync's own word: a column of that name is out of reach.
var serverColumns = []string{
	"_id", "_openid", "owner", "createdAt", "updatedAt", "createBy", "updateBy", "_departmentList", "@odata*", "keep",
}

var columnName = pattern.Of(`^[A-Za-z_][A-Za-z0-9_]*$`)

// isKeyColumn: a key column stands in filters.
var isKeyColumn = &Check{
	Form:    "the name of a column of your own (letters, digits and _)",
	Fault:   keyColumnFault,
	Pattern: columnName,
	Never:   list.Each(serverColumns, ignoredName),
}

func keyColumnFault(name string) string {
	switch {
	case !columnName.MatchString(name):
		return quote(name) + " is not the name of a column (letters, digits and _)"
	case (Struct{Ignored: serverColumns}).ignores(name):
		return name + " is set by the service; rows are named by a column of your own"
	}
	return ""
}
