using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tenantry.Tests.Harness;

/// <summary>
/// What the documentation prints below commands, against what they put out: JSON and lines of text, one after the
/// other. Ids, times, hashes and tokens are another time's; <c>...</c> stands for members, elements or letters that are
/// left out; all else must be the same.
/// </summary>
public static partial class PrintedOutput
{
    private const string Elided = "...";

    /// <returns>what differs, in words; nothing where all is as printed</returns>
    public static IReadOnlyList<string> Differences(string printed, string actual)
    {
        var (wanted, came) = (Pieces(Opened(printed)), Pieces(actual));
        if (wanted.Count != came.Count)
            return [$"{wanted.Count} pieces are printed, {came.Count} came: {actual}"];
        return [.. wanted.Zip(came).SelectMany((pair, index) => Of(pair.First, pair.Second, $"{index + 1}"))];
    }

    private static IEnumerable<string> Of(JsonNode? wanted, JsonNode? came, string place)
    {
        switch (wanted, came)
        {
            case (JsonObject all, JsonObject has):
                var extra = all.ContainsKey(Elided)
                    ? []
                    : has.Where(member => !all.ContainsKey(member.Key))
                        .Select(member => $"{place}.{member.Key} is not printed");
                return all.Where(member => member.Key != Elided)
                    .SelectMany(member =>
                        has.ContainsKey(member.Key)
                            ? Of(member.Value, has[member.Key], $"{place}.{member.Key}")
                            : [$"{place}.{member.Key} did not come"]
                    )
                    .Concat(extra);
            case (JsonArray all, JsonArray has):
                var shown = all.Where(one => !IsElided(one)).ToList();
                return shown.Count > has.Count || (shown.Count == all.Count && shown.Count < has.Count)
                    ? [$"{place} has {shown.Count} elements in print, and {has.Count} came"]
                    : shown.SelectMany((one, index) => Of(one, has[index], $"{place}[{index}]"));
            case (JsonValue value, JsonValue other)
                when value.GetValueKind() == other.GetValueKind() && IsAlike(value.ToString(), other.ToString()):
            case (null, null):
                return [];
            default:
                return
                [
                    $"{place} is {wanted?.ToJsonString() ?? "null"} in print, and {came?.ToJsonString() ?? "null"} came",
                ];
        }
    }

    private static bool IsElided(JsonNode? one) =>
        one is JsonValue value
        && value.GetValueKind() == System.Text.Json.JsonValueKind.String
        && value.GetValue<string>() == Elided;

    private static bool IsAlike(string printed, string actual) =>
        Regex.IsMatch(
            Timeless(actual),
            $"^{string.Join(".*", Timeless(printed).Split([Elided, "…"], StringSplitOptions.None).Select(Regex.Escape))}$",
            RegexOptions.Singleline
        )
        || Regex.IsMatch(
            actual,
            $"^{string.Join(".*", printed.Split([Elided, "…"], StringSplitOptions.None).Select(Regex.Escape))}$",
            RegexOptions.Singleline
        );

    private static string Timeless(string text) => OfAnotherTime().Replace(text, "*");

    /// <summary>Elisions outside strings become something that is JSON.</summary>
    private static string Opened(string text) => StringOrBracketOrElision().Replace(text, new Opening().Replace);

    private sealed class Opening
    {
        private readonly Stack<char> within = [];

        public string Replace(Match match)
        {
            if (match.Value is "{" or "[")
                within.Push(match.Value[0]);
            else if (match.Value is "}" or "]")
                within.TryPop(out _);
            return match.Value != Elided || !within.TryPeek(out var bracket) ? match.Value
                : bracket == '{' ? $"\"{Elided}\":0"
                : $"\"{Elided}\"";
        }
    }

    /// <summary>
    /// A line is a string, unless it begins an object or a list of JSON, which ends where its brackets do.
    /// </summary>
    private static List<JsonNode?> Pieces(string text)
    {
        List<JsonNode?> pieces = [];
        for (var at = 0; ; )
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at == text.Length)
                return pieces;
            var end =
                text[at] is '{' or '[' ? EndOfJson(text, at)
                : text.IndexOf('\n', at) is var line and >= 0 ? line
                : text.Length;
            var piece = text[at..end].Trim();
            pieces.Add(text[at] is '{' or '[' ? JsonNode.Parse(piece) : JsonValue.Create(piece));
            at = end;
        }
    }

    private static int EndOfJson(string text, int start)
    {
        var depth = 0;
        foreach (Match match in StringOrBracketOrElision().Matches(text[start..]))
        {
            depth +=
                match.Value is "{" or "[" ? 1
                : match.Value is "}" or "]" ? -1
                : 0;
            if (depth == 0)
                return start + match.Index + match.Length;
        }
        throw new FormatException($"This is not closed: {text[start..]}");
    }

    [GeneratedRegex(
        """
            "(?:[^"\\]|\\.)*"|\.\.\.|[{}\[\]]
            """
    )]
    private static partial Regex StringOrBracketOrElision();

    [GeneratedRegex(
        @"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z|\b[0-9a-f]{32,64}\b|\btn[a-z]_[\w-]+|\beyJ[\w.-]+|\btry-\d+-\d+"
    )]
    private static partial Regex OfAnotherTime();
}
