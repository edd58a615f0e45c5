using System.Text.Json;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The text of an enumeration value in the API and in the database: <c>InviteOnly</c> is <c>invite_only</c>.
/// </summary>
public static class EnumText
{
    public static string ToText<T>(T value)
        where T : struct, Enum => Texts<T>.ByValue[value];

    public static T Parse<T>(string text)
        where T : struct, Enum => Texts<T>.ByText[text];

    public static bool IsValid<T>(string text)
        where T : struct, Enum => Texts<T>.ByText.ContainsKey(text);

    /// <summary>All texts, for a message that lists the allowed values.</summary>
    public static string Allowed<T>()
        where T : struct, Enum => string.Join(", ", Texts<T>.ByText.Keys);

    private static class Texts<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>()
            .ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
        public static readonly Dictionary<string, T> ByText = ByValue.ToDictionary(
            pair => pair.Value,
            pair => pair.Key
        );
    }
}
