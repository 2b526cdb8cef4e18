# Sourced by the scripts here: facts, waiting, and the daemon's API in three words. RESULTS is the file that is judged.
: "${RESULTS:?the file for the results}"
# Multiplies how long anything is waited for: an emulated processor is slow.
: "${PATIENCE:=1}"

# fact NAME COMMAND... : the command's exit code decides; what it printed is shown when it failed.
fact() {
  local fact_name=$1 log began=$SECONDS; shift
  log=$(mktemp)
  if "$@" > "$log" 2>&1; then
    echo "ok   $fact_name" | tee -a "$RESULTS"
  else
    { echo "FAIL $fact_name ($((SECONDS - began)) s)"; tail -n 25 "$log" | sed 's/^/       /'; } | tee -a "$RESULTS"
  fi
  rm -f "$log"
}
measured() { echo "  =  $*" | tee -a "$RESULTS"; }

# until_true SECONDS COMMAND... : tries ten times a second, for that long times PATIENCE.
until_true() {
  local end=$(($(date +%s%N) + $1 * PATIENCE * 1000000000)); shift
  until "$@" > /dev/null 2>&1; do
    [ "$(date +%s%N)" -lt "$end" ] || { echo "not within the time: $*"; return 1; }
    sleep 0.1
  done
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

URL=http://127.0.0.1:5000
answers() { curl -fsS -m $((5 * PATIENCE)) "$URL/readyz" > /dev/null; }
status_of() { curl -s -m $((30 * PATIENCE)) -o /dev/null -w '%{http_code}' -F "file=@$1" "$URL/face/predict"; }
id_of() { curl -fsS -m $((30 * PATIENCE)) -F "file=@$1" "$URL/face/predict" | sed -n 's/.*"id":\([0-9]*\).*/\1/p'; }
expect() { [ "$1" = "$2" ] || { echo "expected '$2', got '$1'"; return 1; }; }
