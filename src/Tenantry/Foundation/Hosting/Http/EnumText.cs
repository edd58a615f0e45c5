using System.Text.Json;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Enumerations are kept as the words that the API uses: <c>InviteOnly</c> is <c>invite_only</c> in both.</summary>
public static class EnumText
{
    public static string Of<T>(T value)
        where T : struct, Enum => Words<T>.ByValue[value];

    public static T To<T>(string word)
        where T : struct, Enum => Words<T>.ByWord[word];

    public static bool Is<T>(string word)
        where T : struct, Enum => Words<T>.ByWord.ContainsKey(word);

    /// <summary>For a message that says what there is to choose from.</summary>
    public static string All<T>()
        where T : struct, Enum => string.Join(", ", Words<T>.ByWord.Keys);

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>()
            .ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
        public static readonly Dictionary<string, T> ByWord = ByValue.ToDictionary(
            pair => pair.Value,
            pair => pair.Key
        );
    }
}
