# Classbridge. `make` alone lists what there is.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
FUZZTIME    ?= 10s

.PHONY: help build run test setup check suites bench fuzz clean

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## builds bin/classbridge
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=$(VERSION)" -o bin/classbridge ./cmd/classbridge

run: build ## the try-it-out world: an LMS, a BigBlueButton and a chat, nothing to configure
	bin/classbridge demo

# The order is that of the shortest way to bad news.
test: setup check ## installs what tests need (Debian), checks the code, runs every test on real parts
	@export CLASSBRIDGE_TEST_MATTERMOST="$$(e2e/mattermost.sh)" CLASSBRIDGE_TEST_AXE="$$(e2e/axe.sh)"; e2e/postgres.sh with $(MAKE) suites

setup:
	@e2e/setup.sh

check: bin/staticcheck ## gofmt, go vet, staticcheck
	@echo "gofmt, go vet, staticcheck"
	@unformatted="$$(gofmt -l .)"; \
		[[ -z "$$unformatted" ]] || { echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; }
	@go vet -tags e2e ./... && go -C tools vet ./...
	@bin/staticcheck -tags e2e ./... && cd tools && ../bin/staticcheck ./...

# Run by `test`, which gives it PostgreSQL and Mattermost. -count=1: what is kept
# from an earlier run says nothing about the real parts.
suites: bin/report
	@CGO_ENABLED=1 bin/report -C tools ./... -- -race -count=1 -timeout 15m ./... -- -tags e2e -count=1 -parallel 4 -timeout 25m ./e2e/... ./bridge

bench: ## measures launches beside the floor and ltijs, and rosters and gradebooks
	@e2e/setup.sh
	@e2e/postgres.sh with bench/run.sh

fuzz: ## runs each fuzz target for FUZZTIME (10s)
	@tools/fuzz.sh $(FUZZTIME)

clean: ## removes what was built
	rm -rf bin

bin/staticcheck: tools/go.sum
	@mkdir -p bin
	@CGO_ENABLED=0 go -C tools build -o ../bin/ honnef.co/go/tools/cmd/staticcheck && touch $@

bin/report: $(wildcard tools/report/*.go)
	@mkdir -p bin
	@CGO_ENABLED=0 go -C tools build -o ../bin/ ./report
