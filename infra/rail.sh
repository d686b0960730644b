# For infra/real-data and infra/themes (source it, do not run it): a fresh demo with the real rail records in it, in a
# temporary folder and on free loopback ports, gone when the script ends. Expects the folder as the first argument.

# shellcheck source=infra/machine.sh
. "$(dirname "${BASH_SOURCE[0]}")/machine.sh"
folder=${1:?usage: $0 <folder with rail/disruptions_2011-2022.csv>}
csv=$(cd "$folder" && pwd)/rail/disruptions_2011-2022.csv
[ -r "$csv" ] || { echo "there is no $csv" >&2; exit 2; }
cd "$clone"

# A binary that is there already may be named; otherwise it is built as infra/demo builds it.
if [ -n "${SAMENZICHT_BINARY:-}" ]; then
    samenzicht=$SAMENZICHT_BINARY
else
    need_build
    build_samenzicht
fi
need_node

work=$(mktemp -d)
demo=
finish() {
    status=$?
    trap - EXIT INT TERM
    if [ -n "$demo" ] && kill -INT "$demo" 2>/dev/null; then
        wait "$demo" || true
    fi
    [ $status -eq 0 ] || { echo "--- the demo's last lines" >&2; tail -n 20 "$work/demo.log" >&2 2>/dev/null || true; }
    rm -rf "$work"
    exit $status
}
trap finish EXIT INT TERM

read -r port provider < <(node infra/real-data.mjs ports)
export SAMENZICHT__DEMO__LISTEN=127.0.0.1:$port SAMENZICHT__DEMO__PROVIDER_LISTEN=127.0.0.1:$provider
export SAMENZICHT__DEMO__DATA=$work/data SAMENZICHT__GATEWAY__LISTEN=127.0.0.1:$port
unset SAMENZICHT_CONFIG

"$samenzicht" demo --fresh >"$work/demo.log" 2>&1 &
demo=$!
node infra/real-data.mjs wait "http://127.0.0.1:$port/readiness" "$demo"

api=http://127.0.0.1:$port/graphql
export SAMENZICHT=$samenzicht

mapping=infra/mappings/rail-disruptions.toml
import() { "$samenzicht" import "$@"; }

# Delivers all records as ILT's case system; the summary is kept under this name.
deliver() {
    import signals --mapping "$mapping" --as ilt.casesystem --file "$csv" --rejects "$work/rejects.csv" | tee "$work/$1"
}

import propose --mapping "$mapping" --as ilt.casesystem
import approve --mapping "$mapping" --as ilt.steward
deliver first
node infra/real-data.mjs counted "$csv" created "$work/first"
