#!/usr/bin/env bash
# The package argon2 0.45.1 of npm, and the order of its parameters.
#
# Assumed by the code in which it was met: a hash in the PHC string format has the parameters in the order m, t, p, which
# the format demands for Argon2, and in which argon2-cffi, PHP and libsodium write and read them.
#
# Seen: the package writes m, p, t: $argon2id$v=19$m=1024,p=1,t=2$... A parser that demands the order refuses its hashes.
set -euo pipefail
command -v npm >/dev/null || { echo "It needs Node.js with npm."; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent argon2@0.45.1
cat >hash.mjs <<'JS'
import argon2 from "argon2";
const text = await argon2.hash("a password", { memoryCost: 1024, timeCost: 2, parallelism: 1 });
console.log(text.split("$").slice(0, 4).join("$"));
JS
node hash.mjs | tee seen.txt
diff seen.txt - <<'TXT'
$argon2id$v=19$m=1024,p=1,t=2
TXT
echo "As found."
