# authsync: the two commands that a fresh machine needs are `make demo` and `make test`.

GO         ?= go
# What `make test` hands to go test: make test TESTFLAGS=-race
TESTFLAGS  ?=
FUZZTIME   ?= 10s
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: build test race fuzz torture lint bench docs conformance demo dist clean

build: ## the binary, ./authsync
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o authsync .

test: ## every test; needs nothing but Go
	$(GO) test $(TESTFLAGS) ./...

race: ## what runs at once, under the race detector, with fewer draws and weathers; needs a C compiler
	$(GO) test -race -short $$($(GO) list ./... | grep -v -e /torture -e /examples/ci -e /release -e /bench)

fuzz: ## each fuzz target for FUZZTIME, and their seeds with the other package for YAML
	GO="$(GO)" FUZZTIME=$(FUZZTIME) sh .ci/fuzz
	GO="$(GO)" sh .ci/yaml

lint: ## go vet, staticcheck, and govulncheck where its database can be had
	test -z "$$(gofmt -l .)" || { gofmt -l . ; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	sh .ci/vuln "$(GO)" $(GOVULNCHECK)

bench: ## what things cost; see docs/performance.md
	$(GO) run ./bench
	$(GO) test -run '^$$' -bench . ./schema ./secrets ./diff ./sync

docs: ## what is made of the code: the reference and the JSON Schemas
	$(GO) run . schema > docs/manifest.schema.json
	$(GO) run . schema plan > docs/plan.schema.json
	$(GO) run ./docs/reference > docs/manifest.md
torture: ## every fault at every request, and random edits by two hands; see docs/reliability.md
	AUTHSYNC_TORTURE=full $(GO) test -v -count=1 -timeout 60m ./torture

conformance: build ## the sandbox against the official SDK; needs Node
	sh remote/sandbox/conformance/run ./authsync

demo: build ## the main job, on the sandbox
	sh examples/demo ./authsync

dist: ## what is handed out, in dist/: archives, checksums, SBOM; VERSION=1.2.3 names it
	$(GO) mod download
	$(GO) run $(if $(VERSION),-ldflags '-X authsync/cli.Version=$(VERSION)') ./release -out dist

clean:
	rm -rf authsync dist
