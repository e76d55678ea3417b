// Command make makes the model of package model, from the vendor's SDK as it
// is installed, and writes it to standard output:
//
//	go run ./remote/sandbox/model/make DIR DATE >remote/sandbox/model/tcb-2018-06-08.json
//
// DIR is the package's (node_modules/tencentcloud-sdk-nodejs), DATE when its version
// was published: npm view tencentcloud-sdk-nodejs time. Without a date it says
// whether the model that is checked in is what the SDK has.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"authsync/remote/sandbox/model"
)

const declarations = "tencentcloud/services/tcb/v20180608/tcb_models.d.ts"

func main() {
	var err error
	switch len(os.Args) {
	case 2:
		err = check(os.Args[1])
	case 3:
		err = write(os.Args[1], os.Args[2], os.Stdout)
	default:
		err = errors.New("usage: make DIR [DATE]")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

// check compares the model that is checked in with an SDK of its version.
func check(dir string) error {
	own, err := model.TCB()
	if err != nil {
		return err
	}
	var has, says bytes.Buffer
	if err := write(dir, own.Source.Published, &has); err != nil {
		return err
	}
	if err := encode(own, &says); err != nil {
		return err
	}
	if !bytes.Equal(has.Bytes(), says.Bytes()) {
		return fmt.Errorf("the model that is checked in is not what %s has: make it again, and look at the difference", dir)
	}
	fmt.Printf("ok - the model is what %s %s has\n", own.Source.Package, own.Source.Version)
	return nil
}

// write writes the model of an SDK.
func write(dir, date string, out io.Writer) error {
	var about struct{ Name, Version, License string }
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return err
	}
	declared, err := os.ReadFile(filepath.Join(dir, declarations))
	if err != nil {
		return err
	}
	types, err := model.Parse(string(declared), model.Actions)
	if err != nil {
		return err
	}
	return encode(&model.Model{
		Source:  model.Source{Package: about.Name, Version: about.Version, Published: date, File: declarations, Licence: about.License},
		Actions: model.Actions,
		Types:   types,
	}, out)
}

func encode(m *model.Model, out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "\t")
	return e.Encode(m)
}
