using System.Text.Json.Nodes;

namespace Tenantry.Tests.Harness;

/// <summary>Members of an answer's JSON. One that is missing or null fails with the whole of the JSON.</summary>
public static class JsonReading
{
    public static string Text(this Answer answer, string member) => answer.Json.Text(member);

    public static int Number(this Answer answer, string member) => answer.Json.Number(member);

    public static bool Flag(this Answer answer, string member) => answer.Json.Flag(member);

    /// <summary>The member <c>items</c> of a page.</summary>
    public static JsonArray Items(this Answer answer) => answer.Json.Member("items").AsArray();

    public static string Text(this JsonNode? node, string member) => node.Member(member).GetValue<string>();

    public static int Number(this JsonNode? node, string member) => node.Member(member).GetValue<int>();

    public static bool Flag(this JsonNode? node, string member) => node.Member(member).GetValue<bool>();

    private static JsonNode Member(this JsonNode? node, string member) =>
        node?[member]
        ?? throw new InvalidOperationException($"There is no \"{member}\" in {node?.ToJsonString() ?? "null"}");
}
