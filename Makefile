# `make help` lists the targets.

PREFIX  ?= /usr
ACCOUNT ?= www-data
GROUP   ?= $(ACCOUNT)
DESTDIR ?=
UNITDIR ?= $(PREFIX)/lib/systemd/system
ZSH     ?= site-functions
PORT    ?= 8080
STATE   ?= .demo

PROGRAMS := remotisan-fcgi remotisan-broker remotisan-job
RELEASE  := .build/release
# The tests' programs: the debug builds of the two Swift programs, and the supervisor as it is installed.
TESTED   := .build/tested
# The supervisor is linked with musl and not by SwiftPM, which would link Swift's library into the C program. glibc's
# writable pages are most of the rest. Static with musl, a waiting supervisor takes 84 KiB, and 16 KiB of it are private.
JOB_FLAGS := -std=gnu17 -Os -Wall -Wextra -Werror -static -s -ISources/CSystem/include
# What `swift test` runs. It holds lines back, so that a test that hangs could not be seen.
SWIFT_TESTS := .build/debug/remotisanPackageTests.xctest
# remotisan-as is set-user-ID root, for the group of the service only. If `install` may not do that, run_as has no effect.
AS_FLAGS := $(JOB_FLAGS) -fstack-protector-strong
# The points of `make test`. With another seed other points are taken, so a violation could be older than the change.
# `make faults` draws a new seed each time.
GATE_SEED := 12
# Disturbs the programs at each system call. The injector knows the calls of x86-64.
INJECT   := python3 -B Tests/Faults/faults.py --programs $(TESTED) --tools $(TESTED)
FAULT_FLAGS := -std=gnu17 -O1 -Wall -Wextra -Werror
SHARE    := $(DESTDIR)$(PREFIX)/share/remotisan

.DEFAULT_GOAL := help
.PHONY: help demo test tested fault-tools test-fresh fuzz faults soak build release lint hooks bench install uninstall deb clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

# The port is checked before the build, which takes minutes, and again before the demo serves.
demo: export PORT := $(PORT)
demo: export STATE := $(STATE)
demo: ## install Debian packages, build, serve http://127.0.0.1:PORT/remotisan/ until Ctrl-C (PORT=8080 STATE=.demo)
	@demo/run check
	@scripts/install-dependencies run
	@$(MAKE) --no-print-directory release
	@demo/run

test: ## install Debian packages, build, run all tests
	@scripts/install-dependencies test
	@scripts/lint
	@$(MAKE) --no-print-directory tested
	@echo "Swift tests: units, stores, web, and end to end with nginx, Apache, crashes, kills, full disks, artisan."
	@echo "Supervisor under test: $(TESTED)/remotisan-job, static with musl, as it is installed."
	REMOTISAN_PROGRAMS=$(CURDIR)/$(TESTED) scripts/within 30 $(SWIFT_TESTS) --testing-library swift-testing
	@echo "Faults: some of the points and storms of \`make faults\`. The seed is fixed, so that a violation is due to a change."
	@$(MAKE) --no-print-directory fault-tools
	$(INJECT) --seconds 90 --seed $(GATE_SEED)
	@echo "Soak: a minute of starts and kills, after which the responder must not have grown."
	$(INJECT) --soak --seconds 60 --seed $(GATE_SEED)
	@echo "Sanitizers: AddressSanitizer and UBSan on the supervisor and remotisan-as."
	@scripts/sanitize c
	@echo "Server tests: the shipped files and the examples of 18 web servers, with the same requests for all."
	BIN=$(TESTED) Tests/Servers/run
	@echo "Page tests: modules in node, the log model against a terminal emulator, Chromium on the real product."
	BIN=$(TESTED) Tests/PageTests/run

# The programs under test.
tested:
	swift build --build-tests
	install -d $(TESTED)
	ln -f .build/debug/remotisan-fcgi .build/debug/remotisan-broker $(TESTED)
	musl-gcc $(JOB_FLAGS) -o $(TESTED)/remotisan-job Sources/remotisan-job/*.c
	musl-gcc $(AS_FLAGS) -o $(TESTED)/remotisan-as Sources/remotisan-as/*.c

test-fresh: ## run `make demo` and `make test` on a fresh Debian 12 in a chroot (as root, with debootstrap)
	@scripts/test-fresh

fuzz: ## run the parsers of untrusted bytes on random input, twice for SECONDS=600: as tests, and with libFuzzer
	swift build --build-tests
	REMOTISAN_FUZZ_SECONDS=$(or $(SECONDS),600) nice -n 10 swift test --skip-build --filter FuzzTests
	nice -n 10 scripts/fuzz $(or $(SECONDS),600)

.PHONY: sanitize
sanitize: tested ## run the tests with AddressSanitizer, UBSan (C) and ThreadSanitizer, built apart (about an hour)
	scripts/sanitize c .
	scripts/sanitize address
	scripts/sanitize thread

faults: tested ## kill, stop and fail the programs at each system call, for SECONDS=600 (SEED=… repeats, and continues)
	@$(MAKE) --no-print-directory fault-tools
	$(INJECT) --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED) --state .build/faults-$(SEED).json)

soak: tested ## check that the responder does not grow, for SECONDS=600
	@$(MAKE) --no-print-directory fault-tools
	$(INJECT) --soak --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED))

# The injector, and the library that shifts clocks. Only root may mount the small disk of a storm.
fault-tools:
	gcc $(FAULT_FLAGS) -o $(TESTED)/injector Tests/Faults/*.c
	gcc $(FAULT_FLAGS) -shared -fPIC -o $(TESTED)/clock.so Tests/Faults/preload/clock.c

build: ## build the programs for debugging
	swift build

release: ## build the programs as they are installed: optimised, with Swift's library inside
	swift build -c release --static-swift-stdlib --product remotisan-broker $$(scripts/icu-data $(CURDIR)/.build/icu-data.o)
	ln -f $(RELEASE)/remotisan-broker $(RELEASE)/remotisan-fcgi
	musl-gcc $(JOB_FLAGS) -o $(RELEASE)/remotisan-job Sources/remotisan-job/*.c
	musl-gcc $(AS_FLAGS) -o $(RELEASE)/remotisan-as Sources/remotisan-as/*.c

lint: ## check formatting, imports between targets, and shell scripts
	@scripts/lint

hooks: ## let git check commit messages in this clone
	git config core.hooksPath scripts

bench: ## measure speed and memory against bare programs (never fails)
	@scripts/install-dependencies bench
	@$(MAKE) --no-print-directory release
	@bench/run
	@bench/output
	@bench/starts
	@bench/slow-clients
	@bench/growth
	@bench/peers

# The files of a release and where they go. `ACCOUNT` is the user of the service, `GROUP` its group.
BIN   := $(DESTDIR)$(PREFIX)/bin
UNITS := $(DESTDIR)$(UNITDIR)
LIB   := $(DESTDIR)$(PREFIX)/lib
MAN   := $(DESTDIR)$(PREFIX)/share/man
DATA  := $(DESTDIR)$(PREFIX)/share
# In the shipped files the account is www-data. The socket stays that of the web server.
FILL  := sed -i -e 's,/usr/bin/remotisan-,$(PREFIX)/bin/remotisan-,' -e 's/^\(User\|Group\)=www-data/\1=$(ACCOUNT)/' \
	-e 's/^\(\* \* \* \* \*\|service\|u\|m www-data\) www-data/\1 $(ACCOUNT)/' \
	-e 's/0750 :www-data :www-data/0750 :$(ACCOUNT) :$(ACCOUNT)/'

install: release ## install to DESTDIR and PREFIX=/usr, for ACCOUNT=www-data (starts and enables nothing)
	install -d $(BIN) $(UNITS) $(LIB)/tmpfiles.d $(LIB)/sysusers.d $(SHARE)/nginx $(SHARE)/apache $(SHARE)/cron $(SHARE)/systemd
	install -m 755 -s $(RELEASE)/remotisan-broker $(RELEASE)/remotisan-job $(BIN)
	ln -f $(BIN)/remotisan-broker $(BIN)/remotisan-fcgi
	install -m 750 $(RELEASE)/remotisan-as $(BIN)
	-chgrp $(GROUP) $(BIN)/remotisan-as && chmod 4750 $(BIN)/remotisan-as
	install -m 644 nginx/*.conf $(SHARE)/nginx
	install -m 644 apache/*.conf $(SHARE)/apache
	install -m 644 cron/remotisan $(SHARE)/cron
	install -m 644 systemd/drop-ins/*.conf $(SHARE)/systemd
	install -m 644 config/remotisan.yaml config/run-as.conf $(SHARE)
	install -m 644 systemd/*.service systemd/*.socket systemd/*.timer $(UNITS)
	install -m 644 systemd/tmpfiles.conf $(LIB)/tmpfiles.d/remotisan.conf
	install -m 644 systemd/sysusers.conf $(LIB)/sysusers.d/remotisan.conf
	$(FILL) $(SHARE)/apache/*.conf $(SHARE)/cron/remotisan $(SHARE)/run-as.conf $(UNITS)/remotisan*.service \
		$(LIB)/tmpfiles.d/remotisan.conf $(LIB)/sysusers.d/remotisan.conf
	install -d $(MAN)/man5 $(MAN)/man8 $(DATA)/bash-completion/completions $(DATA)/zsh/$(ZSH) \
		$(DATA)/fish/vendor_completions.d
	install -m 644 man/*.5 $(MAN)/man5
	install -m 644 man/*.8 $(MAN)/man8
	for program in remotisan-broker remotisan-fcgi; do \
		$(RELEASE)/$$program --generate-completion-script bash | sed '1{/^#!/d}' >$(DATA)/bash-completion/completions/$$program \
		&& $(RELEASE)/$$program --generate-completion-script zsh >$(DATA)/zsh/$(ZSH)/_$$program \
		&& $(RELEASE)/$$program --generate-completion-script fish >$(DATA)/fish/vendor_completions.d/$$program.fish \
		|| exit; \
	done
	install -d $(DESTDIR)/etc/remotisan
	test -e $(DESTDIR)/etc/remotisan/remotisan.yaml \
		|| { install -m 640 config/remotisan.yaml $(DESTDIR)/etc/remotisan/remotisan.yaml \
			&& { chgrp $(GROUP) $(DESTDIR)/etc/remotisan/remotisan.yaml || true; }; }
	test -e $(DESTDIR)/etc/remotisan/run-as.conf \
		|| install -m 644 $(SHARE)/run-as.conf $(DESTDIR)/etc/remotisan/run-as.conf

uninstall: ## remove what `make install` has installed (not /etc/remotisan, storage, user and running jobs)
	rm -f $(addprefix $(BIN)/,$(PROGRAMS) remotisan-as) $(addprefix $(UNITS)/,$(notdir $(wildcard systemd/remotisan*))) \
		$(LIB)/tmpfiles.d/remotisan.conf $(LIB)/sysusers.d/remotisan.conf $(MAN)/man5/remotisan.yaml.5 \
		$(addprefix $(MAN)/man8/,$(notdir $(wildcard man/*.8))) \
		$(foreach program,remotisan-broker remotisan-fcgi,$(DATA)/bash-completion/completions/$(program) \
			$(DATA)/zsh/$(ZSH)/_$(program) $(DATA)/fish/vendor_completions.d/$(program).fish)
	rm -rf $(SHARE)

deb: release ## build a Debian package, ../remotisan_VERSION_ARCHITECTURE.deb
	dpkg-buildpackage --build=binary --no-sign --no-pre-clean

.PHONY: test-deb
test-deb: deb ## try the package, docs/install.md and the container on fresh Debian systems (as root, about 10 minutes)
	BASE=$(CURDIR)/.build/debian scripts/test-package ../remotisan_*.deb
	BASE=$(CURDIR)/.build/debian scripts/test-install ../remotisan_*.deb
	BASE=$(CURDIR)/.build/debian scripts/test-container ../remotisan_*.deb

clean: ## remove the build (the demo's state stays)
	rm -rf .build debian/remotisan debian/.debhelper debian/debhelper-build-stamp debian/files debian/*.substvars \
		debian/*.debhelper debian/*.debhelper.log

.PHONY: attacks
attacks: tested ## run the attacks of docs/threat-model.md, and count what was held off
	REMOTISAN_PROGRAMS=$(CURDIR)/$(TESTED) scripts/attacks
