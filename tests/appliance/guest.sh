#!/bin/bash
# Runs inside the booted root, as its last job: the life of a box from the installation to the day the plug is pulled.
RESULTS=/results
. /appliance/facts.sh
export DEBIAN_FRONTEND=noninteractive
PHOTOS=/photos
ALICE=$PHOTOS/franck_01829.jpg ALICE_AGAIN=$PHOTOS/franck_02221.jpg
DATA=/var/lib/faceedge

pid() { systemctl show -P MainPID faceedge; }
restarts() { systemctl show -P NRestarts faceedge; }
active() { [ "$(systemctl show -P ActiveState faceedge)" = active ]; }
journal() { journalctl -u faceedge -o cat --no-pager "$@"; }
since() { date '+%Y-%m-%d %H:%M:%S.%6N'; }
# drop_in NAME LINES : settings of the unit for one test; without lines they go again.
drop_in() {
  local file=/etc/systemd/system/faceedge.service.d/$1.conf
  mkdir -p "${file%/*}"
  if [ $# -gt 1 ]; then printf '[Service]\n%s\n' "$2" > "$file"; else rm -f "$file"; fi
  systemctl daemon-reload
}
restart() { timeout 60 systemctl restart faceedge && until_true 10 answers || { journal -n 10; return 1; }; }
# said SINCE PATTERN : within 15 s the journal has a line like that since then.
said() { until_true 15 eval "journal --since '$1' | grep -qiE '$2'" || { journal --since "$1"; return 1; }; }

### The first day
installs() {
  local began; began=$(milliseconds)
  apt-get install -y --no-install-recommends /packages/one/faceedge_*.deb > /tmp/apt.log 2>&1 || { cat /tmp/apt.log; return 1; }
  until_true 20 answers || { systemctl status faceedge --no-pager; journal; return 1; }
  measured "apt install, dependencies and first answer included: $(($(milliseconds) - began)) ms"
  grep faceedge: /tmp/apt.log
}
fact 'apt install ./faceedge_*.deb is the whole installation' installs
is_enabled() { systemctl is-enabled faceedge && active; }
fact 'the service runs and starts at boot' is_enabled
fast_lane() {
  faceedge doctor | grep -q 'JPEG through Skia' || { faceedge doctor; return 1; }
  id_of $ALICE > /dev/null || return 1
  apt-get install -y --no-install-recommends libturbojpeg0 > /tmp/apt.log 2>&1 || { cat /tmp/apt.log; return 1; }
  restart && faceedge doctor | grep -q 'JPEG through libturbojpeg'
}
fact 'it works without the codecs it recommends, and uses libturbojpeg once that is there' fast_lane
own_user() { expect "$(ps_user)" faceedge && [ "$(id -u faceedge)" -lt 1000 ]; }
ps_user() { stat -c %U "/proc/$(pid)"; }
fact 'it runs as a system user of its own' own_user
private_data() { expect "$(stat -c '%a %U' $DATA)" '700 faceedge' && expect "$(stat -c '%a %U' $DATA/Image.db)" '600 faceedge'; }
fact 'the people it knows are readable by nobody else' private_data
recognises() {
  local alice; alice=$(id_of $ALICE) && [ -n "$alice" ] && expect "$(id_of $ALICE_AGAIN)" "$alice" &&
    [ "$(id_of $PHOTOS/obama4_crop.jpg)" != "$alice" ]
}
fact 'a photo gets an id, the same person again the same, somebody else another' recognises
fact 'systemctl status names the people known' eval "systemctl status faceedge --no-pager | grep -iE 'Status: .*(people|person)'"
fact 'doctor finds nothing wrong' faceedge doctor
one_line_a_request() {
  local from; from=$(since)
  for _ in 1 2 3 4 5 6 7 8 9 10; do id_of $ALICE > /dev/null; done; sleep 0.5
  journal --since "$from"; [ "$(journal --since "$from" | wc -l)" -le 11 ]
}
fact 'the journal gets at most one line a request' one_line_a_request
has_metrics() {
  local name
  curl -fsS $URL/metrics > /tmp/metrics &&
    for name in http_server_request_duration_seconds faceedge_recognition_duration_seconds faceedge_people faceedge_outcomes_total; do
      grep -q "^$name" /tmp/metrics || { echo "$name is missing"; return 1; }
    done
}
fact '/metrics has the names the dashboard uses' has_metrics

### The sandbox
exposure() {
  local score; score=$(systemd-analyze security faceedge.service --no-pager | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
  measured "systemd-analyze security: $score"
  systemd-analyze security faceedge.service --no-pager | grep '^✗'
  awk "BEGIN { exit !($score <= 1.2) }"
}
fact 'exposure is 1.2 or less' exposure
contained() {
  local status=/proc/$(pid)/status
  grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' "$status"
  grep -qE '^CapEff:\s+0+$' "$status" && grep -qE '^CapBnd:\s+0+$' "$status" && grep -qE '^NoNewPrivs:\s+1' "$status" && grep -qE '^Seccomp:\s+2' "$status" &&
    awk '$5 == "/" { print $6; found = $6 ~ /(^|,)ro(,|$)/ && $6 ~ /noexec/ } END { exit !found }' "/proc/$(pid)/mountinfo"
}
fact 'no capabilities, system calls filtered, the root read-only and not executable' contained
lan_closed() {
  ip address add 192.168.7.1/24 dev lo
  drop_in listen 'Environment=FACEEDGE__Urls=http://0.0.0.0:5000' && restart &&
    ! curl -s -m 2 -o /dev/null http://192.168.7.1:5000/healthz
}
fact 'from the network nobody gets through, even if Urls says so' lan_closed
lan_open() {
  drop_in listen
  cp /usr/share/doc/faceedge/examples/lan.conf /etc/systemd/system/faceedge.service.d/ && systemctl daemon-reload && restart &&
    curl -fsS -m 2 http://192.168.7.1:5000/healthz
}
fact 'lan.conf as installed opens it to the local network' lan_open
rm -f /etc/systemd/system/faceedge.service.d/lan.conf
systemctl daemon-reload; restart

### The administrator
# posts ALICE until the file /tmp/stop is there; a line with the status for each.
post_on() { rm -f /tmp/stop; ( while [ ! -e /tmp/stop ]; do status_of $ALICE; echo; done > "$1" ) & }
reload_drops_nothing() {
  local from; from=$(since)
  post_on /tmp/posted
  for _ in 1 2 3; do sleep 0.3; systemctl reload faceedge || return 1; done
  sleep 0.3; touch /tmp/stop; wait
  sort /tmp/posted | uniq -c; [ "$(wc -l < /tmp/posted)" -gt 5 ] && ! grep -qv '^200$' /tmp/posted
}
fact 'reload drops no request' reload_drops_nothing
bad_reload() {
  cp /etc/faceedge/faceedge.json /tmp/kept.json
  printf '{\n  "Storage": {\n    "KeepImages": "none",,\n  }\n}\n' > /etc/faceedge/faceedge.json
  local from; from=$(since); ! systemctl reload faceedge && answers && said "$from" 'faceedge\.json.*(line|LineNumber)'
}
fact 'reload fails with a broken configuration, which is named; the old one stays in force' bad_reload
bad_start() {
  local from before; from=$(since); before=$(restarts)
  ! systemctl restart faceedge && said "$from" 'faceedge\.json.*(line|LineNumber)' && journal --since "$from" && sleep 5 &&
    expect "$(systemctl show -P ExecMainStatus faceedge)" 78 && expect "$(systemctl show -P ActiveState faceedge)" failed
}
fact 'a broken configuration at start: one line that names line and file, exit code 78, no restart loop' bad_start
fact 'doctor names a broken configuration' eval '! faceedge doctor'
cp /tmp/kept.json /etc/faceedge/faceedge.json
fact 'mended, it starts again' restart

### Others in the way
port_taken() {
  systemctl stop faceedge
  timeout 60 /usr/lib/faceedge/faceedge serve --DataDirectory /tmp/other > /tmp/other.log 2>&1 & local other=$!
  until_true 10 answers || return 1
  local from; from=$(since)
  systemctl start --no-block faceedge; said "$from" '(in use|taken|5000)' || { kill $other; return 1; }
  journal --since "$from"
  kill $other; wait $other
  until_true 15 eval 'active && answers'
}
fact 'port taken: said so, and it starts by itself when the port is free' port_taken
second_daemon() {
  active || return 1
  timeout 15 setpriv --reuid faceedge --regid faceedge --clear-groups /usr/lib/faceedge/faceedge serve --DataDirectory $DATA --Urls http://127.0.0.1:5001
  local code=$?; expect $code 74 && answers
}
fact 'a second daemon on the same database refuses (74), the first goes on' second_daemon
read_only() {
  systemctl stop faceedge; mv $DATA /tmp/data; mkdir $DATA; mount -t tmpfs -o ro,mode=700,uid=$(id -u faceedge) none $DATA
  local from; from=$(since); systemctl start --no-block faceedge; said "$from" '(read-only|not writable|can not be written)'; local found=$?
  journal --since "$from" | tail -n 4
  umount $DATA; rmdir $DATA; mv /tmp/data $DATA; [ $found = 0 ] && until_true 20 eval 'active && answers'
}
fact 'a read-only data folder: said so, and it starts by itself when that is over' read_only
wrong_owner() {
  systemctl stop faceedge; chown root:root $DATA/Image.db*
  local from; from=$(since); systemctl start --no-block faceedge; said "$from" '(permission|denied|owner|not writable|access)'; local found=$?
  journal --since "$from" | tail -n 4
  chown faceedge:faceedge $DATA/Image.db*; [ $found = 0 ] && until_true 20 eval 'active && answers'
}
fact 'files of another owner: said so, and it starts by itself when that is mended' wrong_owner
wrong_folder_owner() { systemctl stop faceedge; chown -R root:root $DATA; restart && expect "$(stat -c %U $DATA/Image.db)" faceedge; }
fact 'a whole data folder of another owner is taken over at start' wrong_folder_owner
in_1970() {
  drop_in clock "$(printf 'Environment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1\nEnvironment=FAKETIME=@1970-01-01\\x2000:00:10 FAKETIME_DONT_FAKE_MONOTONIC=1')"
  restart && expect "$(status_of $ALICE)" 200 && journal -n 3 -o cat
}
fact 'with the clock in 1970 it starts and recognises' in_1970
drop_in clock; restart

### A disk that is full
disk_full() {
  systemctl stop faceedge; mv $DATA /tmp/data; mkdir $DATA
  mount -t tmpfs -o "size=6m,mode=700,uid=$(id -u faceedge),gid=$(id -g faceedge)" none $DATA && cp -a /tmp/data/. $DATA/ && restart &&
    expect "$(status_of $ALICE)" 200 || return 1
  dd if=/dev/zero of=$DATA/filler bs=4k 2> /dev/null; chown faceedge $DATA/filler
  expect "$(status_of $PHOTOS/chuck_crop.jpg)" 507 && expect "$(status_of $ALICE)" 200
}
fact 'disk full: known people are recognised, a new one is refused with 507' disk_full
full_at_start() {
  local from; from=$(since); systemctl restart --no-block faceedge; sleep 3; journal --since "$from"
  active && expect "$(status_of $ALICE)" 200 || said "$from" '(full|no space)'
}
fact 'disk full at start: it recognises, or says what is wrong' full_at_start
room_again() { rm $DATA/filler; until_true 15 eval 'active && answers' && expect "$(status_of $PHOTOS/chuck_crop.jpg)" 200; }
fact 'room again: new people are kept, without anybody helping' room_again
systemctl stop faceedge; umount $DATA && rmdir $DATA && mv /tmp/data $DATA; restart

### Hung and killed
watchdog() { # watchdog COMMAND... : hangs it; systemd must restart it
  drop_in watchdog 'WatchdogSec=3'; restart || return 1
  local from before; from=$(since); before=$(restarts); "$@" || return 1
  until_true 30 eval "[ \$(restarts) -gt $before ]" && until_true 15 answers && journalctl -u faceedge --since "$from" --no-pager | grep -i watchdog
}
fact 'hung, the watchdog restarts it' watchdog eval 'kill -STOP $(pid)'
drop_in watchdog
crash() {
  restart; post_on /tmp/posted; sleep 1
  local began; kill -KILL "$(pid)"; began=$(milliseconds)
  until_true 15 eval 'active && answers' || return 1
  measured "kill -9 under load to the next answer: $(($(milliseconds) - began)) ms, of which RestartSec 2000"
  touch /tmp/stop; wait; expect "$(status_of $ALICE)" 200
}
fact 'killed under load it is back, and knows everybody' crash
eight_crashes() {
  local i; for i in $(seq 8); do until_true 15 eval 'active && answers' || return 1; kill -KILL "$(pid)"; done
  until_true 15 eval 'active && answers'
}
fact 'eight crashes in a row: systemd does not give up' eight_crashes

killed_at_creation() {
  local i daemon
  for i in 1 3 5 7 9 12 16 24; do
    rm -rf /tmp/fresh
    /usr/lib/faceedge/faceedge serve --DataDirectory /tmp/fresh --Urls http://127.0.0.1:5002 > /tmp/fresh.log 2>&1 & daemon=$!
    sleep "$(awk "BEGIN { print $i / 50 }")"; kill -KILL $daemon; wait $daemon 2> /dev/null
    /usr/lib/faceedge/faceedge serve --DataDirectory /tmp/fresh --Urls http://127.0.0.1:5002 > /tmp/fresh.log 2>&1 & daemon=$!
    URL=http://127.0.0.1:5002 until_true 15 answers || { cat /tmp/fresh.log; return 1; }
    kill $daemon; wait $daemon || return 1
  done
}
fact 'killed at eight points of the first start, while the database is made: the next start is well' killed_at_creation

### New versions and old
known() { id_of $ALICE; }
KNOWN=$(known)
upgrade() {
  post_on /tmp/posted; local began; began=$(milliseconds)
  apt-get install -y /packages/two/faceedge_*.deb > /tmp/apt.log 2>&1 || { cat /tmp/apt.log; return 1; }
  until_true 15 answers; measured "upgrade under load: $(($(milliseconds) - began)) ms; requests meanwhile: $(sort /tmp/posted | uniq -c | tr -s ' \n' ' ')(000: not answered)"
  touch /tmp/stop; wait
  expect "$(known)" "$KNOWN" && active
}
fact 'upgrade: the same people, the daemon restarted' upgrade
keeps_settings() { echo '// mine' >> /etc/faceedge/faceedge.json; apt-get install -y --reinstall /packages/two/faceedge_*.deb > /tmp/apt.log 2>&1; grep -q mine /etc/faceedge/faceedge.json && answers; }
fact "a reinstallation keeps the administrator's settings" keeps_settings
SCHEMA=$(sqlite3 -readonly $DATA/Image.db "SELECT value FROM meta WHERE key = 'schema_version'")
newer_schema() {
  systemctl stop faceedge; sqlite3 $DATA/Image.db "UPDATE meta SET value = '99' WHERE key = 'schema_version'"; sync
  local from sum; from=$(since); sum=$(sha256sum < $DATA/Image.db)
  apt-get install -y --allow-downgrades /packages/one/faceedge_*.deb; local code=$?
  expect $code 0 && said "$from" '(newer|schema)' && journal --since "$from" | tail -n 3 && ! active && expect "$(sha256sum < $DATA/Image.db)" "$sum"
}
fact 'downgrade below a newer database: refused in a clear line, nothing is changed' newer_schema
systemctl stop faceedge; sqlite3 $DATA/Image.db "UPDATE meta SET value = '$SCHEMA' WHERE key = 'schema_version'"; chown faceedge: $DATA/*
downgrade() { restart && expect "$(known)" "$KNOWN"; }
fact 'downgrade with the same schema works' downgrade
remove() {
  apt-get remove -y faceedge > /tmp/apt.log 2>&1; grep 'faceedge:' /tmp/apt.log || return 1
  [ -s $DATA/Image.db ] && [ -e /etc/faceedge/faceedge.json ] && ! systemctl is-active faceedge && [ ! -e /usr/lib/faceedge/faceedge ]
}
fact 'remove keeps people and settings, and says so' remove
again() { apt-get install -y /packages/two/faceedge_*.deb > /tmp/apt.log 2>&1; until_true 15 answers && expect "$(known)" "$KNOWN"; }
fact 'installed again, it knows everybody' again
purge() { apt-get purge -y faceedge > /tmp/apt.log 2>&1; grep 'deleted' /tmp/apt.log && [ ! -e $DATA ] && [ ! -e /etc/faceedge ] && ! systemctl list-units --all --plain | grep faceedge; }
fact 'purge deletes everything, and says so' purge
fresh() { apt-get install -y /packages/one/faceedge_*.deb > /tmp/apt.log 2>&1; until_true 15 answers && expect "$(known)" 1; }
fact 'installed after a purge it knows nobody' fresh

### The plug is pulled while people are being registered: every id that was answered is written down for the next boot.
echo complete >> "$RESULTS"
for photo in $PHOTOS/*.jpg; do
  id=$(id_of "$photo" 2> /dev/null) && [ -n "$id" ] && echo "$id $photo" >> /acknowledged
done &
sleep "1.$((RANDOM % 900 + 100))"
touch /cut-the-power
sleep infinity
