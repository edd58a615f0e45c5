using Tenantry.Foundation.Database;

namespace Tenantry.Features.Notifications;

/// <summary>A filter that is one of some words.</summary>
internal static class Choice
{
    public static T? Of<T>(string name, string? text, Dictionary<string, string[]> errors) where T : struct, Enum
    {
        if (text is null)
            return null;
        if (Word.Is<T>(text))
            return Word.To<T>(text);
        errors[name] = [$"must be one of {Word.All<T>()}"];
        return null;
    }
}
