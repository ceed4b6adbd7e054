# What there is to do here: `make help`.

PREFIX  ?= /usr
DESTDIR ?=
PORT    ?= 8080
STATE   ?= .demo
export PORT STATE

PROGRAMS := remotisan-fcgi remotisan-broker remotisan-job
RELEASE  := .build/release
# The supervisor's own link: SwiftPM links Swift's library into a C program, too, and glibc's writable pages
# are most of the rest. Static with musl a waiting supervisor takes 84 KiB, of which 16 are its own.
JOB_FLAGS := -std=gnu17 -Os -Wall -Wextra -Werror -static -s
SHARE    := $(DESTDIR)$(PREFIX)/share/remotisan

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz build release lint bench install clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## install what is missing, build, serve http://127.0.0.1:PORT/remotisan/ until Ctrl-C (PORT=8080 STATE=.demo)
	@scripts/install-dependencies run
	@$(MAKE) --no-print-directory release
	@demo/run

test: ## install what is missing, build and run every test
	@scripts/install-dependencies test
	@scripts/lint
	swift build --build-tests
	@echo "Units, the SQLite store, the access matrix; nginx and Apache, crashes, kills, full disks, artisan:"
	swift test --skip-build
	@echo "The page: its modules, the line model against a terminal emulator, Chromium on the real product:"
	@Tests/PageTests/run

fuzz: ## random input for whatever reads a client's or a console's bytes, for SECONDS=600
	swift build --build-tests
	REMOTISAN_FUZZ_SECONDS=$(or $(SECONDS),600) nice -n 10 swift test --skip-build --filter FuzzTests

build: ## the programs, for debugging
	swift build

release: ## the programs as they are installed: optimised, Swift's library inside
	swift build -c release --static-swift-stdlib --product remotisan-fcgi
	swift build -c release --static-swift-stdlib --product remotisan-broker
	musl-gcc $(JOB_FLAGS) -o $(RELEASE)/remotisan-job Sources/remotisan-job/*.c

lint: ## formatting, who imports whom, shell scripts
	@scripts/lint

bench: ## speed and memory against a bare libfcgi program; prints, never fails
	@scripts/install-dependencies bench
	@$(MAKE) --no-print-directory release
	@bench/run

install: release ## to DESTDIR and PREFIX=/usr; starts and enables nothing
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 -s $(addprefix $(RELEASE)/,$(PROGRAMS)) $(DESTDIR)$(PREFIX)/bin
	install -d $(SHARE)/nginx $(SHARE)/apache $(SHARE)/cron
	install -m 644 nginx/*.conf $(SHARE)/nginx
	install -m 644 apache/*.conf $(SHARE)/apache
	install -m 644 cron/remotisan $(SHARE)/cron
	install -m 644 config/remotisan.yaml $(SHARE)
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	install -m 644 systemd/*.service systemd/*.socket systemd/*.timer $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed -i 's#/usr/bin/remotisan-#$(PREFIX)/bin/remotisan-#' \
		$(SHARE)/apache/*.conf $(SHARE)/cron/remotisan $(DESTDIR)$(PREFIX)/lib/systemd/system/remotisan*.service
	install -m 644 systemd/tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/remotisan.conf
	install -d $(DESTDIR)/etc/remotisan
	test -e $(DESTDIR)/etc/remotisan/remotisan.yaml \
		|| install -m 644 config/remotisan.yaml $(DESTDIR)/etc/remotisan/remotisan.yaml

clean: ## forget what was built (not the demo's state)
	rm -rf .build
