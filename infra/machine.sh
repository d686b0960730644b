# For the scripts beside it (source it, do not run it): where the clone is, where cargo builds, what the machine needs.
# Needs Debian (or a relative of it) with Rust and Node; installs the rest as root or with sudo.

clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Outside the clone: a new clone on the same machine builds its own crates only.
: "${HOME:=$(cd ~ && pwd)}"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/samenzicht/target}
samenzicht=$CARGO_TARGET_DIR/debug/samenzicht

say() { printf '%s\n' "$*" >&2; }

stop_with() {
    say "$*"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif has sudo; then
        sudo "$@"
    else
        stop_with "This needs root or sudo: $*"
    fi
}

# Installs Debian packages.
install_packages() {
    has apt-get || stop_with "This machine has no apt-get. Install what corresponds to these Debian packages: $*"
    say "installing: $*"
    as_root apt-get update -qq </dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
}

# What a build needs: Rust, and a C compiler for SQLite, cryptography and compression. Nothing else: no cmake, no OpenSSL.
need_build() {
    if ! has cargo && [ -r "$HOME/.cargo/env" ]; then
        # shellcheck disable=SC1091
        . "$HOME/.cargo/env"
    fi
    has cargo || stop_with "Rust is missing: install it from https://rustup.rs, then run this again."
    local missing=()
    has cc || missing+=(gcc)
    [ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
    [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

# The tests start a cluster of their own from PostgreSQL's programs; one that the package may make stays untouched.
need_postgresql() {
    has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || install_packages postgresql
}

need_node() {
    local missing=()
    has node || missing+=(nodejs)
    has npm || missing+=(npm)
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

# The tests' collector is a Python program.
need_python() {
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv
}

# Cargo names our crates by their place in the clone. In a folder that another clone built last it would take those
# for ours; a newer source makes it look again.
build_for_this_clone() {
    local stamp=$CARGO_TARGET_DIR/.clone
    mkdir -p "$CARGO_TARGET_DIR"
    [ "$(cat "$stamp" 2>/dev/null)" = "$clone" ] || touch "$clone/services/access/src/lib.rs"
    printf '%s\n' "$clone" >"$stamp"
}

# The free space of a folder's disk, in GiB.
free_space() { df --output=avail -BG "$1" | tr -dc '0-9\n' | tail -1; }

# Makes room for a build where the disk is nearly full: first what only makes the next build quicker, then all that was
# built; nothing else in that folder. What is still too little is told with the folder that needs it.
need_space() {
    local wanted=$1 built
    mkdir -p "$CARGO_TARGET_DIR"
    for built in debug/incremental debug; do
        [ "$(free_space "$CARGO_TARGET_DIR")" -lt "$wanted" ] || return 0
        say "less than $wanted GiB free: clearing $CARGO_TARGET_DIR/$built"
        rm -rf "${CARGO_TARGET_DIR:?}/$built"
    done
    [ "$(free_space "$CARGO_TARGET_DIR")" -ge "$wanted" ] ||
        say "only $(free_space "$CARGO_TARGET_DIR") GiB free for $CARGO_TARGET_DIR; a build from nothing takes some $wanted: it may fail"
}

# Builds the one binary. `--workspace` although one binary is wanted: dependencies get the features that all of the
# workspace asks for, and are not built a second time for the tests.
build_samenzicht() {
    build_for_this_clone
    (cd "$clone" && cargo build --locked --workspace --bin samenzicht)
}
