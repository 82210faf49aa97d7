# Everything sets itself up in .venv; only Python 3.11 or newer, make and a compiler are needed.
PYTHON ?= python3
DOCKER ?= docker
BIN := .venv/bin
UV := $(BIN)/uv pip
SUITE := $(BIN)/pytest -n 2 --dist worksteal $(PYTEST)
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run up test test-boosters test-api test-load bench-serving bench-log simulate-month simulate-live-month bench-files check format bench torture lint-delivery locks-check vulnerabilities images secrets start stop images-check lock clean

help:  ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

run: .venv/ready  ## Materialize every asset, from the raw file to the registered model
	$(BIN)/housing run

up: .venv/ready  ## Start the page, the API, the UI, the daemon and MLflow, and make a first model; Ctrl-C stops them
	$(BIN)/housing up --first-model

test: .venv/ready-test  ## Run the whole test suite
	$(SUITE) --cov=housing_assets/domain --cov-branch --cov-report=term:skip-covered --cov-fail-under=90 \
	  housing_assets_tests/domain
	$(SUITE) --durations=15 --ignore=housing_assets_tests/domain

test-boosters: .venv/ready-test  ## Add LightGBM and CatBoost, and run the tests that need them
	$(UV) install --quiet --compile-bytecode --require-hashes -r requirements-boosters.lock
	$(BIN)/python -c 'import catboost, lightgbm'
	$(BIN)/pytest -n 2 -k 'lightgbm or catboost' housing_assets_tests/domain housing_assets_tests/registry

test-api: .venv/ready-test  ## Ask the API 10,000 generated requests, right and wrong ones (long)
	$(BIN)/python -m housing_assets_tests.torture 'generated requests'

test-load: .venv/ready-test  ## Promote and roll back 20 times while clients ask the API all the time
	HOUSING_LOAD_TURNS=20 $(BIN)/pytest -n 0 housing_assets_tests/serving/test_following.py -k changes

check: .venv/ready-test  ## Lint, format, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m housing_assets_tests.delivery

format: .venv/ready-test  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/ready-test  ## Measure accuracy and speed against the rebuilt seed pipeline (long)
	$(BIN)/python -m housing_assets_tests.benchmark

torture: .venv/ready-test  ## Break stores, runs, files and the API by the thousand, and print what came of it (long)
	$(BIN)/python -m housing_assets_tests.torture $(if $(FAMILY),'$(FAMILY)')

bench-log: .venv/ready-test  ## Measure what the log of answers costs the API
	$(BIN)/python -m housing_assets_tests.benchmark.log

simulate-month: .venv/ready-test  ## Watch a simulated month in production, and quiet weeks (long)
	$(BIN)/python -m housing_assets_tests.benchmark.month

simulate-live-month: .venv/ready-test  ## The same month with the API's and the daemon's processes (an hour; needs cc)
	$(BIN)/python -m housing_assets_tests.benchmark.live_month

bench-serving: .venv/ready-test  ## Measure the API beside `mlflow models serve` of the version in production, or BESIDE=files of another
	$(BIN)/python -m housing_assets_tests.benchmark.api $(if $(BESIDE),--beside '$(BESIDE)')

bench-files: .venv/ready-test  ## Measure `housing predict` of the version in production on up to 2,000,000 rows
	$(BIN)/python -m housing_assets_tests.benchmark.files

lint-delivery: .venv/ready-test  ## Lint the Dockerfile, compose.yaml, workflows, manifests and scripts
	$(BIN)/python -m housing_assets_tests.delivery

locks-check: .venv/ready-test  ## Install the lock of each image alone, and start its command as a user who may nothing
	$(BIN)/python -m housing_assets_tests.delivery.locks

vulnerabilities: .venv/ready-test  ## Report known vulnerabilities of all versions in the locks, asked of osv.dev
	$(BIN)/pip-audit --disable-pip --no-deps --progress-spinner off --vulnerability-service osv $(AUDIT) \
	  $(LOCKS:%=-r %)

images:  ## Build the images, which know the commit and version that they were built from
	for target in pipeline api app; do \
	  $(DOCKER) build --target $$target -t housing_assets/$$target:latest --build-arg HOUSING_VERSION=$(VERSION) \
	    --build-arg HOUSING_GIT_COMMIT="$(COMMIT)" . || exit 1; done

secrets:  ## Make random secrets for compose.yaml in .secrets, but for those that are there
	$(PYTHON) -m housing_assets.deployment.random_secrets .secrets

start: secrets images  ## Start everything in containers, and wait until all is healthy; COMPOSE_PROFILES=monitoring: more
	$(DOCKER) compose up --detach --wait --no-build

stop:  ## Stop the containers; what they keep stays in volumes
	$(DOCKER) compose --profile monitoring down

images-check: .venv/ready-test  ## Build and run the images and compose.yaml without Docker (as root, Debian; see docs/images.md)
	$(BIN)/python -m housing_assets_tests.images

lock: .venv/uv  ## Pin the newest versions that pyproject.toml allows
	$(UV) compile pyproject.toml --extra gcp --extra serve --extra app $(LOCK) -o requirements.lock
	$(UV) compile pyproject.toml --extra test -c requirements.lock $(LOCK) -o requirements-test.lock
	$(UV) compile --group pyproject.toml:serve-alone -c requirements.lock $(LOCK) -o requirements-serve.lock
	$(UV) compile pyproject.toml --extra gcp --extra k8s -c requirements-test.lock $(LOCK) -o requirements-pipeline.lock
	$(UV) compile --group pyproject.toml:api -c requirements-test.lock $(LOCK) -o requirements-api.lock
	$(UV) compile --group pyproject.toml:app -c requirements-test.lock $(LOCK) -o requirements-app.lock
	$(UV) compile pyproject.toml --extra boosters -c requirements-test.lock $(LOCK) -o requirements-boosters.lock
	$(UV) compile --group pyproject.toml:tools -c requirements-test.lock $(LOCK) -o requirements-tools.lock
	$(UV) compile --group pyproject.toml:delivery -c requirements-test.lock $(LOCK) -o requirements-delivery.lock
	$(UV) compile --group pyproject.toml:torture -c requirements-test.lock $(LOCK) -o requirements-torture.lock

clean:  ## Remove the environment; what the runs made in .housing stays
	rm -rf .venv

COMMIT = $$(git rev-parse HEAD)$$(git diff --quiet HEAD || echo ' with uncommitted changes')
VERSION = $$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
LOCKS = $(wildcard requirements*.lock)
LOCK := --generate-hashes --no-emit-index-url --no-header --quiet --upgrade

.venv/uv: requirements-tools.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock
	touch $@

.venv/ready: .venv/uv requirements.lock pyproject.toml
	$(UV) install --quiet --compile-bytecode --require-hashes -r requirements.lock
	$(UV) install --quiet --no-deps --build-constraints requirements-tools.lock -e .
	touch $@

.venv/ready-test: .venv/ready requirements-test.lock requirements-delivery.lock
	$(UV) install --quiet --compile-bytecode --require-hashes -r requirements-test.lock -r requirements-delivery.lock \
	  -r requirements-torture.lock
	touch $@
