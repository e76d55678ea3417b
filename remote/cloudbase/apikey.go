package cloudbase

import (
	"context"
	"fmt"
	"slices"
	"time"

	"authsync/remote/service"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

var apiKey = tcbKind{
	address: func(_ *tcbService, op sync.Op, t sync.Target) schema.Object {
		if op == sync.OpCreate {
			return schema.Object{"KeyName": schema.Text(t.Name)}
		}
		return schema.Object{"KeyId": schema.Text(t.ID)}
	},
	read:    readAPIKeys,
	token:   schema.APIKey.Update.TokenField,
	actions: map[sync.Op]string{sync.OpCreate: "CreateApiKey", sync.OpDelete: "DeleteApiKey"},
	made:    keyMade("KeyId", "ApiKey"),
}

// keyMade reads a key that only the answer which made it shows, from the fields of its
// id and of its text.
func keyMade(id, key string) func(string, schema.Object) (sync.Made, error) {
	return func(_ string, answer schema.Object) (sync.Made, error) {
		made := sync.Made{ID: answer.Text(id)}
		if token := answer.Text(key); token != "" {
			made.Token = secrets.Plain(token)
		}
		return made, nil
	}
}

// keyTypes are listed separately, since a list item does not state its type (wire.md
// 1.6).
var keyTypes = schema.APIKey.Type.Field("keyType").Type.(schema.OneOf)

// publishKey is also the name that every publish_key has.
const publishKey = "publish_key"

func readAPIKeys(ctx context.Context, s *tcbService, q sync.Query) ([]sync.WireObject, error) {
	lists, err := service.Each(ctx, keyTypes, func(ctx context.Context, keyType string) ([]schema.Object, error) {
		known := service.KnownTo(&schema.APIKey, q.Wants, func(w sync.Want) bool {
			was, _ := w.Applied.Value(&schema.APIKey, schema.Path{"keyType"})
			return was == schema.Text(keyType)
		})
		return listAPIKeys(ctx, s, keyType, known)
	})
	if err != nil {
		return nil, err
	}
	return apiKeyMatcher.Match(slices.Concat(lists...), q.Wants)
}

// apiKeyMatcher: every publish_key has the same name, whatever name it was created
// with.
var apiKeyMatcher = service.Matcher{
	Kind: &schema.APIKey,
	ID:   "KeyId",
	Made: "CreateAt",
	Identity: func(o schema.Object) []string {
		if o.Text("KeyType") == publishKey {
			return []string{publishKey + ":"}
		}
		return []string{o.Text("KeyType") + ":" + o.Text("Name")}
	},
	Sought: func(w sync.Want) string {
		if w.Fields.Text("keyType") == publishKey {
			return publishKey + ":"
		}
		return w.Fields.Text("keyType") + ":" + w.Name
	},
	Name: func(o schema.Object) string { return o.Text("Name") },
}

// listAPIKeys reads all pages of one type.
func listAPIKeys(ctx context.Context, s *tcbService, keyType string, known []string) ([]schema.Object, error) {
	complete := func(keys []schema.Object) error { return completeKeys(keys, keyType) }
	p := &service.Paged{Name: "Data", ID: "KeyId", Size: 50, Known: known, Complete: complete}
	return p.Read(func(page service.Page, take func(schema.Object) error) error {
		return s.api.ask(ctx, "DescribeApiKeyList", schema.Object{
			"KeyType": schema.Text(keyType), "PageNumber": service.Number(page.Number), "PageSize": service.Number(p.Size),
		}, take)
	})
}

// completeKeys adds what a list leaves out: the type, and the life that a key was
// created with, which follows from two times.
func completeKeys(keys []schema.Object, keyType string) error {
	for _, key := range keys {
		key["KeyType"] = schema.Text(keyType)
		if service.NoTime(key["ExpireAt"]) {
			delete(key, "ExpireAt") // it never expires
		}
		if key["ExpireAt"] == nil || keyType == publishKey {
			continue
		}
		made, err := timeOf(key, "CreateAt")
		if err != nil {
			return err
		}
		ends, err := timeOf(key, "ExpireAt")
		if err != nil {
			return err
		}
		key["ExpireIn"] = service.Number(int(ends.Sub(made) / time.Second))
		key["ExpireAt"] = schema.Text(ends.UTC().Format(time.RFC3339))
	}
	return nil
}

// timeOf reads a time, which is documented as ISO 8601.
func timeOf(key schema.Object, name string) (time.Time, error) {
	if at := service.Time(key[name]); !at.IsZero() {
		return at, nil
	}
	return time.Time{}, fmt.Errorf("the %s of %s is not a time", name, key.Text("KeyId"))
}
