# shellcheck shell=bash
# A Debian 12 that boots in a container of systemd, for scripts/test-package and scripts/test-install. Sourced by bash.
#
# Needs root, debootstrap and systemd-container. The system is made by debootstrap below /var/tmp and removed at the end.
# If BASE names a directory, the system is copied from there, or made there first. If this machine reaches package sources
# through a mirror, FRESH_COPY lists the files with its settings.

((EUID == 0)) || { echo "${0##*/}: run this as root." >&2; exit 1; }
for program in debootstrap systemd-nspawn dpkg-deb; do
    command -v "$program" >/dev/null || { echo "${0##*/}: install $program." >&2; exit 1; }
done

work=$(mktemp -d /var/tmp/remotisan-machine.XXXXXX)
chmod 755 "$work"
root=$work/root
machine=
leader=
passed=0

# stop_machine: ends it at once.
stop_machine() {
    [[ -n $machine ]] || return 0
    kill -KILL "$leader" 2>/dev/null || true
    kill "$machine" 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
    machine=
}
finish() {
    local status=$?
    if ((status)) && [[ -n $machine ]]; then
        inside 'systemctl --no-pager --failed; journalctl --no-pager --lines 60
            tail -n 20 /var/log/{apache2,lighttpd,nginx}/error.log' >&2 || true
    fi
    stop_machine
    rm -rf --one-file-system "$work"
    exit "$status"
}
trap finish EXIT

# make_base DIRECTORY: a system with everything that needs the network. No web server is enabled.
make_base() {
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,procps,ca-certificates bookworm "$1" >"$work/log" \
        || { tail "$work/log" >&2; exit 1; }
    for file in /etc/resolv.conf /etc/hosts ${FRESH_COPY:-}; do install -D -m 644 "$file" "$1$file"; done
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
    chroot "$1" env DEBIAN_FRONTEND=noninteractive bash -euc '
        apt-get update -qq
        apt-get install -qq --yes --no-install-recommends adduser apache2 apache2-utils caddy curl fcgiwrap haproxy \
            libapache2-mod-fcgid libhiredis0.14 libsqlite3-0 lighttpd man-db nginx openssl tini >/dev/null
        systemctl disable --quiet apache2 caddy fcgiwrap.service fcgiwrap.socket haproxy lighttpd nginx'
    rm "$1/usr/sbin/policy-rc.d"
}

# new_root: a fresh system in $root, not booted.
new_root() {
    stop_machine
    rm -rf --one-file-system "$root"
    if [[ -z ${BASE:-} ]]; then
        BASE=$work/base
    fi
    [[ -d $BASE ]] || make_base "$BASE"
    cp -a --reflink=auto "$BASE" "$root"
}

# boot: boots $root, and returns when it runs.
boot() {
    systemd-nspawn --quiet --directory="$root" --machine="remotisan-$$" --register=no --keep-unit --private-network \
        --link-journal=no --boot </dev/null >"$work/console" 2>&1 &
    machine=$!
    for _ in {1..600}; do
        leader=$(pgrep -P "$machine" | head -n 1) && [[ -n $leader ]] && break
        sleep 0.1
    done
    wait_for "the boot" 'systemctl is-active multi-user.target'
}

enter() {
    nsenter --target "$leader" --all env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
        DEBIAN_FRONTEND=noninteractive "$@"
}
# inside SCRIPT: runs a script in the booted system.
inside() {
    enter bash -euo pipefail -c "$1"
}
# complaints FILE: the problems and warnings in what `doctor` said. In this container a unit sees another boot id than a
# shell (docs/install.md), so the storage that the installation has made seems to come from another boot. The name of the
# server is the one of the examples.
complaints() {
    grep -E "^(problem|warning)" "$1" | grep -v -e "the clock of this machine jumped" -e "server_name is still ops.example.com"
}
# wait_for WHAT SCRIPT: polls until the script succeeds.
wait_for() {
    for _ in {1..300}; do
        inside "$2" >/dev/null 2>&1 && return
        sleep 0.1
    done
    echo "${0##*/}: $1 did not happen." >&2
    inside "set -x; $2" >&2 || true
    exit 1
}
# check WHAT SCRIPT
check() {
    if ! inside "$2"; then
        echo "${0##*/}: failed: $1" >&2
        exit 1
    fi
    passed=$((passed + 1))
    echo "ok: $1"
}
