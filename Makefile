# `make up` runs the stack, `make test` proves it. Each target calls one script that also works by itself.

CONFIG ?= debug
.DEFAULT_GOAL := help
.PHONY: help up build render check test bench soak format clean

help: ## what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

up: ## set up, build and run the local stack (CONFIG=release for optimised executables); Ctrl-C stops it
	@CONFIG=$(CONFIG) scripts/up

build: ## compile everything, tests too
	@.ci/run packages build

render: ## write deploy/ anew from infrastructure.yaml
	@swift build --product lockstep && scripts/render

check: ## what needs no build: format, arrows, environment reads, settings, shell, compose file
	@.ci/run format arrows environment settings shell compose

test: ## set up for tests, then every test: unit, suite, OpenAPI, interoperability, OIDC, stores, browser, containers
	@.ci/run packages environment build linkage rendered check test openapi rotations interop oidc mail stores browser containers

bench: ## the gateway beside HAProxy, nginx, Envoy, Caddy and FastAPI, `lockstep check` on large repositories, the plant, the portal's pages (SHORT=1: a quick look); writes Tests/Benchmarks/RESULTS.md
	@scripts/bench

soak: ## the stack under load and the gateway with a plant in chaos for SOAK_MINUTES (30) each, SOAK_ROTATIONS (100) rotations, SOAK_REPLICA_ROUNDS (20) of killed replicas, SOAK_FUZZ_MINUTES (30) of fuzzing (SHORT=1)
	@scripts/soak

format: ## rewrite the sources as .swift-format says
	@swift format -i --parallel -r Package.swift Services Shared Tests

clean: ## remove what was built and what `make up` left behind (.env stays)
	@rm -rf .build .build-containers .build-thread .build-address .lockstep
