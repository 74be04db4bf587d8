# SPDX-License-Identifier: BSD-2-Clause
#
# Twentyfold. Everything starts here; 'make help' lists the targets.

.DEFAULT_GOAL := help

# What may be set on the command line, and what in the environment too: which tools
# are used, not what is measured. Others of the environment's variables are not read.
CHOICES := RUN FORMAT SWITCHES OTHERS ORDERS A B HTML ACROSS FAIL_ABOVE CONFIG CONFIGS SWITCH BYTES PROGRAM BOARD CACHE SPACES RESULTS BUILD CALLS IMAGE MODULES ARGUMENTS CPU MEMORY TIMEOUT UNTIL PROFILE FROM MACHINE BOOTS BATCHES SOURCE INTO PHOTOS SERVE MAC SPEED QUIET HANG
TOOLS := SEED CROSS_COMPILE COMPILER HOSTCC QEMU PYTHON NO_INSTALL
VARIABLES := $(CHOICES) $(TOOLS)

given := $(foreach v,$(.VARIABLES),$(if $(filter command line,$(origin $(v))),$(v)))
unknown := $(filter-out $(VARIABLES) MAKEFLAGS,$(filter-out -%,$(given)))
ifneq ($(unknown),)
$(error unknown variable $(unknown): the variables are $(VARIABLES))
endif

CONFIG := optimized
PROGRAM := pingpong
RUN :=
SWITCHES :=
OTHERS := on
ORDERS :=
FORMAT :=
A :=
B :=
HTML :=
ACROSS :=
FAIL_ABOVE :=
RESULTS := results/latest
BOARD := dx50
CPU := 486
MEMORY := 32
TIMEOUT := 60
CACHE := warm
SPACES := 2
BUILD :=
SWITCH :=
BYTES :=
CALLS :=
IMAGE :=
MODULES :=
CONFIGS :=
ARGUMENTS :=
UNTIL :=
PROFILE :=
FROM :=
MACHINE :=
BOOTS :=
BATCHES :=
SOURCE :=
INTO :=
PHOTOS :=
SERVE :=
MAC :=
SPEED :=
QUIET :=
HANG :=

# Values reach the program by the environment, as they were typed: make expands
# nothing in them, and no shell reads them.
define as_typed
override $(1) := $$(value $(1))
endef
$(foreach v,$(filter $(VARIABLES),$(given)),$(eval $(call as_typed,$(v))))
export $(CHOICES) $(foreach v,$(TOOLS),$(if $(filter undefined,$(origin $(v))),,$(v)))

HARNESS = TWENTYFOLD_BUILD="$$BUILD" harness/python.sh -m harness

# A word for the shell, if the variable has a value: $(call option,--name,NAME).
option = $(if $(value $(2)),$(1)="$$$(2)")

help:
	@echo 'make figures            build both kernels, measure them, draw tables and figures'
	@echo 'make ablation           table 1: each switch alone and one after the other; SWITCH=S: one'
	@echo 'make check              run all tests; last line: N passed, N failed'
	@echo 'make check-docs         each command of the documents as it is printed: an hour'
	@echo 'make check-machines     images from power-on to the last record, on emulated PCs: minutes'
	@echo 'make profile CONFIG=C   each instruction of one IPC with its cycles; BYTES, CACHE, SPACES, BOARD'
	@echo 'make measure IMAGE=K    any multiboot kernel: what is between its rdtscs, by the i486 model'
	@echo 'make factorial          how techniques work together: SWITCHES="S T U"; or all, by drawn ORDERS'
	@echo 'make compare A=R B=R    two runs, number by number; HTML=1: a page; FAIL_ABOVE=2%'
	@echo 'make export RUN=FOLDER  a run in the format of another tool: FORMAT; INTO=FILE'
	@echo 'make verify RUN=FOLDER  a run against its schema, and its tables made again of its raw records'
	@echo 'make dist               a release as one tarball, the reference run in it'
	@echo 'make fuzz               random calls against a reference model of IPC; CALLS, SEED, CONFIG'
	@echo 'make validate-model     the i486 model against what is known of the processor'
	@echo 'make run CONFIG=C       boot one configuration on the terminal; BYTES=N: one size'
	@echo 'make kernel CONFIG=C    build one configuration'
	@echo 'make iso                for real machines: a CD or stick (docs/bare-metal.md); CONFIGS="A B"'
	@echo 'make disk               a stick or disk that walks through all CONFIGS by itself'
	@echo 'make floppy             a floppy for BIOS machines'
	@echo 'make pxe                a folder for a TFTP server'
	@echo 'make collect            records of a real machine: SOURCE="/dev/ttyS0" INTO=FOLDER'
	@echo 'make menuconfig         choose switches in a menu; CONFIG=C to start from'
	@echo 'make switches           list the switches, and the files that are their two sides'
	@echo 'make diff SWITCH=S      the two sides of a switch, and where else it is tested'
	@echo 'make doctor             what is installed, what is missing, what it means'
	@echo 'make clean              remove build/, and of results/ latest, profile, measure, compare and factorial'
	@echo
	@echo 'Configurations: optimized, baseline, optimized-SWITCH, baseline+SWITCH, and so on;'
	@echo 'with .debug behind it the kernel checks itself all the time and is not measured.'
	@echo 'Variables:'
	@echo '  CONFIG=C                optimized'
	@echo '  SWITCH=S                only this one of table 1, on the terminal'
	@echo '  PROGRAM=P               what make run boots, pingpong:'
	@echo '                          $(PROGRAMS)'
	@echo '  A=RUN                   what make compare compares; RUN:CONFIG: only this kernel of it'
	@echo '  B=RUN                   with what'
	@echo '  SWITCHES="S T U"        of make factorial: 2 to 8, or all'
	@echo '  OTHERS=on               are the switches that are not among them on, or off'
	@echo '  ORDERS=20               in which all are switched on, an even number'
	@echo '  FORMAT=F                of make export: google-benchmark, customSmallerIsBetter, hyperfine'
	@echo '  HTML=1                  and a page of it, in results/compare'
	@echo '  ACROSS=1                also if the boards or clocks are others'
	@echo '  FAIL_ABOVE=2%           ends with an error if a time of B is more than so much above A'"'"'s'
	@echo '  RUN=FOLDER              a run: results/reference, or one of yours'
	@echo '  RESULTS=FOLDER          where make figures and make ablation put their run; results/latest'
	@echo '  BUILD=FOLDER            where it is built, for a checkout that cannot be written; build'
	@echo '  BYTES=N                 message size: 8, 12, 128, 512, 1024, 2048 or 4096'
	@echo '  BOARD=B                 board that the i486 model models: dx50, ideal, dx33, or a .toml file'
	@echo '  CACHE=warm              or cold: flushed before each message'
	@echo '  SPACES=2                between two address spaces; 1: inside one'
	@echo '  SEED=N                  choice of random configurations in make check; calls of make fuzz'
	@echo '  CALLS=N                 how many calls make fuzz makes; 100000'
	@echo '  IMAGE=KERNEL.elf        what make measure boots'
	@echo '  MODULES="A X,B Y"       its multiboot modules, each with its arguments'
	@echo '  ARGUMENTS="X Y"         its command line; of images: of their kernels, too'
	@echo '  CONFIGS="A B"           configurations in an image; all single ablations'
	@echo '  FROM=FOLDER             make figures of what make collect has put there, or of a log'
	@echo '  MACHINE=kvm             make figures on this processor; tcg: only to try'
	@echo '  BOOTS=3                 of each of CONFIGS there'
	@echo '  BATCHES=30              in each boot'
	@echo '  SOURCE="X"              of make collect: a serial port, or logs; pictures with PHOTOS=1'
	@echo '  PHOTOS=1                SOURCE are pictures of the screen'
	@echo '  INTO=FOLDER             where it puts them'
	@echo '  SPEED=115200            bits a second'
	@echo '  QUIET=600               seconds of silence after which it ends'
	@echo '  SERVE=FOLDER            what make pxe has made: walks a machine through CONFIGS'
	@echo '  MAC=ADDRESS             of the network card of that machine'
	@echo '  HANG=300                seconds of silence after which it goes on'
	@echo '  CPU=486                 processor by its name in QEMU, such as 486,+cmov or qemu32'
	@echo '  MEMORY=32               MB'
	@echo '  TIMEOUT=60              seconds after which it is stopped'
	@echo '  UNTIL=TEXT              what it writes on COM1 when it has finished'
	@echo '  PROFILE=N               number of an interval of which each cycle is told'
	@echo '  CROSS_COMPILE=PREFIX    of another compiler than the pinned one (docs/toolchain.md)'
	@echo '  COMPILER=clang          or "gcc -m32": instead of the pinned one'
	@echo '  HOSTCC=PATH             compiler for this machine, for the i486 model; gcc'
	@echo '  QEMU=PATH               instead of qemu-system-i386'
	@echo '  PYTHON=PATH             a python3 with all modules that are needed'
	@echo '  NO_INSTALL=1            only report missing Debian packages; fetch nothing'
	@echo 'The last six and SEED may also come from the environment; the others may not.'

# All but the fuzzer, which is booted by a target of its own.
PROGRAMS = $(filter-out fuzz,$(shell sed -n 's/^PROGRAMS := //p' bench/Makefile))

figures: packages
	@$(HARNESS) figures $(if $(filter RESULTS,$(given)),--results="$$RESULTS") --board="$$BOARD" \
		$(call option,--from,FROM) $(call option,--machine,MACHINE) $(call option,--configs,CONFIGS) \
		$(call option,--boots,BOOTS) $(call option,--batches,BATCHES) --command-line="$$ARGUMENTS"

collect: packages
	@$(HARNESS) collect --into="$$INTO" $(if $(PHOTOS),--photos) $(call option,--configs,CONFIGS) \
		$(call option,--serve,SERVE) $(call option,--mac,MAC) $(call option,--speed,SPEED) \
		$(call option,--quiet,QUIET) $(call option,--hang,HANG) -- $$SOURCE

ablation: packages
	@$(HARNESS) ablation --results="$$RESULTS" --board="$$BOARD" $(call option,--switch,SWITCH)

check: packages
	@TWENTYFOLD_BUILD="$$BUILD" harness/python.sh -m pytest tests -m 'not machines and not documents'

check-docs: packages
	@TWENTYFOLD_BUILD="$$BUILD" harness/python.sh -m pytest tests -m documents

check-machines: packages
	@TWENTYFOLD_BUILD="$$BUILD" harness/python.sh -m pytest tests -m machines

profile: packages
	@$(HARNESS) profile --board="$$BOARD" --cache="$$CACHE" --spaces="$$SPACES" \
		$(call option,--bytes,BYTES) -- "$$CONFIG"

measure: packages
	@$(HARNESS) measure --board="$$BOARD" --cpu="$$CPU" --modules="$$MODULES" \
		--command-line="$$ARGUMENTS" --until="$$UNTIL" --timeout="$$TIMEOUT" --memory="$$MEMORY" \
		$(call option,--profile,PROFILE) -- "$$IMAGE"

compare: packages
	@$(HARNESS) compare --a="$$A" --b="$$B" $(if $(HTML),--html) $(if $(ACROSS),--across) \
		$(call option,--fail-above,FAIL_ABOVE)

factorial: packages
	@$(HARNESS) factorial --switches="$$SWITCHES" --others="$$OTHERS" --board="$$BOARD" \
		$(call option,--orders,ORDERS) $(if $(filter RESULTS,$(given)),--results="$$RESULTS") \
		$(call option,--run,RUN) $(if $(filter CONFIG,$(given)),--configuration="$$CONFIG")

export: packages
	@$(HARNESS) export --format="$$FORMAT" --into="$$INTO" -- "$$RUN"

verify: packages
	@$(HARNESS) verify -- "$$RUN"

fuzz: packages
	@$(HARNESS) fuzz $(call option,--seed,SEED) $(call option,--calls,CALLS) \
		$(if $(filter CONFIG,$(given)),-- "$$CONFIG")

dist: packages
	@$(HARNESS) dist

validate-model: packages
	@$(HARNESS) validate

run: packages
	@$(HARNESS) run --program="$$PROGRAM" $(call option,--bytes,BYTES) -- "$$CONFIG"

kernel: packages
	@$(HARNESS) build -- "$$CONFIG"

iso disk floppy pxe: packages
	@$(HARNESS) image --configs="$$CONFIGS" --command-line="$$ARGUMENTS" $@

menuconfig: packages
	@$(HARNESS) menuconfig $(if $(filter CONFIG,$(given)),-- "$$CONFIG")

switches: packages
	@$(HARNESS) switches

diff: packages
	@$(HARNESS) diff -- "$$SWITCH"

doctor:
	@NO_INSTALL=1 harness/packages.sh
	@$(HARNESS) doctor

packages:
	@harness/packages.sh

# A run that uses build/ has locked it (folders.used): then flock ends with status 75.
clean:
	@mkdir -p build
	@flock --nonblock --conflict-exit-code 75 build rm -rf build results/latest \
		results/profile results/measure results/compare results/factorial .snakemake results/.*.partial results/.*.old results/.*.lock || { \
		status=$$?; [ $$status != 75 ] || \
		echo "twentyfold: nothing is removed: another run is using build/: wait for its end" >&2; \
		exit $$status; }

.PHONY: help figures compare export factorial verify dist ablation check check-machines check-docs profile measure fuzz validate-model run kernel iso disk floppy pxe collect menuconfig switches diff doctor packages clean
