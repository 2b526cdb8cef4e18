#!/bin/bash
# Prints the folder of Debian's arm64 libraries that the daemon needs or can use, fetching them first when they are not cached.
# arm64 does not become an architecture of this machine: apt and dpkg keep a state of their own in that folder.
#   FOLDER/root   the libraries, laid out as on a device: QEMU_LD_PREFIX for programs run by qemu-user
#   FOLDER/dpkg   which package each file is of and since which version: --admindir for dpkg-shlibdeps
# Cached outside the tree: FACEEDGE_ROOT_CACHE, by default ~/.cache/faceedge.
set -euo pipefail
packages=(libc6 libgcc-s1 libstdc++6 zlib1g libssl3 libturbojpeg0)
cache=${FACEEDGE_ROOT_CACHE:-$HOME/.cache/faceedge}
folder=$cache/libraries-arm64-$(printf '%s v1' "${packages[*]}" | sha256sum | cut -c1-12)

fetch() { # fetch INTO
  local apt=$1/apt
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,debs}
  : > "$apt/status"
  cat > "$apt/apt.conf" <<END
APT::Architecture "arm64"; APT::Architectures { "arm64"; };
Dir::State "$apt/state"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache";
Acquire::Languages "none"; APT::Sandbox::User "root";
END
  # A third party's source in the machine's list rarely has arm64; that is no error.
  APT_CONFIG=$apt/apt.conf apt-get update -qq > "$apt/update.log" 2>&1 || true
  (cd "$apt/debs" && APT_CONFIG=$apt/apt.conf apt-get download -qq "${packages[@]}") || { cat "$apt/update.log" >&2; return 1; }
}

# lay DEB FOLDER : unpacks it under FOLDER/root and enters it into FOLDER/dpkg, its files by the paths they have here.
lay() {
  local deb=$1 into=$2 name control kind
  name=$(dpkg-deb -f "$deb" Package):arm64
  control=$into/control
  dpkg-deb -x "$deb" "$into/root"
  dpkg-deb -e "$deb" "$control"
  { echo 'Status: install ok installed'; cat "$control/control"; echo; } >> "$into/dpkg/status"
  for kind in symbols shlibs; do
    [ ! -e "$control/$kind" ] || cp "$control/$kind" "$into/dpkg/info/$name.$kind"
  done
  dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -n "s|^\.\(/.*[^/]\)\$|$folder/root\1|p" > "$into/dpkg/info/$name.list"
  rm -r "$control"
}

if [ ! -e "$folder" ]; then
  echo 'arm64: fetching the arm64 libraries of the distribution (once, under a minute)' >&2
  part=$folder.part
  rm -rf "$part"
  mkdir -p "$part/root" "$part/dpkg/info" "$part/dpkg/updates"
  echo 1 > "$part/dpkg/info/format"
  fetch "$part" >&2
  for deb in "$part"/apt/debs/*.deb; do
    lay "$deb" "$part"
  done
  rm -r "$part/apt"
  mv "$part" "$folder"
fi
echo "$folder"
