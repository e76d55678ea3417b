# authsync: the two commands that a fresh machine needs are `make demo` and `make test`.

# Any Go from 1.26 on.
GO         ?= go
# What `make test` hands to go test: make test TESTFLAGS=-race
TESTFLAGS  ?=
FUZZTIME   ?= 60s
# The command line library writes no documents; authsync has its own man page.
TAGS        = urfave_cli_no_docs

export GO
run         = sh .ci/go

.PHONY: build test race cover mutate fuzz torture learn lint bench docs cost conformance demo dist clean

# How many packages are tested at once: none works all the time. Those that take longest
# begin first.
atonce      = $$(($$(getconf _NPROCESSORS_ONLN) + 1))

# A test, and what it starts, ends soon. It need not collect its garbage as often as
# what lives on.
test race cover mutate fuzz torture learn lint cost: export GOGC = 400

# What is tested is built as the binary is, and with what is built for it. The race
# detector needs C.
test race cover mutate fuzz torture learn lint cost: export GOFLAGS := $(strip $(GOFLAGS) -tags=$(TAGS))
test cover mutate fuzz torture learn lint bench docs cost conformance: export CGO_ENABLED := 0

# Releases are built with the toolchain of go.mod, and judged with it.
lint dist: export GOTOOLCHAIN := $(shell sed -n 's/^toolchain //p' go.mod)

build: ## the binary, ./authsync
	CGO_ENABLED=0 $(run) build -trimpath -tags $(TAGS) -ldflags '-s -w' -o authsync .

test: ## every test; needs nothing but Go (make lint vets what is tested)
	$(run) test -vet=off -timeout 30m -p $(atonce) $(TESTFLAGS) ./torture ./cli ./sync ./examples/ci ./...
	$(run) -C tools test -vet=off ./...

race: ## what runs at once, under the race detector, with fewer draws; needs a C compiler; see .ci/race
	sh .ci/race

cover: ## every statement counts that a test runs, or a program that a test starts; see .ci/cover
	sh .ci/cover

mutate: ## small faults that a test is to find, for hours: make mutate WHAT="diff schema/key.go sync:100"; see docs/mutation.md
	sh .ci/mutate $(WHAT)

fuzz: ## each fuzz target for FUZZTIME, and their seeds with the other package for YAML
	FUZZTIME=$(FUZZTIME) sh .ci/fuzz
	sh .ci/yaml

lint: ## gofmt, go vet, staticcheck, and the known vulnerabilities
	@root=$$($(run) env GOROOT) && files=$$("$$root/bin/gofmt" -l .) && test -z "$$files" || { echo "gofmt: $$files"; exit 1; }
	$(run) vet ./...
	$(run) tool -modfile=tools/go.mod staticcheck ./...
	$(run) run ./release -check

bench: ## what things cost; see docs/performance.md
	$(run) run ./bench
	$(run) test -run '^$$' -bench . ./schema ./secrets ./diff ./sync

# $(call into,FILE,COMMAND) puts what a command writes into a file, if it succeeds.
into        = $(2) >$(1).new && mv $(1).new $(1) || { rm -f $(1).new; exit 1; }

docs: ## what is made of the code: the reference and the JSON Schemas
	$(call into,docs/manifest.schema.json,$(run) run . schema)
	$(call into,docs/policy.schema.json,$(run) run . schema policy)
	$(call into,docs/rollout.schema.json,$(run) run . schema rollout)
	$(call into,docs/quirks.schema.json,$(run) run . schema quirks)
	$(call into,docs/plan.schema.json,$(run) run . schema plan)
	$(call into,docs/apply.schema.json,$(run) run . schema apply)
	$(call into,docs/manifest.md,$(run) run ./docs/reference manifest.md)
	$(call into,docs/unknowns.md,$(run) run ./docs/reference unknowns.md)
	$(call into,docs/codes.md,$(run) run ./docs/reference codes.md)

cost: ## what a kind, a gate, a format and an option cost to add, by docs/contributing.md, in a copy
	sh .ci/cost

torture: ## every fault at every request, random edits by two hands, and every plan of ways in; see docs/reliability.md
	AUTHSYNC_TORTURE=full $(run) test -v -count=1 -timeout 60m ./torture
	AUTHSYNC_TORTURE=full $(run) test -v -count=1 -timeout 60m ./sync -run '^TestThereIsAlwaysAWayIn$$'

learn: ## a thousand sandboxes of which nothing is known, with faults, are learned from; see docs/learn.md
	$(run) test -v -count=1 -timeout 30m ./learn -rapid.checks=1000

conformance: build ## the sandbox against the official clients, and pages in Chromium; needs Node and npm's registry
	sh remote/sandbox/conformance/run ./authsync
	$(run) test -count=1 -v -run InABrowser ./cli/render

demo: build ## the main job, on the sandbox
	sh examples/demo ./authsync

dist: ## what is handed out, in dist/: archives, checksums, SBOM; VERSION=1.2.3 names it
	$(run) mod download
	$(run) run $(if $(VERSION),-ldflags '-X authsync/cli.Version=$(VERSION)') ./release -out dist

clean:
	rm -rf authsync dist
