using System.Diagnostics.CodeAnalysis;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>
/// A password hash as the database stores it. The text describes itself: scheme, parameters, salt and result. Its
/// parameters are bounded, because a hash can come from the file of a stranger.
/// </summary>
public abstract record StoredHash
{
    /// <summary>Above these, a sign-in waits in the gate of slow hashes: others must not wait for it.</summary>
    private static readonly TimeSpan SlowFrom = TimeSpan.FromMilliseconds(400);
    private const int LargeFromKiB = 96 * 1024;

    /// <summary>The longest text that is parsed.</summary>
    internal const int MaxLength = 1000;

    /// <summary>The validation message of a hash that is not <see cref="IsAffordable"/>.</summary>
    internal const string Costly =
        "costs more than a sign-in may: the limits are 256 MiB of memory, and 1 GiB for memory times passes";

    /// <summary>The name of the scheme, for reports and metrics: <c>bcrypt</c>, <c>pbkdf2-sha256</c>.</summary>
    public abstract string Scheme { get; }

    /// <summary>The estimated time of one verification on a core of 2020.</summary>
    public abstract TimeSpan Work { get; }

    /// <summary>The memory that one verification uses.</summary>
    public virtual int UsedKiB => 0;

    /// <summary>Whether a verification takes so much time or memory that it needs the gate of slow hashes.</summary>
    public bool IsSlow => Work > SlowFrom || UsedKiB > LargeFromKiB;

    /// <summary>Whether an untrusted file may contain the hash: see the limits in docs/authentication.md.</summary>
    public virtual bool IsAffordable => true;

    /// <summary>Whether the hash can be verified only with the pepper of the former system.</summary>
    public virtual bool NeedsPepper => false;

    /// <param name="password">The password as typed.</param>
    /// <param name="pepper">The pepper of the former system; null: none is set.</param>
    /// <returns>Whether the hash is that of the password.</returns>
    public abstract bool Verify(string password, string? pepper);

    /// <summary>Reads the text of the database or of an archive.</summary>
    /// <returns>Whether the text is a hash in a form that the service stores.</returns>
    public static bool TryRead(string text, [NotNullWhen(true)] out StoredHash? hash)
    {
        hash =
            text.Length > MaxLength ? null
            : Argon2Hash.TryRead(text, out var argon2) ? argon2
            : BcryptHash.TryRead(text, out var bcrypt) ? bcrypt
            : Pbkdf2Hash.TryRead(text, out var pbkdf2) ? pbkdf2
            : ScryptHash.TryRead(text, out var scrypt) ? scrypt
            : FirebaseHash.TryRead(text, out var firebase) ? firebase
            : WrappedHash.TryRead(text, out var wrapped) ? wrapped
            : PepperedHash.TryRead(text, out var peppered) ? peppered
            : null;
        return hash is not null;
    }

    /// <summary>
    /// Checks a hash of an archive. An attacker could add a hash that takes long to verify, which delays other
    /// sign-ins.
    /// </summary>
    /// <param name="text">the text of the archive</param>
    /// <param name="isTrusted">
    /// whether the operator trusts its source: it may then have any cost that can be parsed
    /// </param>
    /// <returns>the validation message, which continues the field name; null: the hash is valid</returns>
    public static string? Fault(string text, bool isTrusted) =>
        !TryRead(text, out var hash)
            ? "must be a password hash in a form that the service stores: docs/authentication.md"
        : isTrusted || hash.IsAffordable ? null
        : Costly;
}
