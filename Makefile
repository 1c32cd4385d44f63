GO ?= go
# A binary says which commit it is of, whatever GOFLAGS says; one from a tarball cannot.
VCS := -buildvcs=$(if $(filter $(CURDIR),$(shell git rev-parse --show-toplevel 2>/dev/null)),true,false)
# The binary and the tests need nothing but Go; e2e needs Docker and Debian's packages.

.PHONY: build test proof fuzz lint cover e2e mutants vuln bench demo examples help
.DEFAULT_GOAL := build

build: ## build bin/dcos-patch
	$(GO) build -trimpath $(VCS) -o bin/dcos-patch ./cmd/dcos-patch
test: ## all tests that need no Docker; of large families a sample, the same every time
	@./.ci/test
	@docker info >/dev/null 2>&1 || echo "container tests (make e2e) were left out: no Docker here"
proof: ## everything whole, which takes hours: matrices, fifty kills, mutants, long fuzz, benchmarks (.ci/proof STEP for one)
	@./.ci/proof
fuzz: ## every fuzz target for 10 s each (FUZZTIME=...), as many at once as there are processors
	@./.ci/fuzz $(or $(FUZZTIME),10s)
lint: ## gofmt, go vet (of every system), staticcheck, the import table, the source rules, go.mod
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags e2e ./e2e/...
	GOOS=linux GOARCH=arm64 $(GO) vet ./cmd/...
	GOOS=darwin GOARCH=arm64 $(GO) vet ./cmd/...
	GOOS=windows GOARCH=amd64 $(GO) vet ./cmd/...
	$(GO) tool staticcheck ./...
	$(GO) test -count=1 ./internal/arch
	$(GO) mod tidy -diff
cover: ## coverage of the packages, by function, in coverage.out
	$(GO) test -coverprofile=coverage.out ./... && $(GO) tool cover -func=coverage.out | tail -1
e2e: build ## real nodes in containers (needs Docker): patch, kill, resume
	$(GO) test -tags e2e -count=1 -timeout 60m -v ./e2e/...
mutants: ## edit our own source in ways that break a safety promise: a test must fail under each (docs/mutants.md)
	DCOS_PATCH_MUTANTS=$(or $(MUTANTS),all) $(GO) test -count=1 -timeout 3h -v -run TestMutants ./internal/mutants -update
vuln: ## known vulnerabilities, where govulncheck's database can be reached
	@GO=$(GO) ./.ci/vuln
bench: ## benchmarks (docs/benchmarks.md)
	$(GO) test -run '^$$' -bench . -benchmem -timeout 2h ./...
demo: ## patch a simulated cluster: plan, apply, verify; leaves nothing behind
	@$(GO) run $(VCS) ./cmd/dcos-patch demo
examples: ## rewrite the examples' golden plans
	$(GO) test ./cmd/dcos-patch -run Example -update
help: ## this list
	@awk -F':.*## ' '/^[a-z0-9]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
