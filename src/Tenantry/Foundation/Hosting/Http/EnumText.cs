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

    /// <summary>The value of an optional parameter that was checked before; see <see cref="OneOfAttribute"/>.</summary>
    public static T? ParseOptional<T>(string? text)
        where T : struct, Enum => text is null ? null : Parse<T>(text);

    public static bool IsValid<T>(string text)
        where T : struct, Enum => Texts<T>.ByText.ContainsKey(text);

    /// <summary>All texts, for a message that lists the allowed values.</summary>
    public static string Allowed<T>()
        where T : struct, Enum => string.Join(", ", Texts<T>.ByText.Keys);

    /// <summary>The texts of an enumeration, in the order of its values.</summary>
    public static string[] AllOf(Type enumeration) =>
        [.. Enum.GetNames(enumeration).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

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
