// Floor makes requests that it is given, and does nothing else: the least that a Go
// program can do who makes them. Bench measures authsync against it. It must not know
// what a request means.
//
// It reads a [Work] as JSON from its input, makes the requests with as many at once as
// that allows, decodes each answer, and fails if one is an error. Without a work it is
// a program that does nothing.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Work is what to ask of a sandbox. The requests of a round are made at once, those of
// the next when the round is done; chains do not wait for each other.
type Work struct {
	URL         string
	Concurrency int
	Chains      [][][]Request
}

// Request is one request; one with an action is signed by TC3.
type Request struct {
	Host, Method, Path, Action string
	Body                       json.RawMessage `json:",omitempty"`
}

func main() {
	if len(os.Args) == 1 {
		return
	}
	var work Work
	if err := json.NewDecoder(os.Stdin).Decode(&work); err != nil {
		fail(err)
	}
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: work.Concurrency, MaxConnsPerHost: work.Concurrency}}
	free := make(chan struct{}, work.Concurrency)
	var chains sync.WaitGroup
	for _, rounds := range work.Chains {
		chains.Go(func() {
			for _, round := range rounds {
				var requests sync.WaitGroup
				for _, r := range round {
					free <- struct{}{}
					requests.Go(func() {
						defer func() { <-free }()
						if err := r.make(&client, work.URL); err != nil {
							fail(err)
						}
					})
				}
				requests.Wait()
			}
		})
	}
	chains.Wait()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "floor:", err)
	os.Exit(1)
}

func (r Request) make(client *http.Client, url string) error {
	request, err := http.NewRequest(r.Method, url+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return err
	}
	request.Host = r.Host
	request.Header.Set("Content-Type", "application/json")
	if r.Action != "" {
		r.sign(request, time.Now())
	} else {
		request.Header.Set("Authorization", "Bearer sandbox")
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	var decoded map[string]any
	if err := json.Unmarshal(text, &decoded); err != nil || answer.StatusCode > 299 || bytes.Contains(text, []byte(`"Error":{`)) {
		return fmt.Errorf("%s%s %s: %d %s", r.Action, r.Method, r.Path, answer.StatusCode, text)
	}
	return nil
}

// sign signs a request of the cloud API by TC3-HMAC-SHA256, with the sandbox's key.
func (r Request) sign(request *http.Request, now time.Time) {
	const content = "application/json; charset=utf-8"
	at, date := strconv.FormatInt(now.Unix(), 10), now.UTC().Format(time.DateOnly)
	product, _, _ := strings.Cut(r.Host, ".")
	for name, value := range map[string]string{"Content-Type": content, "X-TC-Action": r.Action, "X-TC-Version": "2018-06-08", "X-TC-Timestamp": at, "X-TC-Region": "ap-shanghai"} {
		request.Header.Set(name, value)
	}
	canonical := "POST\n/\n\ncontent-type:" + content + "\nhost:" + r.Host + "\n\ncontent-type;host\n" + digest(r.Body)
	scope := date + "/" + product + "/tc3_request"
	key := mac(mac(mac([]byte("TC3sandbox"), date), product), "tc3_request")
	signature := hex.EncodeToString(mac(key, "TC3-HMAC-SHA256\n"+at+"\n"+scope+"\n"+digest([]byte(canonical))))
	request.Header.Set("Authorization", "TC3-HMAC-SHA256 Credential=sandbox/"+scope+", SignedHeaders=content-type;host, Signature="+signature)
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
