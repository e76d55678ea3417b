package credentials_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/remote/credentials"
	"authsync/remote/officetest"
	"authsync/remote/service"
	"authsync/remote/transport"
)

type vars map[string]string

func (v vars) lookup(name string) (string, bool) { value, ok := v[name]; return value, ok }

// and are these variables and more.
func (v vars) and(more vars) vars {
	all := vars{}
	for _, some := range []vars{v, more} {
		maps.Copy(all, some)
	}
	return all
}

const role = "qcs::cam::uin/100000000001:roleName/authsync"

var (
	key    = vars{"TENCENTCLOUD_SECRETID": "canary-id", "TENCENTCLOUD_SECRETKEY": "canary-key"}
	job    = vars{"TENCENTCLOUD_ASSUME_ROLE_ARN": role, "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "github"}
	github = vars{"ACTIONS_ID_TOKEN_REQUEST_URL": "https://pipelines.actions.githubusercontent.com/x?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "sandbox"}
	gitlab = vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "canary-token"}
	pod    = vars{"TKE_ROLE_ARN": role, "TKE_PROVIDER_ID": "cls-1", "TKE_WEB_IDENTITY_TOKEN_FILE": "/var/run/token", "TKE_REGION": "ap-beijing"}
	cvm    = vars{"TENCENTCLOUD_CVM_ROLE": "machine"}
)

func home(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Which source is taken, and what is an error of one. Nothing is asked for that.
func TestFind(t *testing.T) {
	const sdk, tccli = ".tencentcloud/credentials", ".tccli/default.credential"
	ini := "# of the SDKs\n[other]\nsecret_id = other\n[default]\nsecret_id = canary-id\nsecret_key=\"canary-key\"\n"
	for _, row := range []struct {
		name  string
		env   vars
		files map[string]string
		want  string // of the source; (home) is the folder
		err   string // a part of it
	}{
		{"nothing", nil, nil, "", service.ErrNoCredentials.Error()},
		{"the account's key", key, nil, "the environment's variables", ""},
		{"a job, and the key", key.and(job).and(gitlab), nil, "the environment's variables", ""},
		{"half a key, and a job", job.and(gitlab).and(vars{"TENCENTCLOUD_SECRETID": "x"}), nil, "", "TENCENTCLOUD_SECRETID is set and TENCENTCLOUD_SECRETKEY is not"},

		{"a job of GitHub", job.and(github), nil, "web identity of the GitHub job, as " + role, ""},
		{"a job of GitLab", job.and(gitlab), nil, "web identity of TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN, as " + role, ""},
		{"a file, in a job of GitHub", job.and(github).and(vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE": "f"}), nil,
			"web identity of the file in TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE, as " + role, ""},
		{"a job, a pod and a profile", pod.and(job).and(gitlab), map[string]string{sdk: ini}, "web identity of TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN, as " + role, ""},
		{"a job that nothing names the role of", github, nil, "", service.ErrNoCredentials.Error()},
		{"no provider", vars{"TENCENTCLOUD_ASSUME_ROLE_ARN": role}.and(gitlab), nil, "", "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID is not"},
		{"nobody who asks", job, nil, "", "nothing says who asks"},
		{"half a job of GitHub", job.and(vars{"ACTIONS_ID_TOKEN_REQUEST_URL": "https://x"}), nil, "", "nothing says who asks"},
		{"two who ask", job.and(gitlab).and(vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE": "f"}), nil, "", "one of them is meant"},
		{"a long session", job.and(gitlab).and(vars{"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "43201"}), nil, "", "is not a number of seconds from 1 to 43200"},
		{"a session of words", job.and(gitlab).and(vars{"TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "2h"}), nil, "", "is not a number of seconds"},
		{"a token of two lines", job.and(vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "canary\ncanary"}), nil, "", "holds a line break"},
		{"asked in clear text", job.and(github).and(vars{"ACTIONS_ID_TOKEN_REQUEST_URL": "http://pipelines.actions.githubusercontent.com/x"}), nil, "", "in clear text"},
		{"asked of the machine itself", job.and(github).and(vars{"ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:8080/x"}), nil, "web identity of the GitHub job, as " + role, ""},
		{"asked nowhere", job.and(github).and(vars{"ACTIONS_ID_TOKEN_REQUEST_URL": "canary"}), nil, "", "ACTIONS_ID_TOKEN_REQUEST_URL: the url does not begin"},

		{"a pod, and a profile", pod, map[string]string{sdk: ini}, "TKE pod identity, as " + role, ""},
		{"half a pod", vars{"TKE_ROLE_ARN": role, "TKE_REGION": "ap-beijing"}, nil, "", "TKE_ROLE_ARN is set and TKE_PROVIDER_ID is not"},
		{"a region of a cluster alone", vars{"TKE_REGION": "ap-beijing"}, nil, "", service.ErrNoCredentials.Error()},

		{"the SDKs' profile, and a machine", cvm, map[string]string{sdk: ini, tccli: "{}"}, "the profile default in (home)/" + sdk, ""},
		{"another profile", vars{"TENCENTCLOUD_PROFILE": "other"}, map[string]string{sdk: ini}, "", "half a key"},
		{"a profile that is nowhere", vars{"TENCENTCLOUD_PROFILE": "third"}, map[string]string{sdk: ini}, "", service.ErrNoCredentials.Error()},
		{"tccli's profile", nil, map[string]string{tccli: `{"secretId":"canary-id","secretKey":"canary-key"}`}, "the profile default in (home)/" + tccli, ""},
		{"tccli's other profile", vars{"TCCLI_PROFILE": "prod"}, map[string]string{".tccli/prod.credential": `{"secretId":"canary-id","secretKey":"canary-key","token":"t"}`},
			"the profile prod in (home)/.tccli/prod.credential", ""},
		{"tccli's role", nil, map[string]string{tccli: `{"secretId":"canary-id","secretKey":"canary-key","role-arn":"r"}`}, "", "names a role"},
		{"not tccli's", nil, map[string]string{tccli: `canary`}, "", "is not a JSON object"},
		{"a profile of many lines", nil, map[string]string{tccli: `{"secretId":"canary-id","secretKey":"canary\nkey"}`}, "", "holds a line break"},
		{"a way out of the folder", vars{"TCCLI_PROFILE": "../x"}, nil, "", "is not the name of a profile"},
		{"a file that is not there", vars{"TENCENTCLOUD_CREDENTIALS_FILE": "/nonexistent/file"}, nil, "", "no such file"},

		{"a machine", cvm, nil, "the CVM role machine", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			folder := home(t, row.files)
			account, err := credentials.Find(credentials.Surroundings{LookupEnv: row.env.lookup, Home: folder, Transport: officetest.Carrier(t, transport.Options{})})
			source := ""
			if account != nil {
				source = strings.Replace(filepath.ToSlash(account.Source), filepath.ToSlash(folder), "(home)", 1)
			}
			if source != row.want || (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
				t.Errorf("%q, %v; want %q, %q", source, err, row.want, row.err)
			}
			if row.err == service.ErrNoCredentials.Error() && !errors.Is(err, service.ErrNoCredentials) {
				t.Error("not ErrNoCredentials")
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("quoted: %v", err)
			}
			if account != nil && account.Fixed() != (service.Credentials{}) && (account.Fixed().SecretID != "canary-id" || account.Fixed().SecretKey != "canary-key") {
				t.Error("other credentials")
			}
		})
	}
}

// Without a folder no profile is read: a sandbox gets nobody's own key.
func TestNoHome(t *testing.T) {
	_, err := credentials.Find(credentials.Surroundings{LookupEnv: vars(nil).lookup})
	if !errors.Is(err, service.ErrNoCredentials) {
		t.Error(err)
	}
}
