#!/bin/bash
# Packs a published folder as artifacts/faceedge_VERSION_ARCH.deb with debhelper, then looks at it with lintian.
# usage: packaging/build-deb.sh RID   (linux-x64 or linux-arm64; `make publish` must have run)
# DEB_VERSION=0.2.0-1 overrides the version, for tests of an upgrade.
set -euo pipefail
cd "$(dirname "$0")/.."

rid=${1:?usage: packaging/build-deb.sh RID}
case $rid in
  linux-x64) arch=amd64 ;;
  linux-arm64) arch=arm64 ;;
  *) echo "deb: no Debian architecture is known for $rid" >&2; exit 2 ;;
esac
product=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
version=${DEB_VERSION:-$product-1}
published=artifacts/$rid
[ -x "$published/faceedge" ] || { echo "deb: $published/faceedge is missing; run make publish RID=$rid" >&2; exit 1; }

# Times inside the package are those of the last commit, so that the same sources give the same package.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
work=artifacts/deb/$arch
rm -rf "$work"
tree=$work/faceedge-${version%-*}
mkdir -p "$tree/examples"
cp -r packaging/debian "$tree/debian"
cp -r "$published" "$tree/publish"
cp -r docs README.md "$tree"
cp CHANGELOG.md packaging/faceedge.json packaging/man/faceedge.8 "$tree"
cp packaging/lan.conf "$tree/examples"
cp -r packaging/grafana packaging/prometheus "$tree/examples"
cp systemd/faceedge.service "$tree/debian/faceedge.service"
node packaging/man/settings.mjs > "$tree/faceedge.json.5"
cat > "$tree/debian/changelog" <<END
faceedge ($version) unstable; urgency=medium

  * FaceEdge $product; changelog.gz beside this file tells what is new.

 -- The FaceEdge authors <faceedge@localhost>  $(date -uR -d "@$SOURCE_DATE_EPOCH")
END

echo "deb: packing $version for $arch (under a minute)"
log=$PWD/$work/build.log
# Another machine's libraries and their packages are not those of this one: dpkg-shlibdeps is told where they are.
if [ "$arch" != "$(dpkg --print-architecture)" ]; then
  [ "$arch" = arm64 ] || { echo "deb: packages for $arch are made on $arch" >&2; exit 2; }
  libraries=$(tools/arm64-libraries.sh)
  export FOREIGN_LIBRARIES=$libraries
fi
# -d: a compiler for the other architecture is not needed to pack what is already built.
if ! (cd "$tree" && DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage --build=binary --host-arch="$arch" -d -us -uc) > "$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
package=faceedge_${version}_$arch.deb
mv "$work/$package" "artifacts/$package"
echo "deb: artifacts/$package ($(du -h --apparent-size "artifacts/$package" | cut -f1); installed $(dpkg-deb -f "artifacts/$package" Installed-Size) KiB)"
echo "deb: depends on $(dpkg-deb -f "artifacts/$package" Depends)"
# Everything lintian can say but its most pedantic wishes; an override stands with its reason in packaging/debian/lintian-overrides.
lintian --allow-root --fail-on error,warning --display-info "artifacts/$package"
echo "deb: lintian has nothing to say"
