#!/bin/bash
# Boots a whole arm64 machine, emulated, until it powers itself off or asks to be cut off.
# usage: machine.sh ROOT DISK CPU RESULTS SECONDS
#   ROOT     the folder the disk was made from: its kernel and initrd are taken from there
#   DISK     its file, changed by what the machine writes
#   RESULTS  gets what the guest writes to /dev/virtio-ports/results, at once; a line "cut-the-power" there is obeyed
# What the machine says on its console goes to RESULTS.console. Exit code 124: it was still running after SECONDS.
set -euo pipefail
root=$1 disk=$2 cpu=$3 results=$4 seconds=$5

# -icount: the guest's clock counts its instructions (2 ns each), so that a busy host makes it slow but nothing in it late: without
# it a starved guest does little but serve its timers, and systemd gives up on what it starts.
qemu-system-aarch64 -M virt -accel tcg,thread=single -icount shift=1 -cpu "$cpu" -smp 2 -m 2048 -display none -monitor none -no-reboot \
  -kernel "$root"/boot/vmlinuz-* -initrd "$root"/boot/initrd.img-* -append 'root=/dev/vda rw console=ttyAMA0 panic=-1' \
  -drive "file=$disk,if=none,id=disk,format=raw" -device virtio-blk-device,drive=disk \
  -device virtio-serial-device -chardev "file,id=results,path=$results" -device virtserialport,chardev=results,name=results \
  -device virtio-rng-device -nic none -serial "file:$results.console" < /dev/null &
machine=$!
# What cutting the power is: nothing in the guest hears of it, nothing is written back.
cut_power() { kill -KILL "$machine" 2> /dev/null || true; }
trap 'cut_power; exit 143' TERM INT
code=0
end=$((SECONDS + seconds))
while kill -0 "$machine" 2> /dev/null; do
  if grep -qs '^cut-the-power' "$results"; then
    cut_power
    break
  fi
  if [ "$SECONDS" -ge "$end" ]; then
    cut_power
    code=124
    break
  fi
  sleep 0.2
done
wait "$machine" 2> /dev/null || true
exit "$code"
