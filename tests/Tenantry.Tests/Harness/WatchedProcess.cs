using System.Text.Json.Nodes;

namespace Tenantry.Tests.Harness;

/// <summary>The service in a process of its own outside Development, and its log as an operator reads it.</summary>
public sealed class WatchedProcess(ServingProcess process) : IAsyncDisposable
{
    public Uri Url => process.Url;

    public string Text => process.Output;

    public IEnumerable<JsonNode> Lines =>
        Text.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!);

    public static async Task<WatchedProcess> Begin(
        Cluster cluster,
        string database,
        params (string Name, string Value)[] more
    )
    {
        var variables = cluster.Variables(database);
        (variables["APP_ENV"], variables["LOG_LEVEL"]) = ("Production", "Information");
        foreach (var (name, value) in more)
            variables[name] = value;
        return new WatchedProcess(await ServingProcess.Begin(variables));
    }

    public Task<JsonNode> Line(int number) => Line(one => one.Number("event") == number);

    public async Task<JsonNode> Line(Func<JsonNode, bool> which) =>
        await Find(which, Patience.Of)
        ?? throw new InvalidOperationException(
            "No such line. There are warnings:\n"
                + string.Join(
                    '\n',
                    Text.Split('\n').Where(line => !line.StartsWith('{') || Warns(JsonNode.Parse(line)!)).TakeLast(20)
                )
        );

    public async Task<JsonNode?> Find(Func<JsonNode, bool> which, TimeSpan longest)
    {
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed < longest; await Task.Delay(50))
        {
            if (Lines.LastOrDefault(which) is { } line)
                return line;
        }
        return null;
    }

    private static bool Warns(JsonNode line) => line.Text("level") is "warning" or "error" or "critical";

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
