# `make demo` shows it at work, `make test` proves it; both set up .venv first. The other recipes are for developers.
PYTHON ?= python3
export PYTHON
BIN := .venv/bin
SAMPLE ?= samples/county-pushed.xlsx

.PHONY: check test test-all lint format docs templates samples words pictures bench bench-batch bench-web demo corpus lock wheel
check: lint test

.venv/ready: requirements.lock pyproject.toml .ci/set-up
	.ci/set-up

demo: .venv/ready
	$(BIN)/checker check $(SAMPLE) -o demo || [ $$? = 1 ]
	@echo "打开 demo/ 里的 .checked.xlsx 查看标注结果。"

test: .venv/ready
	@.ci/debian
	$(BIN)/pytest -n auto -m "not slow"

test-all: .venv/ready
	@.ci/debian
	$(BIN)/pytest -n auto

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_docs.py tests/test_documentation.py tests/test_template.py

format: .venv/ready
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

docs: .venv/ready
	$(BIN)/python -m docs.write

templates: .venv/ready
	$(BIN)/python -m checker.template

samples: .venv/ready
	$(BIN)/python -m samples.write

words: .venv/ready
	$(BIN)/python -m docs.words

pictures: .venv/ready
	@.ci/debian
	docs/pictures/draw $(SAMPLE)
	$(BIN)/python -m docs.browser

bench: .venv/ready
	$(BIN)/python -m pip install --quiet --require-hashes -r benchmarks/requirements.lock
	$(BIN)/python -m benchmarks.run $(BENCH)

bench-batch: .venv/ready
	$(BIN)/python -m benchmarks.batch $(BENCH)

bench-web: .venv/ready
	$(BIN)/python -m benchmarks.web $(BENCH)

corpus: .venv/ready
	$(BIN)/python -m tests.corpus $(CORPUS)

lock:
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
		--extra dev --extra speed --extra batch --extra cluster --extra postgres --extra s3 --extra web \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra bench --extra speed \
		--constraint requirements.lock \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade --output-file benchmarks/requirements.lock
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
		--extra speed --extra batch --extra postgres --extra s3 --extra web --constraint requirements.lock \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade \
		--output-file docs/deploy/requirements.lock

wheel: .venv/ready
	$(BIN)/python -m hatchling build -t wheel
