# Slowhand. `make demo` needs Python 3.11+ alone; `make test` also installs the firmware's tools and Chromium.
#
#   make demo            a simulated back rub, coached live; charts at the end   (ARGS="--seconds 20 --no-browser --out DIR")
#   make test            everything that must hold, firmware in the emulator and a real browser included
#   make bench           speeds, as ratios and percentiles
#   make bench-locate    what must hold of the locator, each figure beside its bound; about ten minutes
#                        (ARGS="--markdown", ARGS="--seeds 40 41 --conditions mixed harsh")
#   make bench-coach     what must hold of strokes, flags and the reflex, each figure beside its bound; some ten minutes
#                        (ARGS="--markdown", ARGS="--seeds 20 21 --only flags mixed reflex")
#   make bench-firmware  what must hold of the firmware, each figure beside its bound
#   make soak            the long runs
#   make firmware        the hex file for the glove      make flash PORT=/dev/ttyUSB0
#   make lint            ruff and mypy                   make generate   the wire's generated files
#   make pictures        the pictures of README and docs         make clean

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
ARGS ?=
PORT ?=
JOBS ?= 2

TEST_PACKAGES := gcc g++ make gcc-avr binutils-avr avr-libc arduino-core-avr libsimavr-dev libelf-dev doctest-dev cppcheck chromium
FIRMWARE_PACKAGES := make gcc-avr binutils-avr avr-libc arduino-core-avr
EMULATOR_PACKAGES := $(FIRMWARE_PACKAGES) gcc libsimavr-dev libelf-dev

.PHONY: demo test bench bench-locate bench-coach bench-firmware soak firmware flash emulator lint generate pictures tools venv clean

demo: venv
	$(if $(findstring --firmware,$(ARGS)),@$(call install,$(EMULATOR_PACKAGES),to build the firmware and its emulator))
	@$(BIN)/slowhand demo $(ARGS)

test: tools $(VENV)/.dev
	@$(BIN)/python -m slowhand.wire.codegen --check
	@$(BIN)/ruff check host calibration tests docs
	@$(BIN)/mypy
	@$(BIN)/slowhand doctor >/dev/null
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not soak and not bench" $(ARGS)

bench: tools $(VENV)/.dev
	@$(BIN)/python -m tests.bench $(ARGS)

bench-locate: $(VENV)/.dev
	@$(BIN)/python -m tests.bench.bench_locate $(ARGS)

bench-coach: tools $(VENV)/.dev
	@$(BIN)/python -m tests.bench.bench_coach $(ARGS)

bench-firmware: tools $(VENV)/.dev
	@$(BIN)/python -m tests.bench firmware

soak: tools $(VENV)/.dev
	@$(BIN)/python -m pytest -m soak $(ARGS)

firmware:
	@$(call install,$(FIRMWARE_PACKAGES),to build the firmware)
	@$(MAKE) --no-print-directory -C firmware

emulator: tools
	@$(MAKE) --no-print-directory -C firmware
	@$(MAKE) --no-print-directory -C firmware/emulator

flash: firmware
	@[ -n "$(PORT)" ] || { echo "Which port? Say: make flash PORT=/dev/ttyUSB0 (slowhand doctor lists them)"; exit 2; }
	@$(call install,avrdude,to write the firmware into the glove)
	avrdude -p atmega328p -c arduino -b 115200 -P $(PORT) -U flash:w:firmware/build/glove.hex:i

lint: $(VENV)/.dev
	@$(BIN)/ruff check host calibration tests docs
	@$(BIN)/mypy

generate: venv
	@$(BIN)/python -m slowhand.wire.codegen

pictures: $(VENV)/.dev
	@$(BIN)/python -m tests.browser.pictures
	@$(BIN)/python -m tests.bench.locator_picture
	@$(BIN)/python -m tests.bench.atlas_picture

# A virtual environment inside the project; made once, and again when pyproject.toml changes.
venv: $(VENV)/.run

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Slowhand needs Python 3.11 or newer; this is $$($(PYTHON) --version). Say: make demo PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(call apt,python3-venv,to make a virtual environment); }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(BIN)/python
	@echo "Installing Slowhand and the libraries that it uses (a few minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . || { echo "The Python packages could not be installed: see the lines above; is the package index within reach?"; exit 2; }
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing Slowhand with the libraries for its tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' || { echo "The Python packages could not be installed: see the lines above; is the package index within reach?"; exit 2; }
	@touch $(VENV)/.run $@

tools:
	@$(call install,$(TEST_PACKAGES),for the tests)

# install,PACKAGES,WHY: through apt, only what is missing. apt,PACKAGES,WHY: the same without asking first.
define install
missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then $(call apt,$$missing,$(2)); fi
endef
define apt
echo "Installing" $(1) "through apt ($(2)) ..."; \
command -v apt-get >/dev/null || { echo "No apt-get here: install" $(1) "with this system's own package manager, then try again."; exit 2; }; \
{ $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; } || { echo "apt-get could not install" $(1) "($(2)): run it by hand, with sudo, and look at what it says."; exit 2; }
endef

clean:
	rm -rf $(VENV) firmware/build build dist
