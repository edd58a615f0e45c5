using System.CommandLine;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Commands;

/// <summary>The options of <c>tenantry users import</c> for password hashes.</summary>
internal sealed class HashOptions
{
    public HashOptions() => Pepper.AcceptOnlyFromAmong([.. PepperedHash.Forms.Keys]);

    public Option<bool> AllowWeak { get; } =
        new("--allow-weak")
        {
            Description =
                "Accept hashes that an attacker computes fast: $5$, $6$, phpass, salted SHA. They are stored inside of Argon2id hashes, which takes a few milliseconds for each.",
        };

    public Option<string?> Pepper { get; } =
        new("--pepper")
        {
            Description =
                "How the former system combined its pepper with each password. The pepper itself is the setting IMPORTED_PASSWORD_PEPPER.",
        };

    public Option<string?> FirebaseConfig { get; } =
        new("--firebase-hash-config")
        {
            Description =
                "A file with the password hash parameters of the Firebase project, as its console shows them. The signer key is not stored.",
        };

    /// <exception cref="OperatorException">The file of parameters is missing or invalid.</exception>
    public ImportedHash.Options Read(ParseResult result, bool isTrusted) =>
        new(
            isTrusted,
            result.GetValue(AllowWeak),
            result.GetValue(Pepper) is { } form ? PepperedHash.Forms[form] : null,
            result.GetValue(FirebaseConfig) is { } file ? Firebase(file) : null
        );

    private static FirebaseParameters Firebase(string file)
    {
        if (!File.Exists(file))
            throw new OperatorException($"There is no file '{file}'.");
        using var stream = File.OpenRead(file);
        using var reader = new StreamReader(stream);
        var text = new char[FirebaseParameters.MaxLength];
        var length = reader.ReadBlock(text);
        return FirebaseParameters.TryParse(new string(text, 0, length), out var parameters, out var fault)
            ? parameters
            : throw new OperatorException($"The file '{file}' contains no hash parameters: {fault}.");
    }
}
