using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>
/// The modified scrypt of Firebase Authentication. Firebase encrypts the signer key of the project with a key that
/// scrypt derives from the password (AES-256 in counter mode), and stores the ciphertext. Here the key stream is
/// stored, which is the ciphertext without the signer key. So the secret of the project is in no database.
/// </summary>
/// <param name="Cost">the parameters of scrypt</param>
/// <param name="Salt">the salt of the user and the salt separator of the project</param>
/// <param name="KeyStream">16 to 64 bytes</param>
public sealed partial record FirebaseHash(ScryptCost Cost, byte[] Salt, byte[] KeyStream) : StoredHash
{
    private const int CipherKeyBytes = 32;
    private const int BlockBytes = 16;

    public override string Scheme => "firebase-scrypt";

    public override TimeSpan Work => Cost.Work;

    public override int UsedKiB => Cost.UsedKiB;

    public override bool Verify(string password, string? pepper)
    {
        using var cipher = Aes.Create();
        cipher.Key = Cost.Derive(password, Salt, CipherKeyBytes);
        // The stream of counter mode is the encrypted counter, which starts at 0.
        var counters = new byte[(KeyStream.Length + BlockBytes - 1) / BlockBytes * BlockBytes];
        for (var block = 1; block < counters.Length / BlockBytes; block++)
            BinaryPrimitives.WriteInt32BigEndian(counters.AsSpan((block + 1) * BlockBytes - sizeof(int)), block);
#pragma warning disable CA5358 // this is how counter mode is made of single blocks, which .NET does not offer
        var stream = cipher.EncryptEcb(counters, PaddingMode.None);
#pragma warning restore CA5358
        return CryptographicOperations.FixedTimeEquals(stream.AsSpan(0, KeyStream.Length), KeyStream);
    }

    public override string ToString() =>
        $"$firebase-scrypt${Cost}${HashBytes.Encode(Salt)}${HashBytes.Encode(KeyStream)}";

    public static bool TryRead(string text, [NotNullWhen(true)] out FirebaseHash? hash)
    {
        hash = null;
        if (!text.StartsWith("$firebase-scrypt$", StringComparison.Ordinal))
            return false;
        var match = Form().Match(text);
        if (
            match.Success
            && HashBytes.TryDecode(match.Groups["salt"].ValueSpan, out var salt)
            && HashBytes.TryDecode(match.Groups["stream"].ValueSpan, out var stream)
            && stream.Length is >= 16 and <= 64
            && ScryptCost.TryCreate(
                match.Groups["ln"].ValueSpan,
                match.Groups["r"].ValueSpan,
                match.Groups["p"].ValueSpan,
                out var cost
            )
        )
            hash = new FirebaseHash(cost, salt, stream);
        return hash is not null;
    }

    /// <summary>Converts a hash of an export.</summary>
    /// <returns>Null: a value is invalid, or its parameters are out of bounds.</returns>
    internal static FirebaseHash? Of(
        FirebaseParameters parameters,
        ReadOnlySpan<char> salt,
        ReadOnlySpan<char> ciphertext
    )
    {
        if (!HashBytes.TryDecode(salt, out var own) || !HashBytes.TryDecode(ciphertext, out var hidden))
            return null;
        if (own.Length > 64 || hidden.Length is < 16 or > 64 || hidden.Length != parameters.SignerKey.Length)
            return null;
        for (var i = 0; i < hidden.Length; i++)
            hidden[i] ^= parameters.SignerKey[i];
        return new FirebaseHash(parameters.Cost, [.. own, .. parameters.SaltSeparator], hidden);
    }

    [GeneratedRegex(
        @"\A\$firebase-scrypt\$ln=(?<ln>[0-9]{1,2}),r=(?<r>[0-9]{1,2}),p=(?<p>[0-9]{1,2})\$(?<salt>[A-Za-z0-9+/]{1,176})\$(?<stream>[A-Za-z0-9+/]{1,96})\z"
    )]
    private static partial Regex Form();
}
