using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications;

/// <summary>A filter of a list whose value is the name of an enum member.</summary>
internal static class FilterText
{
    public static T? Of<T>(string name, string? text, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (text is null)
            return null;
        if (EnumText.IsValid<T>(text))
            return EnumText.Parse<T>(text);
        errors[name] = [$"must be one of {EnumText.Allowed<T>()}"];
        return null;
    }
}
