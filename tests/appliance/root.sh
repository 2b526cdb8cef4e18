#!/bin/bash
# Prints the folder of a clean Debian 12 root with systemd, making it first when it is not cached (some minutes).
# Cached outside the tree: FACEEDGE_ROOT_CACHE, by default ~/.cache/faceedge. Nobody changes it: tests work on copies.
set -euo pipefail
cache=${FACEEDGE_ROOT_CACHE:-$HOME/.cache/faceedge}
# What the tests themselves use. The daemon's dependencies are not among them: they come in as the package's dependencies.
packages=systemd,systemd-sysv,dbus,ca-certificates,curl,sqlite3,iproute2,libfaketime
root=$cache/bookworm-$(printf '%s v3' "$packages" | sha256sum | cut -c1-12)
if [ ! -e "$root" ]; then
  echo "appliance: making a Debian root in $cache (once; two to eight minutes)" >&2
  mkdir -p "$cache"
  rm -rf "$root.part"
  debootstrap --variant=minbase --include="$packages" bookworm "$root.part" > "$cache/debootstrap.log" 2>&1 || { tail "$cache/debootstrap.log" >&2; exit 1; }
  # The tests have no network: apt finds the dependencies as on a box that has, but in its cache.
  { chroot "$root.part" apt-get clean && chroot "$root.part" apt-get update -qq
    chroot "$root.part" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --download-only --no-install-recommends \
      libturbojpeg0 procps; } >> "$cache/debootstrap.log" 2>&1 || { tail "$cache/debootstrap.log" >&2; exit 1; }
  mv "$root.part" "$root"
fi
echo "$root"
