# Everything that is done with this repository. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BOOTSTRAP := sh deploy/local/bootstrap.sh
CANDLESTACK := .venv/bin/candlestack

# The lock decides what is installed, never a resolution on the way.
export UV_NO_SYNC := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A process that may not keep what it compiles does so again at each start, and a platform has twenty of them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: deps
deps: ## Install the system packages that are missing (Java, Chromium), or say how
	@$(BOOTSTRAP) dependencies

.PHONY: install
install: deps ## Make .venv be what the lock says, and build the dashboard
	@$(BOOTSTRAP) environment
	@$(CANDLESTACK) build

# What is only looked at or stopped needs an environment, but not the newest one.
$(CANDLESTACK):
	@$(MAKE) --no-print-directory install

.PHONY: up
up: install ## Start the platform and show a live price (EXCHANGE=, REPLAY_RECORDING=, PROFILE=)
	@$(CANDLESTACK) up

.PHONY: down
down: $(CANDLESTACK) ## Stop the platform; its data is kept
	@$(CANDLESTACK) down

.PHONY: status
status: $(CANDLESTACK) ## Show what runs, whether it is ready, and what it takes
	@$(CANDLESTACK) status

.PHONY: logs
logs: $(CANDLESTACK) ## Follow the logs (SERVICE=redis-writer for one, FOLLOW=no for what is there)
	@$(CANDLESTACK) logs $(SERVICE) $(if $(filter no,$(FOLLOW)),--no-follow)

.PHONY: clean
clean: $(CANDLESTACK) ## Stop the platform and forget its data (YES=1 does not ask)
	@$(CANDLESTACK) clean $(if $(YES),--yes)

.PHONY: test
test: install ## Run every check and test, with the real servers
	@$(CANDLESTACK) test

.PHONY: soak
soak: $(CANDLESTACK) ## Kill services of the running platform, then compare the stores with the truth (MINUTES=10)
	@PYTHONPATH=tests .venv/bin/python -m soak.kill_each --minutes $(or $(MINUTES),10)

.PHONY: faults
faults: $(CANDLESTACK) ## Let the exchange misbehave in every way, then compare the stores with the truth (SCENARIOS=)
	@PYTHONPATH=tests .venv/bin/python -m soak.exchange_faults --scenarios "$(SCENARIOS)"

.PHONY: fuzz
fuzz: install ## Ask the API whatever its document allows, and what it does not (EXAMPLES=500)
	@CONTRACT_EXAMPLES=$(or $(EXAMPLES),500) .venv/bin/pytest -q --numprocesses=0 backend_fastapi/tests/test_document.py

.PHONY: lint
lint: install ## Check format, lint, types and the direction of imports
	@$(CANDLESTACK) lint

.PHONY: format
format: install ## Bring the code into its format
	@.venv/bin/ruff check --fix --quiet . && .venv/bin/ruff format .

.PHONY: bench
bench: install ## Run the benchmarks (BENCH=name for one)
	@$(CANDLESTACK) bench $(BENCH)

.PHONY: lock
lock: install ## Write the lock from the members' dependencies (UPGRADE=1 takes the newest versions)
	@$(CANDLESTACK) lock $(if $(UPGRADE),--upgrade)

.PHONY: env
env: install ## Write .env.example and the table in README.md from the settings
	@.venv/bin/python -m candlestack_core.env_example .env.example
	@.venv/bin/python -m candlestack_core.settings_table README.md

.PHONY: pictures
pictures: install ## Draw images/WorkFlow.png from its source
	@.venv/bin/python images/render.py
