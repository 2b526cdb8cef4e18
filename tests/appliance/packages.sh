#!/bin/bash
# Runs inside a chroot without a running systemd: what dpkg does to a box that is just being made, or loses power meanwhile.
RESULTS=/results-packages
. /appliance/facts.sh
export DEBIAN_FRONTEND=noninteractive
DATA=/var/lib/faceedge
installed() { expect "$(dpkg-query -W -f '${Status}' faceedge)" 'install ok installed' && dpkg --verify faceedge && [ -z "$(dpkg --audit)" ]; }
# A stand-in for people: the daemon's own database needs a running daemon, which the booted root has.
people() { mkdir -p -m 700 $DATA && chown faceedge: $DATA && echo people > $DATA/Image.db; }
has_people() { expect "$(cat $DATA/Image.db)" people; }

install() { apt-get install -y --no-install-recommends /packages/one/faceedge_*.deb && installed && id faceedge && [ -L /etc/systemd/system/multi-user.target.wants/faceedge.service ]; }
fact 'installs where no systemd runs (an image being built); it will start at boot' install
people
upgrade() { dpkg -i /packages/two/faceedge_*.deb && installed && has_people; }
fact 'upgrade' upgrade
downgrade() { dpkg -i /packages/one/faceedge_*.deb && installed && has_people; }
fact 'downgrade' downgrade
remove() { apt-get remove -y faceedge && has_people && [ -e /etc/faceedge/faceedge.json ] && [ ! -e /usr/bin/faceedge ]; }
fact 'remove keeps people and settings' remove
reinstall() { dpkg -i /packages/one/faceedge_*.deb && installed && has_people; }
fact 'installed again over them' reinstall
purge() { apt-get purge -y faceedge | tee /tmp/log; grep -q 'deleted /var/lib/faceedge' /tmp/log && [ ! -e $DATA ] && [ ! -e /etc/faceedge ] && [ ! -e /usr/lib/faceedge ]; }
fact 'purge leaves nothing' purge
purge_removed() { dpkg -i /packages/one/faceedge_*.deb && people && apt-get remove -y faceedge && apt-get purge -y faceedge && [ ! -e $DATA ]; }
fact 'purge after remove deletes what remove kept' purge_removed

# kill -9 of dpkg and all it started, at points spread over an installation; then what an administrator is told to do.
power_cut() { # power_cut MILLISECONDS PACKAGE
  setsid dpkg -i "$2" > /tmp/log 2>&1 & local dpkg=$!
  sleep "$(awk "BEGIN { print $1 / 1000 }")"
  kill -KILL -- "-$dpkg" 2> /dev/null; wait "$dpkg" 2> /dev/null
  # Half configured or half unpacked: the first mends the one, the second the other.
  dpkg --configure -a; dpkg -i "$2" && installed && has_people
}
dpkg -i /packages/one/faceedge_*.deb > /dev/null 2>&1; people
began=$(milliseconds); dpkg -i /packages/two/faceedge_*.deb > /dev/null 2>&1; took=$(($(milliseconds) - began))
measured "dpkg -i of the upgrade: $took ms"
cuts() {
  local i at; for i in $(seq 8); do
    at=$((took * i / 8 + RANDOM % 40)); package=$([ $((i % 2)) = 0 ] && echo /packages/one || echo /packages/two)
    power_cut $at $package/faceedge_*.deb || { echo "killed after $at ms"; cat /tmp/log; return 1; }
  done
}
fact 'dpkg killed at eight points of an upgrade: dpkg --configure -a and dpkg -i mend it, people are kept' cuts
first_cuts() {
  local i at; for i in $(seq 5); do
    apt-get purge -y faceedge > /dev/null 2>&1; people 2> /dev/null
    at=$((took * i / 5 + RANDOM % 40)); power_cut $at /packages/one/faceedge_*.deb || { echo "killed after $at ms"; cat /tmp/log; return 1; }
  done
}
fact 'dpkg killed at five points of a first installation: the same' first_cuts
echo complete >> "$RESULTS"
