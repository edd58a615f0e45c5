using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Tenantry.Tests.Harness;

/// <summary>An archive of a tenant as somebody writes it who means harm: altered, with a manifest that fits.</summary>
public static class CraftedArchive
{
    private const string Manifest = "manifest.json";

    /// <summary>Changes each row of a table.</summary>
    public static Task Rows(string file, string table, Action<JsonObject> alter) =>
        Text(
            file,
            table,
            text =>
            {
                var rows = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonNode.Parse(line)!.AsObject())
                    .ToList();
                rows.Count.ShouldBeGreaterThan(0, $"there is no row of {table} to alter");
                rows.ForEach(alter);
                return string.Concat(rows.Select(row => row.ToJsonString() + "\n"));
            }
        );

    /// <summary>Replaces what an entry holds.</summary>
    public static async Task Text(string file, string table, Func<string, string> alter)
    {
        var path = $"rows/{table}.jsonl";
        var text = alter(await Read(file, path));
        var bytes = Encoding.UTF8.GetBytes(text);
        await Write(file, path, bytes);
        await Said(
            file,
            manifest =>
            {
                var entry = manifest["entries"]!.AsArray().Single(entry => entry!.Text("path") == path)!;
                entry["rows"] = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
                entry["bytes"] = bytes.Length;
                entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
            }
        );
    }

    /// <summary>Adds a table that is not there.</summary>
    public static async Task AddTable(string file, string table, string row)
    {
        var bytes = Encoding.UTF8.GetBytes(row + "\n");
        await Add(file, $"rows/{table}.jsonl", bytes);
        await Said(
            file,
            manifest =>
                manifest["entries"]!
                    .AsArray()
                    .Add(
                        new JsonObject
                        {
                            ["path"] = $"rows/{table}.jsonl",
                            ["rows"] = 1,
                            ["bytes"] = bytes.Length,
                            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                        }
                    )
        );
    }

    /// <summary>Changes what the manifest says.</summary>
    public static async Task Said(string file, Action<JsonObject> alter)
    {
        var manifest = JsonNode.Parse(await Read(file, Manifest))!.AsObject();
        alter(manifest);
        await Write(file, Manifest, Encoding.UTF8.GetBytes(manifest.ToJsonString()));
    }

    public static async Task<List<JsonObject>> Rows(string file, string table) =>
        [
            .. (await Read(file, $"rows/{table}.jsonl"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!.AsObject()),
        ];

    /// <summary>Adds an entry beside those that are there, whatever its name.</summary>
    public static async Task Add(string file, string path, byte[] bytes)
    {
        await using var archive = await ZipFile.OpenAsync(
            file,
            ZipArchiveMode.Update,
            TestContext.Current.CancellationToken
        );
        await using var stream = await archive.CreateEntry(path).OpenAsync(TestContext.Current.CancellationToken);
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
    }

    private static async Task<string> Read(string file, string path)
    {
        await using var archive = await ZipFile.OpenReadAsync(file, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(
            await archive.GetEntry(path)!.OpenAsync(TestContext.Current.CancellationToken)
        );
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static async Task Write(string file, string path, byte[] bytes)
    {
        await using var archive = await ZipFile.OpenAsync(
            file,
            ZipArchiveMode.Update,
            TestContext.Current.CancellationToken
        );
        archive.GetEntry(path)!.Delete();
        await using var stream = await archive.CreateEntry(path).OpenAsync(TestContext.Current.CancellationToken);
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
    }
}
