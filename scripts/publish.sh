#!/usr/bin/env bash
# The service as it is put on a server: compiled ahead for this kind of machine (ReadyToRun), so that it starts in half the time. The .NET runtime is not in it.
#   scripts/publish.sh FOLDER [ARCH]    then: dotnet FOLDER/tenantry.dll serve
#     ARCH    another kind of processor than this one's: amd64, arm64
# The first time takes a minute or two; after a change only what changed is compiled anew.
set -euo pipefail
folder=$(mkdir -p "${1:?usage: scripts/publish.sh FOLDER [ARCH]}" && cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/shared.sh
need_dotnet
if [ -n "${2:-}" ]; then machine=(--os linux --arch "$2"); else machine=(--use-current-runtime); fi
mkdir -p .local
log=.local/publish.log
# What compiles ahead is a package of this kind of machine, which the lock file, being of all kinds, does not name. Versions are those of Directory.Packages.props all the same.
dotnet publish src/Tenantry --configuration Release "${machine[@]}" --self-contained false --artifacts-path .local/publish --output "$folder" --nologo --verbosity quiet \
  -p:PublishReadyToRun=true -p:NuGetLockFilePath="$PWD/.local/publish.lock.json" -p:RestoreLockedMode=false >"$log" 2>&1 || { cat "$log" >&2; fail "Publishing failed."; }
