# Everything from nothing: each target first installs what it needs (scripts/setup).

TEST_WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test lint format soak firmware dashboard hardware bench clean

help:
	@echo 'make demo      build the firmware, run it on a simulated Uno, teach, track, report: out/demo'
	@echo 'make test      check the sources and run all tests'
	@echo 'make soak      the long ones: power cuts, hangs, kills, hours, fuzzing, mutants: out/reliability.json'
	@echo 'make lint      check the sources only'
	@echo 'make format    lay the sources out as make lint wants them'
	@echo 'make firmware  build the sketch with the operating system'\''s avr-gcc'
	@echo 'make dashboard the live page, on a board that is plugged in or a simulated Uno'
	@echo 'make hardware  pictures, tables and STL files of the hardware: out/hardware'
	@echo 'make bench     training speed on this computer beside scikit-learn and PyTorch: out/bench'
	@echo 'make clean     remove what the others made, but for .venv'

demo:
	@scripts/setup demo
	@.venv/bin/fixprop demo

test:
	@scripts/test $(TEST_WORKERS)

soak:
	@scripts/soak

lint:
	@scripts/setup test
	@scripts/lint

format:
	@scripts/setup test
	@scripts/lint --fix

firmware:
	@scripts/setup demo
	@.venv/bin/python -m fixprop.firmware_build

dashboard:
	@scripts/setup dashboard
	@.venv/bin/fixprop dashboard

hardware:
	@scripts/hardware

bench:
	@scripts/setup peers
	@.venv/bin/fixprop bench host --json out/bench/host.json

clean:
	rm -rf build out firmware/.pio .mypy_cache .ruff_cache .pytest_cache .hypothesis
