# shellcheck shell=bash
# Messages that come in and that go out. HISTORY=1000000 bench/run email delivery: beside so many that went out before.
expect email 1/s '>=0.50' - "POST /notifications/email, accepted; floor: pgbench inserting the same two rows, message and count, prepared and pipelined"
expect email_wal B - - "write-ahead log of a message that is accepted"
expect delivery 1/s - - "messages that go out to a mail server on this machine, from a backlog; floor: smtp-source of Postfix, which does nothing but send"

TEXT="It is on its way to you, and will be there in a day or two. $(printf 'Whoever is curious sees where it is. %.0s' 1 2 3 4 5 6 7 8 9 10)"
export TEXT
backlog=10000

case_email() {
  local before made
  clear_messages
  case $1 in
    ours)
      before=$(ask "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
      load "$2" 16 bench/wrk/email.lua "$api/notifications/email"
      [ -z "$warming" ] || return 0
      made=$(ask "SELECT count(*) FROM notification_logs WHERE transport IS DISTINCT FROM 'history'")
      note email_wal ours $((($(ask "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn") - before) / made))
      ;;
    floor) statements "$2" 16 "$cluster/email.sql" ;;
  esac
}

clear_messages() { ask "DELETE FROM notification_logs WHERE transport IS DISTINCT FROM 'history'" >/dev/null; ask "VACUUM (ANALYZE) notification_logs" >/dev/null; }

# As the service writes them, in a transaction with their tenant; not to be sent, or the service would do that meanwhile.
cat >"$cluster/email.sql" <<SQL
\\set tenant random(1, 100)
\\set spread random(0, 3)
\\startpipeline
BEGIN;
SELECT set_config('app.current_tenant_id', '01900000-0000-7000-8000-' || lpad(to_hex(:tenant::int), 12, '0'), true);
INSERT INTO notification_logs (tenant_id, id, sent_by, type, recipient, subject, body, priority, category, is_secret, status, is_ready, due_at, attempts, created_at)
VALUES (current_setting('app.current_tenant_id')::uuid, gen_random_uuid(), gen_random_uuid(), 'email', 'ada@example.com', 'Your order', '$TEXT', 1, 'transactional', false, 'cancelled', false, now(), 0, now());
INSERT INTO message_counts (tenant_id, day, type, country, spread, messages, segments) VALUES (current_setting('app.current_tenant_id')::uuid, current_date, 'email', '', :spread::smallint, 1, 0)
ON CONFLICT (tenant_id, day, type, country, spread) DO UPDATE SET messages = message_counts.messages + excluded.messages;
COMMIT;
\\endpipeline
SQL

add_history_of_messages() {
  ask "INSERT INTO notification_logs (tenant_id, id, type, recipient, subject, body, transport, priority, category, is_secret, status, is_ready, due_at, attempts, sent_at, created_at)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n % 100 + 1), 12, '0'))::uuid, gen_random_uuid(), 'email', 'user-' || n || '@example.com', 'Your order', '$TEXT', 'history', 1, 'transactional', false, 'sent', false, now(), 1, now(), now() - n * interval '1 second'
    FROM generate_series(1, $1) n" >/dev/null
}

# smtp-sink and smtp-source come with Postfix, which nobody wants to install for them: its package is opened under .local.
need_smtp() {
  local tools=$PWD/.local/postfix
  command -v smtp-sink >/dev/null && return
  if [ ! -x "$tools/usr/sbin/smtp-sink" ]; then
    command -v dpkg-deb >/dev/null || fail "smtp-sink is missing. It comes with Postfix: install that."
    mkdir -p "$tools"
    (cd "$tools" && apt-get download postfix >/dev/null 2>&1 && dpkg-deb -x postfix_*.deb .) || fail "smtp-sink is missing. Run:  sudo apt-get install -y postfix"
  fi
  export PATH=$tools/usr/sbin:$PATH LD_LIBRARY_PATH=$tools/usr/lib/postfix
}

measure_delivery() {
  local smtp=$((API_PORT + 4)) begun before _ as_user=()
  need_smtp
  if [ "$(id -u)" = 0 ]; then as_user=(-u nobody); fi
  start smtp-sink smtp-sink "${as_user[@]}" 127.0.0.1:$smtp 100
  stop ours # it would send one a second of the same backlog
  for _ in $(seq "$rounds"); do
    begun=$(date +%s%N)
    smtp-source -s 8 -m "$backlog" -l 1000 -f a@example.com -t ada@example.com "127.0.0.1:$smtp"
    note delivery floor $((backlog * 1000000000 / ($(date +%s%N) - begun)))
    clear_messages
    ask "INSERT INTO notification_logs (tenant_id, id, type, recipient, subject, body, priority, category, is_secret, status, is_ready, due_at, attempts, created_at)
      SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n % 100 + 1), 12, '0'))::uuid, gen_random_uuid(), 'email', 'user-' || n || '@example.com', 'Your order', '$TEXT', 1, 'transactional', false, 'queued', true, now(), 0, now()
      FROM generate_series(1, $backlog) n" >/dev/null
    (export EMAIL_TRANSPORT=smtp SMTP_URL="smtp://127.0.0.1:$smtp?tls=off" EMAIL_PER_SECOND=unlimited; serve other $((API_PORT + 3)))
    until [ "$(ask "SELECT count(*) FROM notification_logs WHERE is_ready")" -lt $((backlog * 3 / 4)) ]; do sleep 0.1; done # what a start costs is over
    begun=$(date +%s%N) before=$(ask "SELECT count(*) FROM notification_logs WHERE status = 'sent' AND transport = 'smtp'")
    until [ "$(ask "SELECT count(*) FROM notification_logs WHERE status IN ('queued', 'sending')")" = 0 ]; do sleep 0.1; done
    note delivery ours $(((backlog - before) * 1000000000 / ($(date +%s%N) - begun)))
    stop other
  done
  stop smtp-sink
  clear_messages
  serve ours "$API_PORT"
}
