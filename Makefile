# The work is in scripts/; each line here only says which.
PORT ?= 8000

.PHONY: help run demo test check bench messages lock

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

run: ## serve on 127.0.0.1:8000 (or make run PORT=8001) with sample data; Ctrl-C ends it
	@PORT=$(PORT) bash scripts/run.sh serve

demo: ## walk one sample application to its certificate
	@PORT=$(PORT) bash scripts/run.sh demo

test: ## every test: SQLite, PostgreSQL, browser, commands
	@bash scripts/test.sh

check: ## style, types, layers, migrations, deployment, translations, templates
	@bash scripts/check.sh

bench: ## measure the engine, the to-do page and a certificate
	@bash scripts/bench.sh

messages: ## bring the English catalogue up to date
	@bash scripts/messages.sh

lock: ## compile requirements*.txt from pyproject.toml
	@bash scripts/lock.sh
