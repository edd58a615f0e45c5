# shellcheck shell=bash
# An instance that has just started, its schema current, and that nobody asks anything.
expect start s '<=1.5' - "from the start of the process to /health/ready"
expect idle MiB '<=120' - "resident memory five seconds later"

measure_idle() {
  local _ begun
  for _ in $(seq "$rounds"); do
    begun=$(date +%s%N)
    serve other $((API_PORT + 3))
    note start ours "$(awk -v nanoseconds=$(($(date +%s%N) - begun)) 'BEGIN { print nanoseconds / 1e9 }')"
    sleep 5
    note idle ours "$(ps -o rss= -p "$(cat "$cluster/running/other")" | awk '{ print $1 / 1024 }')"
    stop other
  done
}
