#!/bin/bash
# Prints the folder of a clean Debian 12 root with systemd, making it first when it is not cached (some minutes).
# usage: root.sh [ARCH]   ARCH: amd64 or arm64, by default this machine's. Another machine's root is made with its own programs
# emulated (tests/arm64/emulation.sh) and has a kernel, to be booted whole.
# Cached outside the tree: FACEEDGE_ROOT_CACHE, by default ~/.cache/faceedge. Nobody changes it: tests work on copies.
set -euo pipefail
own=$(dpkg --print-architecture)
arch=${1:-$own}
cache=${FACEEDGE_ROOT_CACHE:-$HOME/.cache/faceedge}
# What the tests themselves use. The daemon's dependencies are not among them: they come in as the package's dependencies.
packages=systemd,systemd-sysv,dbus,ca-certificates,curl,sqlite3,iproute2,libfaketime
# The tests have no network: apt finds these as on a box that has, but in its cache.
offered='libturbojpeg0 procps'
offer="apt-get install -y -qq --download-only --no-install-recommends $offered"

make_own_root() { # make_own_root FOLDER
  debootstrap --variant=minbase --include="$packages" bookworm "$1"
  chroot "$1" apt-get clean
  chroot "$1" apt-get update -qq
  chroot "$1" env DEBIAN_FRONTEND=noninteractive $offer
}

# mmdebstrap, because this machine's dpkg unpacks and only the packages' scripts are emulated: a third of debootstrap's time. In a
# mount namespace, so that nothing stays mounted when it is broken off. Debian's initrd holds every driver there is and is packed by
# an emulated processor for ten minutes; this one holds what finds the disk.
make_foreign_root() { # make_foreign_root FOLDER
  unshare --mount --propagation private mmdebstrap --architectures="$arch" --variant=minbase --include="$packages" --skip=cleanup/apt \
    --setup-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"' \
    --setup-hook='echo MODULES=list > "$1/etc/initramfs-tools/conf.d/faceedge"' \
    --setup-hook='printf "%s\n" virtio_mmio virtio_pci virtio_blk ext4 > "$1/usr/share/initramfs-tools/modules.d/faceedge"' \
    --customize-hook="APT_CONFIG=\$MMDEBSTRAP_APT_CONFIG $offer" \
    bookworm "$1"
}

kind=own
if [ "$arch" != "$own" ]; then
  kind=foreign
  packages+=,udev,kmod,linux-image-$arch
fi
root=$cache/bookworm-$arch-$(printf '%s v4' "$packages" | sha256sum | cut -c1-12)
if [ ! -e "$root" ]; then
  echo "appliance: making a Debian root for $arch in $cache (once; $([ $kind = own ] && echo two || echo five) minutes or more)" >&2
  mkdir -p "$cache"
  # Whatever an earlier attempt left mounted in it is not touched.
  rm -rf --one-file-system "$root.part"
  # Not as a condition: errexit would be off in it.
  (set -e; "make_${kind}_root" "$root.part") > "$root.log" 2>&1 & wait $! || { tail "$root.log" >&2; exit 1; }
  mv "$root.part" "$root"
fi
echo "$root"
