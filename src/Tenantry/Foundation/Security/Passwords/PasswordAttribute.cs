using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using Microsoft.OpenApi;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// The rules for a new password: 8 to 128 characters of any kind, and not one of those that attackers try first
/// (NIST SP 800-63B: no composition rules).
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PasswordAttribute : ValidationAttribute, ISchemaRule
{
    public const int Fewest = 8;
    public const int Most = 128;
    public const string Leaked = "is a common or breached password: choose another password";

    public void Describe(OpenApiSchema schema) =>
        (schema.Format, schema.MinLength, schema.MaxLength) = ("password", Fewest, Most);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not string { Length: > 0 } password)
            return null; // another attribute decides whether it is required
        return Fault(password) is { } fault ? new ValidationResult(fault, [validationContext.MemberName!]) : null;
    }

    public static string? Fault(string password)
    {
        // An unpaired surrogate cannot be written in UTF-8.
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
        /// <summary>
        /// In lower case: capitals do not make a known password safe. Source of the list: docs/authentication.md.
        /// </summary>
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
