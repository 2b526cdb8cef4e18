#!/bin/bash
# Runs inside the second boot, from its beginning: the box comes back by itself, with 512 MB of memory.
RESULTS=/results-after
. /appliance/facts.sh
PHOTOS=/photos

# The first answer, seen from the start of the userland (what is before belongs to the machine and its kernel).
came_back() {
  until_true 60 expect_ok $PHOTOS/franck_01829.jpg || return 1
  local now started; now=$(awk '{ print int($1 * 1000) }' /proc/uptime)
  started=$(($(systemctl show -P UserspaceTimestampMonotonic) / 1000))
  measured "boot (start of systemd) to the first recognised photo: $((now - started)) ms"
}
expect_ok() { expect "$(status_of "$1")" 200; }
fact 'the plug was pulled: after the boot it answers by itself' came_back
remembers() {
  local id photo; [ -s /acknowledged ] || return 1
  while read -r id photo; do expect "$(id_of "$photo")" "$id" || { echo "$photo"; return 1; }; done < /acknowledged
  measured "ids acknowledged before the plug was pulled, all there: $(wc -l < /acknowledged)"
}
fact 'every id that was answered before is there' remembers

memory() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$(systemctl show -P MainPID faceedge)/status"; }
cpu() { curl -fsS $URL/metrics | awk '/^process_cpu_seconds_total/ { print $2 }'; }
under_load() {
  measured "resident memory, idle: $(memory) MB"
  local before i; before=$(systemctl show -P NRestarts faceedge)
  # 200 photos, 64 at a time: as many as the daemon takes at once.
  local cpu_before; cpu_before=$(cpu)
  find $PHOTOS -name '*.jpg' | head -n 25 > /tmp/list
  for i in 1 2 3 4 5 6 7 8; do cat /tmp/list; done | xargs -P 64 -I{} curl -s -m 60 -o /dev/null -w '%{http_code}\n' -F 'file=@{}' $URL/face/predict > /tmp/codes
  sort /tmp/codes | uniq -c
  measured "CPU per photo of that load: $(awk "BEGIN { printf \"%.1f\", ($(cpu) - $cpu_before) * 1000 / 200 }") ms"
  measured "resident memory after 200 photos, 64 at once: $(memory) MB"
  expect "$(systemctl show -P NRestarts faceedge)" "$before" && ! grep -qE '^(000|500)' /tmp/codes
}
fact 'with 512 MB for the whole box it bears 64 photos at once' under_load
huge() {
  local before; before=$(systemctl show -P NRestarts faceedge)
  curl -s -m 60 -F file=@/photos/huge.png $URL/face/predict; echo
  until_true 20 expect_ok $PHOTOS/franck_01829.jpg && measured "resident memory after a 48-megapixel PNG: $(memory) MB; restarts: $(($(systemctl show -P NRestarts faceedge) - before))"
}
fact 'with 512 MB a huge photo takes the daemon down for seconds at most, never the box' huge
echo complete >> "$RESULTS"
systemctl poweroff
