using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using Microsoft.OpenApi;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// A password that somebody may choose: 8 to 128 characters of any kind, and none that everybody tries first
/// (NIST SP 800-63B: no rules of composition).
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PasswordAttribute : ValidationAttribute, ISchemaRule
{
    public const int Fewest = 8;
    public const int Most = 128;
    public const string Leaked = "is one of the passwords that attackers try first: choose another";

    public void Describe(OpenApiSchema schema) =>
        (schema.Format, schema.MinLength, schema.MaxLength) = ("password", Fewest, Most);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not string { Length: > 0 } password)
            return null; // whether it is needed is another attribute's word
        return Fault(password) is { } fault ? new ValidationResult(fault, [validationContext.MemberName!]) : null;
    }

    public static string? Fault(string password)
    {
        // Half of a surrogate pair has no place in UTF-8.
        if (!IsUnicode(password))
            return "must be Unicode text";
        var length = StorableText.Normalized(password).EnumerateRunes().Count();
        if (length is < Fewest or > Most)
            return "must have 8 to 128 characters";
        return Breached.Words.Contains(password.ToLowerInvariant()) ? Leaked : null;
    }

    private static bool IsUnicode(string text)
    {
        for (var place = 0; place < text.Length; place++)
        {
            if (char.IsHighSurrogate(text[place]) && place + 1 < text.Length && char.IsLowSurrogate(text[place + 1]))
                place++;
            else if (char.IsSurrogate(text[place]))
                return false;
        }
        return true;
    }

    private static class Breached
    {
        /// <summary>In lower case: a capital letter does not make a known password a new one. Its source: docs/authentication.md.</summary>
        public static readonly FrozenSet<string> Words = Read();

        private static FrozenSet<string> Read()
        {
            using var stream = typeof(Breached).Assembly.GetManifestResourceStream("breached-passwords.txt")!;
            using var reader = new StreamReader(stream);
            return reader
                .ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .ToFrozenSet(StringComparer.Ordinal);
        }
    }
}
