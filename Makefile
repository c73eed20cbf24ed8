# SPDX-License-Identifier: Apache-2.0
#
# Every way into the project. `make` alone says what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

SWIFT ?= swift
# Of the host programs: release (self-contained) or debug (quick to build). Each has its own tree.
CONFIG ?= release
DESTDIR ?=
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
# Whose headers the kernel module is built against: the newest that are here.
KERNEL ?= $(shell ls -d /lib/modules/*/build 2>/dev/null | sort -V | tail -1 | cut -d/ -f4)

VERSION = $(shell sed -n 's/.*"\([0-9][^"]*\)".*/\1/p' Sources/AtollAPI/Version.swift | head -1)
DIST_release := .build/dist
DIST_debug := .build/dist-debug
DIST = $(DIST_$(CONFIG))
# The Swift runtime goes into the release programs: a host that has only them needs no toolchain.
HOST_FLAGS_release := -c release --static-swift-stdlib
HOST_FLAGS_debug :=
HOST_FLAGS = $(HOST_FLAGS_$(CONFIG))
HOST_PROGRAMS := atoll atolld atoll-place
# What atolld starts, and nobody else.
HOST_HELPERS := atoll-fill atoll-doorbell
GUEST_FLAGS := --traits Guest --scratch-path .build/guest -c release
GUEST_PROGRAMS := atoll-agent atoll-run atoll-guest atoll-heat atoll-openmp
GUEST_BUILT := .build/guest/release
LIBATOLL := libatoll.so.1
# The names that programs know OpenMP's libraries by.
OPENMP_LINKS := libgomp.so.1 libomp.so libomp.so.5 libiomp5.so

.PHONY: help
help: ## says this
	@echo 'usage: make TARGET [NAME=VALUE]...'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'
	@echo 'CONFIG=debug|release, DESTDIR=, PREFIX=$(PREFIX), FUZZ_SECONDS=$(FUZZ_SECONDS)'

.PHONY: setup
setup: ## installs what building, demo and tests need (Debian packages)
	@Tests/Lab/setup

.PHONY: build
build: host-wing guest-wing openmp dist ## builds both wings into .build/dist (CONFIG=debug: .build/dist-debug)

.PHONY: host-wing
host-wing:
	@for program in $(HOST_PROGRAMS) $(HOST_HELPERS); do $(SWIFT) build $(HOST_FLAGS) --product $$program; done

# The library shows the world its C interface and nothing else. Its own copy of Swift's runtime
# (Embedded Swift brings one) would otherwise replace the real one in a Swift program that loads it.
.PHONY: guest-wing
guest-wing:
	@for program in $(GUEST_PROGRAMS); do $(SWIFT) build $(GUEST_FLAGS) --product $$program; done
	@{ echo '{ global:'; \
	    sed 's|//.*||; /^#/d' guest/CAtollGuest/include/*.h | tr '\n' ' ' \
	        | grep -oE '\<atoll_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u | sed 's/$$/;/'; \
	    echo 'local: *; };'; } > .build/guest/libatoll.map
	@$(SWIFT) build $(GUEST_FLAGS) --product atoll-c \
	    -Xlinker -soname=$(LIBATOLL) -Xlinker --version-script=$(CURDIR)/.build/guest/libatoll.map

# Programs built for other runtimes find their names in this library: it shows those, in their versions,
# and traps for those that it does not serve. The lists' files are named by what they hold: the linker
# runs again when they change.
OPENMP_NAMES = .build/guest/openmp
.PHONY: openmp
openmp:
	@guest/CAtollOpenMP/names/generate $(OPENMP_NAMES)
# A header that is new to its directory is not seen by the module's compiled form.
	@rm -f .build/guest/*/release/ModuleCache/*/CAtollOpenMP-*.pcm
	@cd $(OPENMP_NAMES) && stamp=$$(cat names.map aliases.ld traps.c | md5sum | cut -c1-12) && \
	if [[ ! -e $$stamp/done ]]; then rm -rf [0-9a-f]*/ && mkdir -p $$stamp && \
	    cp names.map aliases.ld $$stamp && \
	    clang -std=c17 -O2 -fPIC -c traps.c -o $$stamp/traps.o && touch $$stamp/done; fi; \
	cd $(CURDIR) && names=$(CURDIR)/$$(dirname $(OPENMP_NAMES)/$$stamp/done) && \
	$(SWIFT) build $(GUEST_FLAGS) --product atoll-gomp -Xlinker -soname=libgomp.so.1 \
	    -Xlinker -Bsymbolic -Xlinker -z -Xlinker initfirst -Xlinker --version-script=$$names/names.map \
	    -Xlinker $$names/aliases.ld -Xlinker $$names/traps.o
	@Tests/AtollOpenMP/names --listed $(OPENMP_NAMES)/listed $(GUEST_BUILT)/libatoll-gomp.so

# For the guest's kernel. Built from a copy, since the kernel's build leaves files beside the sources.
MODULE := .build/module
.PHONY: module
module: ## builds the guest's kernel module into .build/module/KERNEL (KERNEL: the newest whose headers are here)
	@test -d /lib/modules/$(KERNEL)/build || { echo 'make: no headers of kernel $(KERNEL); run make setup' >&2; exit 1; }
	@mkdir -p $(MODULE)/$(KERNEL) && cp -RpuT guest/module $(MODULE)/$(KERNEL)
	@$(MAKE) -s -C $(MODULE)/$(KERNEL) KERNEL=$(KERNEL) W=1 modules >$(MODULE)/log 2>&1 || { cat $(MODULE)/log >&2; exit 1; }
	@! grep -i 'warning' $(MODULE)/log >&2
	@ln -sfn $(KERNEL) $(MODULE)/newest

# Lays the tree out from what the wings have built. Beside it first, so that a failure half-way
# leaves the old one.
.PHONY: dist
dist: NEW = $(DIST).new
dist:
	@rm -rf $(NEW)
	@mkdir -p $(NEW)/{bin,include} $(NEW)/lib/{atoll/openmp,pkgconfig,systemd/system,udev/rules.d} \
	    $(NEW)/lib/python3 $(NEW)/share/atoll/fortran $(NEW)/share/man/man{1,5,8} \
	    $(NEW)/share/bash-completion/completions $(NEW)/share/zsh/site-functions $(NEW)/share/fish/vendor_completions.d
	@install -s -m 755 $(GUEST_PROGRAMS:%=$(GUEST_BUILT)/%) $(NEW)/bin
	@install -s -m 755 $(GUEST_BUILT)/libatoll-c.so $(NEW)/lib/$(LIBATOLL)
	@ln -s $(LIBATOLL) $(NEW)/lib/libatoll.so
	@install -s -m 755 $(GUEST_BUILT)/libatoll-gomp.so $(NEW)/lib/atoll/openmp
	@for link in $(OPENMP_LINKS); do ln -s libatoll-gomp.so $(NEW)/lib/atoll/openmp/$$link; done
	@install -m 644 guest/CAtollGuest/include/*.h guest/bindings/atoll.hpp $(NEW)/include
	@install -m 644 guest/bindings/atoll.f90 $(NEW)/share/atoll/fortran
	@install -m 644 guest/bindings/atoll.py $(NEW)/lib/python3
	@printf '%s\n' 'prefix=$${pcfiledir}/../..' 'Name: atoll' \
	    'Description: Shared memory for a group of virtual machines' 'Version: $(VERSION)' \
	    'Cflags: -I$${prefix}/include' 'Libs: -L$${prefix}/lib -latoll' \
	    > $(NEW)/lib/pkgconfig/atoll.pc
	@host=$$($(SWIFT) build $(HOST_FLAGS) --show-bin-path); \
	strip=$$([[ $(CONFIG) == release ]] && echo -s || :); \
	install $$strip -m 755 $(HOST_PROGRAMS:%="$$host"/%) $(NEW)/bin; \
	install $$strip -m 755 $(HOST_HELPERS:%="$$host"/%) $(NEW)/lib/atoll
	@for page in Sources/*/man/*.[1-8] guest/*/man/*.[1-8]; do \
	    install -m 644 "$$page" $(NEW)/share/man/man"$${page##*.}"; \
	done
	@$(NEW)/bin/atoll --generate-completion-script bash > $(NEW)/share/bash-completion/completions/atoll
	@$(NEW)/bin/atoll --generate-completion-script zsh > $(NEW)/share/zsh/site-functions/_atoll
	@$(NEW)/bin/atoll --generate-completion-script fish > $(NEW)/share/fish/vendor_completions.d/atoll.fish
	@install -m 644 Sources/atolld/systemd/* guest/atoll-agent/systemd/* $(NEW)/lib/systemd/system
	@install -m 644 guest/atoll-agent/udev/* $(NEW)/lib/udev/rules.d
	@mkdir -p $(NEW)/src/atoll-$(VERSION)
	@cp -R --no-preserve=ownership guest/module/. $(NEW)/src/atoll-$(VERSION)
	@sed -i 's/#VERSION#/$(VERSION)/' $(NEW)/src/atoll-$(VERSION)/dkms.conf
	@rm -f $(NEW)/src/atoll-$(VERSION)/70-atoll.rules && install -m 644 guest/module/70-atoll.rules $(NEW)/lib/udev/rules.d
	@rm -rf $(DIST) && mv $(NEW) $(DIST)
	@echo 'build: $(DIST)'

.PHONY: test
test: setup ## setup, then every test: checks, units, real VMs; a test that cannot run is a failure
	@Tests/Check/lanes

.PHONY: demo
demo: setup build ## boots two VMs and lets one program compute in both
	@DIST=$(DIST) guest/examples/demo/run

.PHONY: bench
bench: setup build ## measures into .build/bench/results.json
	@DIST=$(DIST) Tests/AtollBench/run

.PHONY: check
check: ## format, lint, import rules, what guest binaries link
	@Tests/Check/check

.PHONY: format
format: ## formats every Swift source
	@$(SWIFT) format format -i -p -r Package.swift Sources guest Tests

.PHONY: fuzz
fuzz: ## feeds hostile bytes to every reader of regions, requests and text, FUZZ_SECONDS in all
	@Tests/AtollFuzz/run $(FUZZ_SECONDS)

ROOT = $(DESTDIR)$(PREFIX)
BUILT = test -x $(DIST)/bin/atolld || { echo 'make: no $(DIST); run make build first' >&2; exit 1; }

.PHONY: install
install: ## puts the host's programs, and what develops against the library, under DESTDIR/PREFIX
	@$(BUILT)
	@mkdir -p $(ROOT)
	@cp -R --no-preserve=ownership $(DIST)/. $(ROOT)
	@rm -f $(ROOT)/bin/atoll-agent $(ROOT)/lib/systemd/system/atoll-agent.service
	@rm -rf $(ROOT)/lib/udev/rules.d/*atoll*

.PHONY: guest-install
guest-install: ## puts what a VM needs under DESTDIR/PREFIX: agent, launcher, library, headers
	@$(BUILT)
	@mkdir -p $(ROOT)
	@cd $(DIST) && cp -R --no-preserve=ownership --parents bin/atoll-* lib/libatoll.so* lib/atoll/openmp lib/pkgconfig \
	    include lib/python3 share/atoll lib/systemd/system/atoll-agent.service lib/udev src \
	    share/man/man*/atoll-* $(abspath $(ROOT))

.PHONY: clean
clean: ## removes what building made, except fetched packages
	@rm -rf .build/dist* .build/image .build/bench .build/fuzz .build/guest .build/module
	@$(SWIFT) package clean
