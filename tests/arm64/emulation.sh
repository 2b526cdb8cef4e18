#!/bin/bash
# Lets this machine run arm64 programs by themselves, through qemu-user, and prints the folder that QEMU_LD_PREFIX must name.
# The kernel is told as systemd does at boot where it is PID 1 and qemu-user-static is installed (needs root where it was not).
# usage: emulation.sh FOLDER   (FOLDER is made anew: the libraries, and what a program asks about its processor)
set -euo pipefail
prefix=$1
registry=/proc/sys/fs/binfmt_misc
# The line that Debian's package hands to systemd: a magic number and the emulator, opened now, so that it works in a chroot too.
line=/usr/lib/binfmt.d/qemu-aarch64.conf

[ -e $registry/register ] || mount -t binfmt_misc none $registry
[ -e $registry/qemu-aarch64 ] || cat $line > $registry/register

[ -n "$prefix" ] || exit 0
libraries=$("$(dirname "$0")/../../tools/arm64-libraries.sh")/root
mkdir -p "$prefix/proc"
ln -sfn "$libraries/lib" "$prefix/lib"
ln -sfn "$libraries/usr" "$prefix/usr"
# Without it the emulated program reads this machine's, from which ONNX Runtime learns nothing and crashes: Cortex-A72, as in a Pi 4.
for processor in $(seq 0 $(($(nproc --all) - 1))); do
  printf '%s\n' "processor	: $processor" 'BogoMIPS	: 108.00' 'Features	: fp asimd evtstrm crc32 cpuid' 'CPU implementer	: 0x41' \
    'CPU architecture: 8' 'CPU variant	: 0x0' 'CPU part	: 0xd08' 'CPU revision	: 3' ''
done > "$prefix/proc/cpuinfo"
echo "$prefix"
