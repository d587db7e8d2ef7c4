.PHONY: run test lint demo bench fuzz sanitize torture
.DEFAULT_GOAL := run

run:
	@scripts/run

test:
	@scripts/test

lint:
	@scripts/lint

demo:
	@scripts/demo

bench:
	@scripts/bench $(BENCH)

fuzz:
	@scripts/fuzz $(FUZZ)

sanitize:
	@scripts/sanitize

torture:
	@scripts/torture
