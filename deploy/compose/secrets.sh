#!/bin/sh
# Makes up what docker-compose.yml needs to be secret, once, into a volume that its services alone mount: a file for each, named after the setting it is.
# Runs in the image of PostgreSQL, before everything else. What is there stays as it is.
set -eu
umask 022 # the services that read them run as users of their own
cd "${1:-/secrets}"

random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# keep NAME VALUE
keep() { [ -s "$1" ] || { printf '%s\n' "$2" >"$1.new" && mv "$1.new" "$1"; }; }

# part NAME BYTES: what several settings are made of
part() { keep "$1" "$(random "$2")" && cat "$1"; }

admin=$(part POSTGRES_PASSWORD 24)
owner=$(part POSTGRES_OWNER_PASSWORD 24)
serving=$(part POSTGRES_SERVING_PASSWORD 24)
redis=$(part REDIS_PASSWORD 24)
keep ADMIN_DATABASE_URL "postgresql://postgres:$admin@postgres:5432/postgres"
keep MIGRATION_DATABASE_URL "postgresql://tenantry_owner:$owner@postgres:5432/tenantry"
keep DATABASE_URL "postgresql://tenantry_app:$serving@postgres:5432/tenantry"
keep REDIS_URL "redis://:$redis@redis:6379/0"
keep JWT_SECRET "$(random 32)"
keep PLATFORM_ADMIN_PASSWORD "$(random 9)"
keep AWS_ACCESS_KEY_ID "$(random 10)"
keep AWS_SECRET_ACCESS_KEY "$(random 20)"
keep GRAFANA_PASSWORD "$(random 9)"
