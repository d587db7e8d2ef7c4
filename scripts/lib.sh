# Shared by the scripts beside it, which read it with `.`; it runs nothing by itself.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
export SLUICE_BINARY=${SLUICE_BINARY:-$root/.build/release/sluice}

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$(basename "$0"): $*"
  exit 1
}

# Builds the gateway as it is shipped, unless SLUICE_BINARY names one that is built elsewhere.
build_release() {
  [ "$SLUICE_BINARY" = "$root/.build/release/sluice" ] || return 0
  swift build --configuration release --product sluice
}
