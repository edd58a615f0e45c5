#!/usr/bin/env bash
# The release before this one and this one serve one database at once, while it is migrated: every answer of both has to be the expected one. It ends as the test does.
#   scripts/side-by-side.sh    builds the release before (a minute the first time; kept in .local/previous/), then runs SideBySideTests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
TEST_PREVIOUS_RELEASE=$(scripts/previous.sh)
export TEST_PREVIOUS_RELEASE
exec ./test -class Tenantry.Tests.Commands.SideBySideTests
