# shellcheck shell=bash
# What the scripts of this folder share: where things are, and how each is started and stopped. Sourced at the root of the repository.

. scripts/shared.sh

CLUSTER=.local/cluster
mkdir -p "$CLUSTER"
CLUSTER_HOME=$(cd "$CLUSTER" && pwd -P)
CLUSTER_PORT=${CLUSTER_PORT:-8400}
REDIS_FRONT_PORT=$((CLUSTER_PORT + 1)) PGBOUNCER_PORT=$((CLUSTER_PORT + 2)) REDIS_1_PORT=$((CLUSTER_PORT + 3)) REDIS_2_PORT=$((CLUSTER_PORT + 4))
PG_1_PORT=$((CLUSTER_PORT + 5)) PG_2_PORT=$((CLUSTER_PORT + 6))
INSTANCE_1_PORT=$((CLUSTER_PORT + 11)) INSTANCE_2_PORT=$((CLUSTER_PORT + 12)) INSTANCE_3_PORT=$((CLUSTER_PORT + 13))
export CLUSTER_HOME CLUSTER_PORT REDIS_FRONT_PORT PGBOUNCER_PORT REDIS_1_PORT REDIS_2_PORT INSTANCE_1_PORT INSTANCE_2_PORT INSTANCE_3_PORT
PATH=$PATH:/usr/sbin

# Made up once for each cluster.
secrets() {
  local name
  if [ ! -f "$CLUSTER/secrets.env" ]; then
    for name in PG_ADMIN_PASSWORD PG_OWNER_PASSWORD PG_SERVING_PASSWORD REDIS_PASSWORD JWT_SECRET PLATFORM_ADMIN_PASSWORD; do
      (umask 077; echo "export $name=$(secret 20)" >>"$CLUSTER/secrets.env")
    done
  fi
  # shellcheck source=/dev/null
  . "$CLUSTER/secrets.env"
}

# The server's files, wherever its user can get at them: "one" was the primary at first, "two" the replica.
pg_home() { scripts/postgres.sh home "$CLUSTER/pg-$1"; }
pg_port() { if [ "$1" = one ]; then echo "$PG_1_PORT"; else echo "$PG_2_PORT"; fi; }
other() { if [ "$1" = one ]; then echo two; else echo one; fi; }
primary() { cat "$CLUSTER/primary"; }

start_pg() { PG_PORT=$(pg_port "$1") scripts/postgres.sh start "$(pg_home "$1")" >/dev/null; }
follow_pg() { PG_PORT=$(pg_port "$1") scripts/postgres.sh follow "$(pg_home "$1")" "$(pg_port "$(other "$1")")" >/dev/null; }
stop_pg() { scripts/postgres.sh stop "$(pg_home "$1")"; }
pg_process() { head -n 1 "$(pg_home "$1")/data/postmaster.pid" 2>/dev/null || true; }
as_admin() { PGPASSWORD=$PG_ADMIN_PASSWORD psql -XqAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$(pg_port "$1")" -U tenantry_admin -d "${3:-tenantry}" -c "$2"; }

start_redis() {
  local port
  if [ "$1" = one ]; then port=$REDIS_1_PORT; else port=$REDIS_2_PORT; fi
  REDIS_PORT=$port REDIS_FOLLOWS=${2:-} scripts/redis.sh start "$CLUSTER/redis-$1" >/dev/null
}

start_pgbouncer() { PGBOUNCER_LOGINS="\"tenantry_app\" \"$PG_SERVING_PASSWORD\"" scripts/pgbouncer.sh start "$(scripts/postgres.sh home "$CLUSTER/pgbouncer")" "$(pg_port "$(primary)")" >"$CLUSTER/pooler"; }

start_haproxy() {
  haproxy -c -q -f deploy/local-cluster/haproxy.cfg
  haproxy -D -p "$CLUSTER/haproxy.pid" -f deploy/local-cluster/haproxy.cfg </dev/null >"$CLUSTER/haproxy.log" 2>&1
}

# The settings of an instance: PostgreSQL through PgBouncer, LISTEN past it, replicas by their own addresses, Redis through HAProxy.
instance_settings() {
  local servers=127.0.0.1:$PG_1_PORT,127.0.0.1:$PG_2_PORT pooler url key bucket_secret
  pooler=$(cat "$CLUSTER/pooler")
  read -r url key bucket_secret <"$CLUSTER/s3-address"
  export APP_ENV=Development APP_BASE_URL=http://127.0.0.1:$CLUSTER_PORT API_HOST=127.0.0.1 TRUSTED_PROXIES=127.0.0.1 DRAIN_SECONDS=3 LOG_LEVEL=Information
  export DATABASE_URL="postgresql://tenantry_app:$PG_SERVING_PASSWORD@${pooler%%\?*}/tenantry?pool_max=50&${pooler#*\?}"
  if [ "${pooler#*\?}" = "$pooler" ]; then DATABASE_URL=${DATABASE_URL%&*}; fi
  export DATABASE_DIRECT_URL=postgresql://tenantry_app:$PG_SERVING_PASSWORD@$servers/tenantry DATABASE_READ_URL=postgresql://tenantry_app:$PG_SERVING_PASSWORD@$servers/tenantry?pool_max=20
  export REDIS_URL=redis://:$REDIS_PASSWORD@127.0.0.1:$REDIS_FRONT_PORT/0 REDIS_DEADLINE_MS=50
  export S3_BUCKET_NAME=tenantry S3_ENDPOINT_URL=$url AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$bucket_secret AWS_REGION=us-east-1 S3_TIMEOUT_SECONDS=10
  export JWT_SECRET PLATFORM_ADMIN_EMAIL=admin@platform.example PLATFORM_ADMIN_PASSWORD DEFAULT_TENANT=default EMAIL_TRANSPORT=mailbox
  export RATE_LIMIT_FREE_PER_MINUTE=unlimited RATE_LIMIT_STANDARD_PER_MINUTE=unlimited RATE_LIMIT_PREMIUM_PER_MINUTE=unlimited RATE_LIMIT_GLOBAL_PER_MINUTE=unlimited RATE_LIMIT_AUTH_PER_MINUTE=unlimited
  export QUOTA_FREE_USERS=unlimited QUOTA_FREE_MESSAGES_PER_MONTH=unlimited QUOTA_FREE_STORAGE_MB=unlimited
}

TENANTRY=src/Tenantry/bin/Release/net10.0/tenantry.dll

instance_port() { echo $((CLUSTER_PORT + 10 + $1)); }
start_instance() {
  (
    instance_settings
    API_PORT=$(instance_port "$1") setsid dotnet "$TENANTRY" serve </dev/null >>"$CLUSTER/instance-$1.log" 2>&1 &
    echo $! >"$CLUSTER/instance-$1.pid"
  )
}
is_ready() { curl -fs -m 3 -o /dev/null "http://127.0.0.1:$1/health/ready"; }
await_ready() {
  local try
  for try in $(seq 600); do if is_ready "$1"; then return; fi; sleep 0.1; done
  fail "Nothing is ready on port $1 after $try tries."
}

# end NOTE PATTERN [SIGNAL]: the process whose number stands in a file, if it is still what it was; waits for it
end() {
  local pid
  pid=$(cat "$1" 2>/dev/null || true)
  if [ -n "$pid" ] && ps -p "$pid" -o command= 2>/dev/null | grep -q "$2"; then
    kill "-${3:-TERM}" "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  fi
  rm -f "$1"
}
stop_instance() { end "$CLUSTER/instance-$1.pid" 'tenantry\.dll' "${2:-TERM}"; }

stop_cluster() {
  local i instances=()
  for i in 1 2 3; do stop_instance $i & instances+=($!); done
  wait "${instances[@]}"
  end "$CLUSTER/haproxy.pid" haproxy
  if [ -d "$CLUSTER/pgbouncer" ]; then scripts/pgbouncer.sh stop "$(scripts/postgres.sh home "$CLUSTER/pgbouncer")"; fi
  for i in one two; do scripts/redis.sh stop "$CLUSTER/redis-$i"; done
  if [ -d "$CLUSTER/s3" ]; then scripts/s3.sh stop "$CLUSTER/s3"; fi
  for i in two one; do if [ -d "$CLUSTER/pg-$i" ]; then stop_pg $i; fi; done
  if [ -f "$CLUSTER/up.pid" ] && [ "$(cat "$CLUSTER/up.pid")" != $$ ]; then end "$CLUSTER/up.pid" 'local-cluster/up'; fi
}
