#!/usr/bin/env bash
# Microsoft.AspNetCore.OpenApi 10.0.14, a minimal API with form fields, and the request delegate generator.
#
# Assumed by the code in which it was met: EnableRequestDelegateGenerator changes how a request is bound, and not how the
# API is described.
#
# Seen: without the generator a form with one field is an object with that property. With it, the body of the form is the
# field itself, and the name of the field is nowhere in the document: clients that are generated from it send a bare text
# where the service reads a form. Two fields are an allOf of two bare strings.
set -euo pipefail
command -v dotnet >/dev/null || { echo "It needs the .NET 10 SDK."; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >forms.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.AspNetCore.OpenApi" Version="[10.0.14]" />
  </ItemGroup>
</Project>
XML
cat >Program.cs <<'CS'
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddOpenApi();
await using var app = builder.Build();
app.MapOpenApi();
app.MapPost("/one", ([FromForm] string password) => password).DisableAntiforgery();
app.MapPost("/two", ([FromForm] string name, [FromForm] string password) => name + password).DisableAntiforgery();
await app.StartAsync();

using var http = new HttpClient();
var document = JsonNode.Parse(await http.GetStringAsync(app.Urls.First() + "/openapi/v1.json"))!;
foreach (var path in new[] { "/one", "/two" })
    Console.WriteLine(
        path + " " + document["paths"]![path]!["post"]!["requestBody"]!["content"]!["multipart/form-data"]!["schema"]!.ToJsonString()
    );
CS
for generated in false true; do
  rm -rf obj
  dotnet build -o "$generated" --nologo -v quiet -nodeReuse:false -p:EnableRequestDelegateGenerator=$generated >build.log || { cat build.log; exit 1; }
  echo "generated: $generated"
  dotnet "$generated/forms.dll"
done | tee seen.txt
diff seen.txt - <<'TXT'
generated: false
/one {"type":"object","properties":{"password":{"type":"string"}}}
/two {"type":"object","allOf":[{"type":"object","properties":{"name":{"type":"string"}}},{"type":"object","properties":{"password":{"type":"string"}}}]}
generated: true
/one {"type":"string"}
/two {"type":"object","allOf":[{"type":"string"},{"type":"string"}]}
TXT
echo "As found."
