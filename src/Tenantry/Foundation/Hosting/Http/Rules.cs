using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

// Validation rules for members of requests. A message completes a sentence that begins with the member's name.

/// <summary>The member is required and must contain more than white space and invisible characters.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class RequiredMemberAttribute : RequiredAttribute
{
    public RequiredMemberAttribute() => ErrorMessage = "is required";

    public override bool IsValid(object? value) =>
        value is string text ? !InvisibleText.IsBlank(text) : base.IsValid(value);
}

/// <summary>
/// The member is optional; if present, it must contain more than white space and invisible characters.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NotBlankAttribute() : ValidationAttribute("must not be blank")
{
    public override bool IsValid(object? value) => value is not string text || !InvisibleText.IsBlank(text);
}

/// <summary>A text with a limited length and without control characters.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class ShortTextAttribute(int most)
    : ValidationAttribute($"must have at most {most} characters and no control characters"),
        ISchemaRule
{
    public int Most { get; } = most;

    public void Describe(OpenApiSchema schema) => schema.MaxLength = Most;

    public override bool IsValid(object? value) =>
        value is not string text || (text.Length <= Most && !text.Any(char.IsControl));
}

/// <summary>
/// An e-mail address without a display name, of at most 254 characters (RFC 5321). White space around it is removed
/// before it is validated.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class EmailAttribute() : ValidationAttribute("must be an e-mail address"), ISchemaRule
{
    public void Describe(OpenApiSchema schema) => (schema.Format, schema.MaxLength) = ("email", 254);

    public override bool IsValid(object? value) =>
        value is not string text || text.Length == 0 || EmailAddress.IsValid(text);
}

/// <summary>A DNS label (RFC 1123), because it becomes part of a host name.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SlugAttribute()
    : ValidationAttribute("must be 1 to 63 characters of a-z, 0-9 and '-', starting and ending with a letter or digit"),
        ISchemaRule
{
    public void Describe(OpenApiSchema schema) => schema.Pattern = "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$";

    public override bool IsValid(object? value) => value is not string text || text.Length == 0 || IsSlug(text);

    public static bool IsSlug(string text) => TenantSlug.IsLabel(text);
}

/// <summary>A fully qualified host name, in lower case.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed partial class DomainAttribute()
    : ValidationAttribute("must be a host name in lower case, like app.example.com"),
        ISchemaRule
{
    public void Describe(OpenApiSchema schema) => schema.Format = "hostname";

    public override bool IsValid(object? value) =>
        value is not string text || (text.Length <= 253 && Name().IsMatch(text));

    [GeneratedRegex(@"\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\z")]
    private static partial Regex Name();
}

/// <summary>A telephone number in E.164, like +41791234567.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed partial class PhoneNumberAttribute()
    : ValidationAttribute("must be a telephone number in E.164, like +41791234567"),
        ISchemaRule
{
    public void Describe(OpenApiSchema schema) => schema.Pattern = "^\\+[1-9][0-9]{6,14}$";

    public override bool IsValid(object? value) => value is not string text || E164().IsMatch(text);

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z")]
    private static partial Regex E164();
}

/// <summary>A JSON object with free content. Its text in PostgreSQL has a limited length.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class FreeObjectAttribute(int mostBytes)
    : ValidationAttribute($"must be a JSON object of at most {mostBytes} bytes in its stored form"),
        ISchemaRule
{
    public void Describe(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object | JsonSchemaType.Null;
        // Otherwise generators take it for an object without members.
        schema.AdditionalProperties = new OpenApiSchema();
    }

    public override bool IsValid(object? value) =>
        value is not JsonElement json
        || json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
        || (json.ValueKind == JsonValueKind.Object && FreeJson.StoredBytes(json) <= mostBytes);
}
