#!/usr/bin/env bash
# RequestHeaders.IfMatch of ASP.NET Core 10 (GetTypedHeaders), and a header with a fault in it.
#
# Assumed by the code in which it was met: an empty list means that the request has no such header, and a header that is
# no list of entity tags raises an exception. RFC 9110, section 13.1.1, makes the header a condition of the change, so a
# header that is ignored turns a conditional change into an unconditional one.
#
# Seen: a header from which no tag can be read is an empty list, exactly as an absent header is. Of a list with one
# fault, the property has the tags that can be read, and nothing states that others were dropped.
# EntityTagHeaderValue.TryParseStrictList refuses both.
set -euo pipefail
command -v dotnet >/dev/null || { echo "It needs the .NET 10 SDK."; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >tags.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <FrameworkReference Include="Microsoft.AspNetCore.App" />
  </ItemGroup>
</Project>
XML
cat >Program.cs <<'CS'
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

string?[] headers = [null, "\"5d\"", "5d", "\"5d", "\"5d\", six", "'5d'"];
foreach (var header in headers)
{
    var http = new DefaultHttpContext();
    if (header is not null)
        http.Request.Headers.IfMatch = header;
    var typed = http.Request.GetTypedHeaders().IfMatch;
    var strict = header is not null && EntityTagHeaderValue.TryParseStrictList([header], out _);
    Console.WriteLine($"{header ?? "absent"}: {(typed is null ? "null" : $"[{string.Join(" ", typed)}]")}, strict {strict}");
}
Console.Error.WriteLine($"ASP.NET Core {typeof(HttpContext).Assembly.GetName().Version}, runtime {Environment.Version}");
CS
dotnet build -o out --nologo -v quiet -nodeReuse:false >build.log || { cat build.log; exit 1; }
dotnet out/tags.dll | tee seen.txt
diff seen.txt - <<'TXT'
absent: [], strict False
"5d": ["5d"], strict True
5d: [], strict False
"5d: [], strict False
"5d", six: ["5d"], strict False
'5d': [], strict False
TXT
echo "As found."
