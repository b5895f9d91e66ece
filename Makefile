# The front door. Each target is one line of scripts/; scripts/README.md lists the rest.

.PHONY: build test test-long sanitize faults fuzz lint format bench manual clean

build: ## Build the release and minify a sample.
	scripts/quickstart

test: ## Lint, and run the short tests.
	scripts/test

test-long: ## Run the long tests too. Takes an hour or more.
	scripts/test-long

sanitize: ## Run the tests under UBSan, ASan and TSan.
	scripts/test-sanitizers

faults: ## Fail and kill whole runs at every system call.
	scripts/faults

fuzz: ## Fuzz every target for a minute.
	scripts/fuzz 60

lint: ## Check the format of all Swift sources.
	swift format lint --strict --recursive Sources Tests Tools Package.swift

format: ## Format all Swift sources.
	swift format --in-place --recursive Sources Tests Tools Package.swift

bench: ## Measure every path on this machine.
	scripts/bench

manual: ## Write the manual page.
	scripts/manual

clean: ## Remove all build folders.
	rm -rf .build .build-*
