#!/bin/bash
# Boots a root folder with its own systemd until it powers off. usage: boot.sh ROOT SECONDS [MEMORY_BYTES]
# A private mount namespace with cgroup v2, because the machine around may have v1 and another init; nothing stays mounted.
# MEMORY_BYTES limits the whole guest (where the machine has cgroup v1's memory controller): a box with that much memory.
# The guest may load BPF programs: with them its systemd enforces IPAddressDeny= and DevicePolicy=.
# Exit code 124: it did not power off in time. nspawn's own exit code means nothing here: judge by the guest's result file.
set -euo pipefail
root=$1 seconds=$2 memory=${3:-}
group=faceedge-$$
memory_group=/sys/fs/cgroup/memory/$group

if [ -n "$memory" ] && [ -d /sys/fs/cgroup/memory ]; then
  mkdir "$memory_group"
  echo "$memory" > "$memory_group/memory.limit_in_bytes"
  echo $$ > "$memory_group/cgroup.procs"
fi
code=0
setsid unshare --mount --propagation private bash -c '
  umount -R -l /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p "/sys/fs/cgroup/$2"
  echo $$ > "/sys/fs/cgroup/$2/cgroup.procs"
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn -q -D "$1" -b --register=no --keep-unit --private-network \
    --capability=CAP_BPF --system-call-filter=bpf \
    --console=pipe --machine="$2" < /dev/null
' boot "$root" "$group" > "$root.console" 2>&1 &
guest=$!
# What cutting the power is: the guest's first process is killed and with it, by the kernel, everything in its namespace.
cut_power() { kill -KILL $(cat "/proc/$guest/task/$guest/children") 2> /dev/null || kill -KILL "$guest" 2> /dev/null || true; }
trap 'cut_power; exit 143' TERM INT
end=$((SECONDS + seconds))
while kill -0 "$guest" 2> /dev/null; do
  # The guest asks for a power cut: everything in it dies at once, nothing is written back.
  if [ -e "$root/cut-the-power" ] || [ "$SECONDS" -ge "$end" ]; then
    [ -e "$root/cut-the-power" ] || code=124
    cut_power
    break
  fi
  sleep 0.1
done
wait "$guest" 2> /dev/null || true
unshare --mount --propagation private bash -c '
  umount -R -l /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; cd /sys/fs/cgroup
  find "$1" -depth -type d -exec rmdir {} \; 2> /dev/null' cleanup "$group" || true
if [ -d "$memory_group" ]; then
  echo $$ > /sys/fs/cgroup/memory/cgroup.procs
  rmdir "$memory_group" 2> /dev/null || true
fi
exit "$code"
