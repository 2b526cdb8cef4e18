#!/bin/bash
# Sees to it that what make needs is on the machine: the .NET SDK and Node (told how to get, never installed here) and the
# Debian packages given as arguments (installed at once as root, else named in one line to copy). Quick when nothing is missing.
set -euo pipefail

if ! said=$(dotnet --version 2>&1); then
  echo "$said" >&2
  echo "setup: the .NET SDK 10.0 (10.0.100 or newer) is missing or does not start." >&2
  echo "setup: https://dotnet.microsoft.com/download/dotnet/10.0 tells how to install it; \`dotnet --version\` must work in this folder." >&2
  exit 1
fi
node_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$node_major" -lt 18 ] || ! command -v npm >/dev/null; then
  echo "setup: Node.js 18 or newer with npm is missing (found: $(node --version 2>/dev/null || echo none))." >&2
  echo "setup: Debian 12 has it: sudo apt-get install -y nodejs npm" >&2
  exit 1
fi

if ! command -v dpkg-query >/dev/null; then
  echo "setup: this is not Debian; please see yourself to what these Debian packages hold: $*" >&2
  exit 0
fi
missing=()
for package in "$@"; do
  # Since Debian 13 some libraries carry the suffix t64 (64-bit time) and provide the old name.
  states=$(dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null || true)
  [[ $states == *"install ok installed"* ]] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "setup: missing Debian packages. Please run this once, then make again:" >&2
  echo "  sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "setup: installing ${missing[*]} (apt-get; takes up to a minute)"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1 </dev/null; }
# The package lists may be absent or too old; then fetch them and try once more.
if ! install && ! { apt-get update -qq >"$log" 2>&1 </dev/null && install; }; then
  cat "$log" >&2
  echo "setup: apt-get could not install ${missing[*]}; its words are above." >&2
  exit 1
fi
