#!/usr/bin/env bash
# BCrypt.Net-Next 4.2.0, and hashes that begin with $2x$.
#
# Assumed by the code in which it was met: a library that accepts the prefix $2x$ verifies such hashes. crypt_blowfish
# introduced $2x$ for hashes of its versions before 1.1 (PHP before 5.3.7), which extend the sign of bytes above 127, so
# that other passwords match. PHP still verifies them.
#
# Seen: BCrypt.Net-Next accepts the prefix, and computes the hash of $2y$. A user with an ASCII password signs in, a user
# whose password has another letter does not. The hash below is that of PHP 8.2.36 and of libxcrypt 4.4.33.
set -euo pipefail
command -v dotnet >/dev/null || { echo "It needs the .NET 10 SDK."; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >bcrypt.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="BCrypt.Net-Next" Version="[4.2.0]" />
  </ItemGroup>
</Project>
XML
cat >Program.cs <<'CS'
(string Password, string Hash)[] hashes =
[
    ("correct horse battery", "$2x$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo."),
    ("correct horse battery", "$2y$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo."),
    ("pässword 🐎", "$2x$05$abcdefghijklmnopqrstuuSZKtS.GAtyKJGuU.TnNR.hKGkeAx1Q6"),
    ("pässword 🐎", "$2y$05$abcdefghijklmnopqrstuuAaubseUIVaz0PpuJKkay8y9hmyfWt2i"),
];
foreach (var (password, hash) in hashes)
    Console.WriteLine($"{password} {hash[..4]} {BCrypt.Net.BCrypt.Verify(password, hash)}");
CS
dotnet build -o out --nologo -v quiet -nodeReuse:false >build.log || { cat build.log; exit 1; }
dotnet out/bcrypt.dll | tee seen.txt
diff seen.txt - <<'TXT'
correct horse battery $2x$ True
correct horse battery $2y$ True
pässword 🐎 $2x$ False
pässword 🐎 $2y$ True
TXT
echo "As found."
