using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// The password hash of a user of another system. Read it from the text of that system, and store
/// <see cref="ToStored"/>. The user's first sign-in verifies it once and replaces it by Argon2id.
/// </summary>
public sealed class ImportedHash
{
    /// <summary>What an operator permits and knows about the hashes of a file.</summary>
    /// <param name="IsTrusted">Whether costly hashes are accepted.</param>
    /// <param name="AllowsWeak">
    /// Whether hashes are accepted that an attacker computes fast: crypt with SHA-2, phpass, salted SHA.
    /// </param>
    /// <param name="Pepper">How the other system combined a pepper with each password; null: it had none.</param>
    /// <param name="Firebase">The parameters of the Firebase project, for hashes that do not contain them.</param>
    public sealed record Options(
        bool IsTrusted,
        bool AllowsWeak = false,
        PepperForm? Pepper = null,
        FirebaseParameters? Firebase = null
    );

    public const string Unknown =
        "must be a hash of Argon2, bcrypt, PBKDF2 or scrypt within the limits of docs/authentication.md";

    private const string Weak =
        "is a hash that an attacker computes fast; --allow-weak imports it, inside of an Argon2id hash";

    private readonly StoredHash? strong;
    private readonly (WeakHash Function, byte[] Result)? weak;
    private readonly PepperForm? pepper;

    private ImportedHash(StoredHash? strong, (WeakHash, byte[])? weak, PepperForm? pepper) =>
        (this.strong, this.weak, this.pepper) = (strong, weak, pepper);

    /// <summary>The name of the scheme, for reports: <c>bcrypt</c>, <c>pbkdf2-sha256</c>.</summary>
    public string Scheme => strong?.Scheme ?? weak!.Value.Function.Scheme;

    /// <summary>The estimated time of a core that the user's first sign-in takes to verify the hash.</summary>
    public TimeSpan Work => strong?.Work ?? weak!.Value.Function.Work;

    /// <summary>Whether <see cref="ToStored"/> computes an Argon2id hash.</summary>
    public bool IsWeak => weak is not null;

    /// <summary>Reads a hash in a form of another system, or in the form that the service stores.</summary>
    /// <param name="text">the text of the other system</param>
    /// <param name="options">what is permitted</param>
    /// <param name="fault">the validation message, which continues the field name and does not contain the hash</param>
    /// <returns>null: the hash cannot be imported</returns>
    public static ImportedHash? Read(string text, Options options, out string? fault)
    {
        var hash = text.Length > StoredHash.MaxLength ? null : Parse(text, options);
        fault =
            hash is null ? Unknown
            : hash.IsWeak && !options.AllowsWeak ? Weak
            : hash.strong is { IsAffordable: false } && !options.IsTrusted ? StoredHash.Costly
            : null;
        return fault is null ? hash : null;
    }

    /// <summary>Reads the hash of a user in an export of Firebase.</summary>
    /// <param name="passwordHash">the member <c>passwordHash</c> of the user</param>
    /// <param name="salt">the member <c>salt</c> of the user</param>
    /// <param name="options">the parameters of the project</param>
    /// <param name="fault">the validation message, which continues the field name</param>
    /// <returns>null: the hash cannot be imported</returns>
    public static ImportedHash? ReadFirebase(string passwordHash, string salt, Options options, out string? fault)
    {
        fault = null;
        if (options.Firebase is null)
        {
            fault = "needs the parameters of the Firebase project: --firebase-hash-config";
            return null;
        }
        var hash = FirebaseHash.Of(options.Firebase, salt, passwordHash);
        fault = hash is null ? "is no hash of the Firebase project whose parameters were given" : null;
        return hash is null ? null : new ImportedHash(hash, null, options.Pepper);
    }

    /// <summary>
    /// The text for the database. A weak hash is hashed by Argon2id, which takes as long as a sign-in: call it for
    /// users that are stored, not for a trial run.
    /// </summary>
    /// <param name="cost">the cost of Argon2id: <see cref="ServiceSettings.PasswordCost"/></param>
    public string ToStored(Argon2Cost cost)
    {
        var stored = weak is var (function, result)
            ? new WrappedHash(function, Argon2Hash.Create(result, cost.MemoryKiB, cost.Passes))
            : strong!;
        return (pepper is { } form && !stored.NeedsPepper ? new PepperedHash(form, stored) : stored).ToString();
    }

    private static ImportedHash? Parse(string text, Options options) =>
        StoredHash.TryRead(text, out var stored) || ForeignHash.TryRead(text, options.Firebase, out stored)
            ? new ImportedHash(stored, null, options.Pepper)
        : ForeignHash.TryReadWeak(text, out var weak) ? new ImportedHash(null, weak, options.Pepper)
        : null;
}
