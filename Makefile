# Commands of every day. scripts/README.md lists all others.

.PHONY: build test test-long sanitize faults fuzz lint format bench manual documentation clean

build: ## Build the release and minify a sample.
	scripts/quickstart

test: ## Check formats and run the short tests.
	scripts/test

test-long: ## Run the long tests too. Takes an hour or more.
	scripts/test-long

sanitize: ## Run the tests under UBSan, ASan and TSan. Takes an hour.
	scripts/test-sanitizers

faults: ## Fail and kill whole runs at every system call.
	scripts/faults

fuzz: ## Fuzz each target for a minute.
	scripts/fuzz 60

lint: ## Check the format of all Swift sources.
	scripts/lint

format: ## Format all Swift sources.
	scripts/lint --fix

bench: ## Measure every path on this machine.
	scripts/bench

manual: ## Write the manual page.
	scripts/manual

documentation: ## Build the library's reference with DocC.
	scripts/documentation

clean: ## Remove all build folders.
	rm -rf .build .build-*
