// Command make makes the model of package model anew, from the vendor's SDK as
// npm packs it, and writes it to standard output:
//
//	npm pack tencentcloud-sdk-nodejs@VERSION
//	go run ./remote/sandbox/model/make tencentcloud-sdk-nodejs-VERSION.tgz DATE >remote/sandbox/model/tcb-2018-06-08.json
//
// DATE is when the version was published: npm view tencentcloud-sdk-nodejs time.
package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"authsync/remote/sandbox/model"
)

const declarations = "tencentcloud/services/tcb/v20180608/tcb_models.d.ts"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: make PACKAGE.tgz DATE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

func run(pack, date string, out io.Writer) error {
	files, err := unpack(pack, "package.json", declarations)
	if err != nil {
		return err
	}
	var about struct{ Name, Version, License string }
	if err := json.Unmarshal(files["package.json"], &about); err != nil {
		return err
	}
	types, err := model.Parse(string(files[declarations]), model.Actions)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "\t")
	return e.Encode(model.Model{
		Source:  model.Source{Package: about.Name, Version: about.Version, Published: date, File: declarations, Licence: about.License},
		Actions: model.Actions,
		Types:   types,
	})
}

// unpack reads some files of a package.
func unpack(pack string, names ...string) (map[string][]byte, error) {
	f, err := os.Open(pack)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.TrimPrefix(h.Name, "package/") != name {
				continue
			}
			if found[name], err = io.ReadAll(t); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range names {
		if found[name] == nil {
			return nil, fmt.Errorf("%s has no %s", pack, name)
		}
	}
	return found, nil
}
