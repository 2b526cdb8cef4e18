#!/bin/bash
# Runs inside the emulated machine, as the last job of each boot. Before the power cut: the package is installed and gets to know
# people. After it, on another processor: they are known. usage: guest.sh (which of both, the disk says)
RESULTS=/tmp/results PATIENCE=20
. /appliance/facts.sh
export DEBIAN_FRONTEND=noninteractive
PHOTOS=/photos
ALICE=$PHOTOS/franck_01829.jpg ALICE_AGAIN=$PHOTOS/franck_02221.jpg BOB=$PHOTOS/obama4_crop.jpg
port=/dev/virtio-ports/results
until_true 60 test -e $port
exec > $port 2>&1

part=$(grep -m 1 '^CPU part' /proc/cpuinfo | sed 's/.*0x//')
case $part in d08) cpu=Cortex-A72 ;; d0b) cpu=Cortex-A76 ;; *) cpu="CPU part $part" ;; esac
active() { [ "$(systemctl show -P ActiveState faceedge)" = active ]; }
started() { until_true 60 eval 'active && answers' || { systemctl status faceedge --no-pager; journalctl -u faceedge --no-pager -n 20; return 1; }; }

installs() {
  apt-get install -y --no-install-recommends /packages/faceedge_*_arm64.deb 2>&1 && expect "$(dpkg-query -W -f '${Architecture}' faceedge)" arm64 &&
    dpkg --verify faceedge && [ -z "$(dpkg --audit)" ]
}
is_whole() { expect "$(systemctl show -P Type faceedge)" notify && systemctl is-enabled faceedge && expect "$(systemctl show -P NRestarts faceedge)" 0; }
contained() {
  local status; status=/proc/$(systemctl show -P MainPID faceedge)/status
  grep -E '^(CapEff|NoNewPrivs|Seccomp):' "$status"
  grep -qE '^CapEff:\s+0+$' "$status" && grep -qE '^NoNewPrivs:\s+1' "$status" && grep -qE '^Seccomp:\s+2' "$status" &&
    expect "$(systemctl show -P MemoryDenyWriteExecute faceedge)" yes
}
recognises() {
  local alice bob; alice=$(id_of $ALICE) bob=$(id_of $BOB)
  [ -n "$alice" ] && [ -n "$bob" ] && [ "$alice" != "$bob" ] && expect "$(id_of $ALICE_AGAIN)" "$alice" || return 1
  printf '%s\n' "$alice $ALICE" "$alice $ALICE_AGAIN" "$bob $BOB" > /acknowledged
  sync /acknowledged
}
remembers() {
  local id photo; [ -s /acknowledged ] || return 1
  while read -r id photo; do expect "$(id_of "$photo")" "$id" || { echo "$photo"; return 1; }; done < /acknowledged
}

fast_lane() {
  faceedge doctor | grep 'JPEG through Skia,' || { faceedge doctor; return 1; }
  apt-get install -y --no-install-recommends libturbojpeg0 && timeout 1200 systemctl restart faceedge && started &&
    faceedge doctor | grep -q 'JPEG through libturbojpeg' && remembers
}

if [ ! -e /acknowledged ]; then
  fact "$cpu: apt installs the package with what it depends on" installs
  fact "$cpu: systemd starts it, and it answers" started
  fact "$cpu: Type=notify, starts at boot, never restarted" is_whole
  fact "$cpu: no capabilities, system calls filtered, no generated code" contained
  fact "$cpu: a photo gets an id, the same person again the same, somebody else another" recognises
  fact "$cpu: doctor finds nothing wrong" faceedge doctor
  fact "$cpu: with libturbojpeg, installed later, the same people are known" fast_lane
  echo complete
  # Whoever runs this machine ends it now, without a word to anything in it.
  echo cut-the-power
  sleep infinity
fi
fact "$cpu: after the power cut systemd starts it by itself" started
fact "$cpu: every id that was answered before is there" remembers
fact "$cpu: verify finds the database whole" faceedge verify
fact "$cpu: doctor finds nothing wrong, after the cut" faceedge doctor
echo complete
systemctl poweroff
