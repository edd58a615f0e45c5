using System.ComponentModel.DataAnnotations;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Users;

/// <summary>A password hash that this service can verify, with bounded parameters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KnownHashAttribute() : ValidationAttribute(Form)
{
    private const string Form =
        "must be an Argon2id PHC string ($argon2id$v=19$m=...,t=...,p=1$...) or a bcrypt hash ($2a$, $2b$, $2y$) of a cost from 4 to 15";

    /// <summary>
    /// Checks a hash from outside. An attacker could import a hash that takes long to verify, which delays all other
    /// sign-ins.
    /// </summary>
    /// <param name="hash">The hash.</param>
    /// <param name="isTrusted">
    /// Whether the operator trusts its source: it may then have any cost that can be parsed.
    /// </param>
    /// <returns>The validation message, which continues the field name; null: the hash is valid.</returns>
    public static string? Fault(string hash, bool isTrusted) =>
        BcryptHash.IsOne(hash) ? null
        : !PhcString.TryParse(hash, out var phc) ? Form
        : isTrusted || phc.IsAffordable ? null
        : "costs more than a sign-in may: the limits are 256 MiB of memory, and 1 GiB for memory times passes";

    public override bool IsValid(object? value) =>
        value is not string hash || PhcString.TryParse(hash, out _) || BcryptHash.IsOne(hash);
}
