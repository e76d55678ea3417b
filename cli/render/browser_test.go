package render

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// browser is a headless Chromium with one page, driven over a pipe by the DevTools
// protocol.
type browser struct {
	*testing.T
	in      *os.File
	out     *bufio.Reader
	session string
	number  int
	// said are errors in the console, and loaded the addresses that were asked for.
	said, loaded []string
}

// message is one of the protocol, either way.
type message struct {
	ID     int             `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params json.RawMessage `json:"params,omitempty"`
	// SessionID names the page that is meant.
	SessionID string          `json:"sessionId,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// openBrowser starts the browser, or skips the test where there is none.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	program := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		notRun(t, "Chromium is missing (chromium-headless-shell), so no page was opened")
	}
	theirIn, in := pipe(t)
	out, theirOut := pipe(t)
	dir, err := os.MkdirTemp("", "authsync-browser-")
	if err != nil {
		t.Fatal(err)
	}
	// CI runs as root, where Chromium has no sandbox of its own; the pages are ours.
	command := exec.Command(program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
		"--disable-background-networking", "--user-data-dir="+dir)
	command.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &browser{T: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		b.session = ""
		b.call("Browser.close", "{}")
		command.Wait()
		os.RemoveAll(dir) // as far as its processes have ended
	})
	var target struct{ TargetID string }
	b.read(b.call("Target.createTarget", `{"url": "about:blank"}`), &target)
	var attached struct{ SessionID string }
	b.read(b.call("Target.attachToTarget", fmt.Sprintf(`{"targetId": %q, "flatten": true}`, target.TargetID)), &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		b.call(domain+".enable", "{}")
	}
	return b
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// notRun skips a test with a line that CI repeats at its end.
func notRun(t *testing.T, why string) {
	t.Helper()
	fmt.Println("conformance: not run: " + why)
	t.Skip(why)
}

// call makes a call of the protocol and returns its result.
func (b *browser) call(method, params string) json.RawMessage {
	b.Helper()
	b.number++
	text, err := json.Marshal(message{ID: b.number, Method: method, Params: json.RawMessage(params), SessionID: b.session})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.in.Write(append(text, 0)); err != nil {
		b.Fatal(err)
	}
	for {
		m := b.next()
		if m.ID != b.number {
			continue
		}
		if m.Error != nil {
			b.Fatalf("%s: %s", method, m.Error)
		}
		return m.Result
	}
}

// next reads a message, and notes what must not be.
func (b *browser) next() (m message) {
	b.Helper()
	text, err := b.out.ReadBytes(0)
	if err != nil {
		b.Fatalf("the browser is gone: %v", err)
	}
	b.read(text[:len(text)-1], &m)
	switch m.Method {
	case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown":
		b.said = append(b.said, string(m.Params))
	case "Network.requestWillBeSent":
		var sent struct{ Request struct{ URL string } }
		b.read(m.Params, &sent)
		b.loaded = append(b.loaded, sent.Request.URL)
	}
	return m
}

func (b *browser) read(text []byte, into any) {
	b.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		b.Fatalf("%v in %s", err, text)
	}
}

// visit opens a file and waits until it is loaded.
func (b *browser) visit(file, fragment string) {
	b.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		b.Fatal(err)
	}
	b.said, b.loaded = nil, nil
	b.call("Page.navigate", `{"url": "about:blank"}`)
	b.call("Page.navigate", fmt.Sprintf(`{"url": %q}`, "file://"+path+fragment))
	for b.eval(`document.readyState + location.protocol`) != `"completefile:"` {
		b.next()
	}
}

// eval returns the value of a JavaScript expression as JSON.
func (b *browser) eval(expression string) string {
	b.Helper()
	quoted, err := json.Marshal(expression)
	if err != nil {
		b.Fatal(err)
	}
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.read(b.call("Runtime.evaluate", `{"awaitPromise": true, "returnByValue": true, "expression": `+string(quoted)+`}`), &got)
	if got.ExceptionDetails != nil {
		b.Fatalf("%s: %s", expression[:min(len(expression), 200)], got.ExceptionDetails)
	}
	return string(got.Result.Value)
}

// size sets the size of the window.
func (b *browser) size(width int) {
	b.call("Emulation.setDeviceMetricsOverride", fmt.Sprintf(`{"width": %d, "height": 900, "deviceScaleFactor": 1, "mobile": false}`, width))
}

// prefers sets what the system prefers.
func (b *browser) prefers(scheme string) {
	b.call("Emulation.setEmulatedMedia", fmt.Sprintf(
		`{"features": [{"name": "prefers-color-scheme", "value": %q}, {"name": "prefers-reduced-motion", "value": "reduce"}]}`, scheme))
}

// press presses a key.
func (b *browser) press(key string) {
	for _, kind := range []string{"keyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", fmt.Sprintf(`{"type": %q, "key": %q, "code": %q, "windowsVirtualKeyCode": %d}`, kind, key, key, map[string]int{"Tab": 9, "Enter": 13}[key]))
	}
}
