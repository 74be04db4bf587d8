# SPDX-License-Identifier: BSD-2-Clause
#
# Twentyfold. Everything starts here; 'make help' lists the targets.

.DEFAULT_GOAL := help

# What may be set on the command line.
VARIABLES := CONFIG SWITCH BYTES PROGRAM BOARD CACHE SPACES RESULTS SEED CALLS IMAGE MODULES ARGUMENTS CPU MEMORY TIMEOUT UNTIL PROFILE CROSS_COMPILE HOSTCC QEMU PYTHON NO_INSTALL

given := $(foreach v,$(.VARIABLES),$(if $(filter command line,$(origin $(v))),$(v)))
unknown := $(filter-out $(VARIABLES) MAKEFLAGS,$(filter-out -%,$(given)))
ifneq ($(unknown),)
$(error unknown variable $(unknown): the variables are $(VARIABLES))
endif

CONFIG ?= optimized
PROGRAM ?= pingpong
RESULTS ?= results/latest
BOARD ?= dx50
CPU ?= 486
MEMORY ?= 32
TIMEOUT ?= 60
CACHE ?= warm
SPACES ?= 2

# Debian's python3 has the packages; another one may come first on the path.
# Asked for when it is needed, because it may be installed only then.
PYTHON ?= $(or $(shell for p in python3 /usr/bin/python3; do \
	$$p -c 'import pandas, kconfiglib' 2>/dev/null && echo $$p && break; done),python3)
HARNESS = $(PYTHON) -m harness

export CROSS_COMPILE HOSTCC QEMU NO_INSTALL SEED
export PYTHONDONTWRITEBYTECODE := 1

help:
	@echo 'make figures            build both kernels, measure them, draw tables and figures'
	@echo 'make ablation           table 1: each switch alone and one after the other; SWITCH=S: one'
	@echo 'make check              run all tests; last line: N passed, N failed'
	@echo 'make profile CONFIG=C   each instruction of one IPC with its clocks; BYTES, CACHE, SPACES, BOARD'
	@echo 'make measure IMAGE=K    any multiboot kernel: what is between its rdtscs, by the i486 model'
	@echo 'make fuzz               random calls against a reference model of IPC; CALLS, SEED, CONFIG'
	@echo 'make validate-model     the i486 model against what is known of the processor'
	@echo 'make run CONFIG=C       boot one configuration on the terminal; BYTES=N: one size'
	@echo 'make kernel CONFIG=C    build one configuration'
	@echo 'make menuconfig         choose switches in a menu; CONFIG=C to start from'
	@echo 'make switches           list the switches'
	@echo 'make doctor             what is installed, what is missing, what it means'
	@echo 'make clean              remove build/, results/latest, results/profile and results/measure'
	@echo
	@echo 'Configurations: optimized, baseline, optimized-SWITCH, baseline+SWITCH, and so on;'
	@echo 'with .debug behind it the kernel checks itself all the time and is not measured.'
	@echo 'Variables:'
	@echo '  CONFIG=$(CONFIG)'
	@echo '  SWITCH=S                only this one of table 1, on the terminal'
	@echo '  PROGRAM=$(PROGRAM)        what make run boots: pingpong, null_service, sleepers, load, ipc_tests,'
	@echo '                          workload, rtc, crowd or fuzz'
	@echo '  RESULTS=$(RESULTS)  where make figures and make ablation put their run'
	@echo '  BYTES=N                 message size: 8, 12, 128, 512, 1024, 2048 or 4096'
	@echo '  BOARD=$(BOARD)              board that the i486 model models: dx50, ideal, dx33, or a .toml file'
	@echo '  CACHE=$(CACHE)              warm, or cold: flushed before each message'
	@echo '  SPACES=$(SPACES)                2: between two address spaces, 1: inside one'
	@echo '  SEED=N                  choice of random configurations in make check; calls of make fuzz'
	@echo '  CALLS=N                 how many calls make fuzz makes; 100000'
	@echo '  IMAGE=KERNEL.elf        what make measure boots'
	@echo '  MODULES="A X,B Y"       its multiboot modules, each with its arguments'
	@echo '  ARGUMENTS="X Y"         its command line'
	@echo '  CPU=$(CPU)                 processor by its name in QEMU, such as 486,+cmov or qemu32'
	@echo '  MEMORY=$(MEMORY)               MB'
	@echo '  TIMEOUT=$(TIMEOUT)              seconds after which it is stopped'
	@echo '  UNTIL=TEXT              what it writes on COM1 when it has finished'
	@echo '  PROFILE=N               number of an interval of which each clock is told'
	@echo '  CROSS_COMPILE=PREFIX    another compiler for the kernels than Debian 12'\''s; docs/toolchain.md'
	@echo '  HOSTCC=PATH             compiler for this machine, for the i486 model; gcc'
	@echo '  QEMU=PATH               instead of qemu-system-i386'
	@echo '  PYTHON=PATH             a python3 with pandas and kconfiglib'
	@echo '  NO_INSTALL=1            only report missing Debian packages; fetch nothing'

figures: packages
	@$(HARNESS) figures --results $(RESULTS) --board $(BOARD)

ablation: packages
	@$(HARNESS) ablation --results $(RESULTS) --board $(BOARD) $(if $(SWITCH),--switch $(SWITCH))

check: packages
	@$(PYTHON) -m pytest tests

profile: packages
	@$(HARNESS) profile $(CONFIG) --board $(BOARD) --cache $(CACHE) --spaces $(SPACES) \
		$(if $(BYTES),--bytes $(BYTES))

measure: packages
	@$(HARNESS) measure '$(IMAGE)' --board $(BOARD) --cpu '$(CPU)' --modules '$(value MODULES)' \
		--command-line '$(value ARGUMENTS)' --until '$(value UNTIL)' --timeout '$(TIMEOUT)' --memory '$(MEMORY)' \
		$(if $(PROFILE),--profile '$(PROFILE)')

fuzz: packages
	@$(HARNESS) fuzz $(if $(filter command line,$(origin CONFIG)),$(CONFIG)) \
		$(if $(SEED),--seed $(SEED)) $(if $(CALLS),--calls $(CALLS))

validate-model: packages
	@$(HARNESS) validate

run: packages
	@$(HARNESS) run $(CONFIG) --program $(PROGRAM) $(if $(BYTES),--bytes $(BYTES))

kernel: packages
	@$(HARNESS) build $(CONFIG)

menuconfig: packages
	@$(HARNESS) menuconfig $(if $(filter command line,$(origin CONFIG)),$(CONFIG))

switches: packages
	@$(HARNESS) switches

doctor:
	@NO_INSTALL=1 harness/packages.sh
	@$(HARNESS) doctor

packages:
	@harness/packages.sh

clean:
	rm -rf build results/latest results/profile results/measure results/.*.partial results/.*.old results/.*.lock

.PHONY: help figures ablation check profile measure fuzz validate-model run kernel menuconfig switches doctor packages clean
