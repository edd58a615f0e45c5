#!/usr/bin/env bash
# What the service is made of: every NuGet package that it ships, with version, hash and licence, as CycloneDX (JSON).
#   scripts/sbom.sh FILE
# What the image has besides (the .NET runtime, ICU) stands in the attestation of the image: docs/deployment.md.
set -euo pipefail
file=${1:?usage: scripts/sbom.sh FILE}
mkdir -p "$(dirname "$file")"
file=$(cd "$(dirname "$file")" && pwd)/$(basename "$file")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/shared.sh
need_dotnet
mkdir -p .local
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' src/Tenantry/Tenantry.csproj)
{
  dotnet tool restore
  dotnet restore src/Tenantry
  dotnet CycloneDX src/Tenantry/Tenantry.csproj --disable-package-restore --exclude-dev --output-format Json --spec-version 1.6 \
    --set-name tenantry --set-version "$version" --output "$(dirname "$file")" --filename "$(basename "$file")"
} >.local/sbom.log 2>&1 || { cat .local/sbom.log >&2; fail "The bill of materials could not be made."; }
say "$(grep -c '"type": "library"' "$file") packages: $file"
