package credentials

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"authsync/disk"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/secrets"
)

// The variables of the cloud's own tools that say where a profile is, and which.
const (
	profileFile    = "TENCENTCLOUD_CREDENTIALS_FILE"
	profileName    = "TENCENTCLOUD_PROFILE"
	profileOfTCCLI = "TCCLI_PROFILE"
)

// profile is a format of files with credentials.
type profile struct {
	path string
	read func(text []byte, name string) (service.Credentials, error)
}

// fromProfile returns the account of a person's profile: from the file of the SDKs, or
// else of the command line tool tccli.
func fromProfile(s Surroundings) (*service.Account, error) {
	v, err := s.variables(profileFile, profileName, profileOfTCCLI)
	if err != nil {
		return nil, err
	}
	file, name := v[0], cmp.Or(v[1], v[2], "default")
	if strings.ContainsAny(name, `/\`) {
		return nil, fmt.Errorf("%s is not the name of a profile", cmp.Or(v[1], v[2]))
	}
	for _, p := range s.profiles(file, name) {
		text, err := disk.Read(p.path)
		if errors.Is(err, fs.ErrNotExist) && p.path != file {
			continue
		}
		if err != nil {
			return nil, err
		}
		c, err := p.read(text, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.path, err)
		}
		if c.SecretID != "" {
			return service.Static("the profile "+name+" in "+p.path, c), nil
		}
	}
	return nil, nil
}

// profiles returns the files that may have a profile. If a variable names one, it is
// the only one.
func (s Surroundings) profiles(file, name string) []profile {
	switch {
	case file != "":
		return []profile{{file, readINI}}
	case s.Home == "":
		return nil
	}
	return []profile{
		{filepath.Join(s.Home, ".tencentcloud", "credentials"), readINI},
		{filepath.Join(s.Home, ".tccli", name+".credential"), readTCCLI},
	}
}

// readINI reads the section of a profile, with lines NAME = VALUE. No error quotes the
// file.
func readINI(text []byte, name string) (service.Credentials, error) {
	values, section := map[string]string{}, ""
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimSpace(line)
		if inside, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSpace(strings.TrimSuffix(inside, "]"))
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if ok && section == name && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, ";") {
			values[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return whole(values["secret_id"], values["secret_key"], values["token"])
}

// readTCCLI reads tccli's file of a profile.
func readTCCLI(text []byte, _ string) (service.Credentials, error) {
	values, err := transport.ParseObject(text)
	if err != nil {
		return service.Credentials{}, errors.New("is not a JSON object")
	}
	if values.Text("secretId") != "" && values.Text("role-arn") != "" {
		return service.Credentials{}, errors.New("names a role, which is not taken; give the role's own credentials, or a web identity")
	}
	return whole(values.Text("secretId"), values.Text("secretKey"), values.Text("token"))
}

// whole returns credentials with both halves; having neither is no error.
func whole(id, key, token string) (service.Credentials, error) {
	if (id == "") != (key == "") {
		return service.Credentials{}, errors.New("the profile holds half a key: the secret id and the secret key belong together")
	}
	for _, part := range []string{id, key, token} {
		if err := secrets.CheckLine("a value of the profile", part); err != nil {
			return service.Credentials{}, err
		}
	}
	return service.Credentials{SecretID: id, SecretKey: key, Token: token}, nil
}
