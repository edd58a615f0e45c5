# shellcheck shell=bash
# A file in and out, one at a time, from a bucket and from the disk. MEGABYTES=90 bench/run files: a larger one.
megabytes=${MEGABYTES:-10}
expect upload MB/s '>=0.80' - "POST /files/upload of $megabytes MB into a bucket; floor: the SDK alone"
expect download MB/s '>=0.80' - "GET /files/{id}/download of the same, which leads to the bucket; floor: the SDK alone"
expect upload_disk MB/s '>=0.80' - "the same into a folder; floor: bare Kestrel, which flushes it to the disk as the service does"
expect download_disk MB/s '>=0.80' - "the same out of a folder; floor: bare Kestrel, which sends the file"

measure_files() {
  local _ where id token file=$cluster/large.bin times=$((2 * rounds + 1)) url key secret s3
  scripts/s3.sh need || { say "No S3 server: files are left out."; return; }
  mkdir -p "$cluster/s3"
  s3=$(scripts/s3.sh start "$cluster/s3")
  read -r url key secret <<<"$s3"
  head -c $((megabytes * 1024 * 1024)) /dev/urandom >"$file"
  token=$(sign_in "$API_PORT" tenant-1 user-1@tenant-1.example)
  (export S3_BUCKET_NAME=bench S3_ENDPOINT_URL=$url AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$secret
    dotnet "$floors" bucket put "$url" "$key" "$secret" "$file" 0 # makes the bucket
    serve other $((API_PORT + 3)))
  start disk dotnet "$floors" disk $((API_PORT + 4)) "$cluster/floor"
  answers disk "http://127.0.0.1:$((API_PORT + 4))/ready"
  local ours=http://localhost:$API_PORT/api/v1/files bucket=http://localhost:$((API_PORT + 3))/api/v1/files bare=http://127.0.0.1:$((API_PORT + 4))/files
  for _ in $(seq "$rounds"); do
    dotnet "$floors" bucket put "$url" "$key" "$secret" "$file" "$times" | note_speed upload floor
    upload upload ours "$bucket/upload"
    upload upload_disk floor "$bare"
    upload upload_disk ours "$ours/upload"
    dotnet "$floors" bucket get "$url" "$key" "$secret" "$file" "$times" | note_speed download floor
    download download ours upload "$bucket" /download
    download download_disk floor upload_disk "$bare"
    download download_disk ours upload_disk "$ours" /download
  done
  stop other
  stop disk
  scripts/s3.sh stop "$cluster/s3"
  rm -rf "$cluster/s3" "$cluster/files" "$file" "$cluster/floor"
}

# upload CASE WHAT URL: on one connection, of which the first is not counted, as it opens that
upload() {
  local each=() _
  for _ in $(seq $((times + 1))); do each+=(-T "$file" -o "$cluster/uploaded.$1.$2" "$3"); done
  curl -fsS -X POST -H "authorization: Bearer $token" -H 'expect:' -w '%{time_total}\n' "${each[@]}" >"$cluster/times" || fail "An upload failed."
  tail -n +2 "$cluster/times" | awk '{ print $1 * 1000 }' | note_speed "$1" "$2"
}

# download CASE WHAT UPLOADED URL [SUFFIX]: what was last uploaded by WHAT in the case UPLOADED
download() {
  local each=() _ id
  id=$(sed 's/^{"id":"\([^"]*\)".*/\1/' "$cluster/uploaded.$3.$2")
  for _ in $(seq $((times + 1))); do each+=(-o /dev/null "$4/$id${5:-}"); done
  curl -fsSL -H "authorization: Bearer $token" -w '%{time_total}\n' "${each[@]}" >"$cluster/times" || fail "A download failed."
  tail -n +2 "$cluster/times" | awk '{ print $1 * 1000 }' | note_speed "$1" "$2"
}

# note_speed CASE WHAT: MB a second, of the median of the milliseconds on the input
note_speed() {
  local median
  median=$(sort -n | awk '{ all[NR] = $1 } END { if (NR > 0) print all[int((NR + 1) / 2)] }')
  [ -n "$median" ] || fail "$1 was not measured."
  note "$1" "$2" "$(awk -v mb="$megabytes" -v ms="$median" 'BEGIN { print mb * 1000 / ms }')"
}
