package sandbox

import (
	"time"

	"authsync/schema"
)

var envActions = map[string]action{
	"DescribeEnvs": {
		params: []param{
			{name: "EnvId"},
			{name: "WxAppId"},
			{name: "IsVisible", form: boolean},
			{name: "Channels", form: textList},
			{name: "EnvType"},
			{name: "EnvTypes", form: textList},
			{name: "Limit", form: integer},
			{name: "Offset", form: integer},
		},
		do: describeEnvs,
	},
	"DescribeEnvInfo": {
		params: []param{envID},
		do:     describeEnvInfo,
	},
}

// describeEnvs lists all environments, or the named one. The other filters have no
// effect: all environments are of one type.
func describeEnvs(c *call) (schema.Object, error) {
	if c.env != nil {
		return schema.Object{"EnvList": schema.List{c.env.info()}, "Total": number(1)}, nil
	}
	all := c.cloudbase.environments.all()
	limit, limited := whole(c.in, "Limit")
	offset, _ := whole(c.in, "Offset")
	list := schema.List{}
	for i, env := range all {
		if int64(i) < offset || limited && int64(i) >= offset+limit {
			continue
		}
		env.Lock()
		list = append(list, env.info())
		env.Unlock()
	}
	return schema.Object{"EnvList": list, "Total": number(int64(len(all)))}, nil
}

func describeEnvInfo(c *call) (schema.Object, error) {
	return schema.Object{"EnvInfo": schema.Object{"EnvBaseInfo": c.env.info()}}, nil
}

// storage returns the bucket of an environment. When the official SDK adds a domain,
// it adds it to the bucket's origins too.
func (e *environment) storage() schema.Object {
	bucket := schema.Text("sandbox-" + e.id + "-1250000000")
	return schema.Object{
		"Region": schema.Text(e.region), "Bucket": bucket, "AppId": schema.Text("1250000000"),
		"CdnDomain": bucket + ".tcb.qcloud.la",
		"ExternalStorage": schema.Object{
			"BasePath": schema.Text(""), "BucketName": schema.Text(""), "Enabled": schema.Bool(false), "Region": schema.Text(""),
		},
	}
}

// envStamp is a time of an environment, or of a domain of one, as the examples of
// DescribeEnvs and DescribeAuthDomains have it.
func envStamp(t time.Time) schema.Text { return schema.Text(t.UTC().Format(time.DateTime)) }

// info returns the fields that the official SDK reads of an environment. Its other
// resources are always empty.
func (e *environment) info() schema.Object {
	return schema.Object{
		"EnvId":             schema.Text(e.id),
		"Alias":             schema.Text(e.alias),
		"Status":            schema.Text("NORMAL"),
		"Region":            schema.Text(e.region),
		"Source":            schema.Text("qcloud"),
		"EnvType":           schema.Text("baas"),
		"EnvChannel":        schema.Text("qc_console"),
		"PayMode":           schema.Text("postpaid"),
		"PackageId":         schema.Text(""),
		"PackageName":       schema.Text(""),
		"PackageType":       schema.Text(""),
		"IsDefault":         schema.Bool(false),
		"IsAutoDegrade":     schema.Bool(false),
		"IsDauPackage":      schema.Bool(false),
		"CreateTime":        envStamp(e.created),
		"UpdateTime":        envStamp(e.created),
		"Databases":         schema.List{},
		"Storages":          schema.List{e.storage()},
		"Functions":         schema.List{},
		"LogServices":       schema.List{},
		"StaticStorages":    schema.List{},
		"Tags":              schema.List{},
		"Meta":              schema.List{},
		"PostgreSQL":        schema.List{},
		"CustomLogServices": schema.List{},
	}
}
