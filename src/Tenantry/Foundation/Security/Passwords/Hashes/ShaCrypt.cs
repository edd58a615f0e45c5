using System.Security.Cryptography;
using System.Text;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>
/// The crypt functions with SHA-256 (<c>$5$</c>) and SHA-512 (<c>$6$</c>), by the specification of Ulrich Drepper
/// ("Unix crypt using SHA-256 and SHA-512", version 0.6).
/// </summary>
internal static class ShaCrypt
{
    public const int DefaultRounds = 5_000;
    public const int FewestRounds = 1_000;
    public const int MaxSaltLength = 16;

    /// <returns>The result in the base64 of crypt, as ASCII.</returns>
    public static byte[] Derive(HashAlgorithmName algorithm, byte[] secret, byte[] salt, int rounds)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        hash.AppendData(secret);
        hash.AppendData(salt);
        hash.AppendData(secret);
        var second = hash.GetHashAndReset();

        hash.AppendData(secret);
        hash.AppendData(salt);
        hash.AppendData(Repeated(second, secret.Length));
        for (var bits = secret.Length; bits > 0; bits >>= 1)
            hash.AppendData((bits & 1) == 1 ? second : secret);
        var result = hash.GetHashAndReset();

        for (var i = 0; i < secret.Length; i++)
            hash.AppendData(secret);
        var secrets = Repeated(hash.GetHashAndReset(), secret.Length);

        for (var i = 0; i < 16 + result[0]; i++)
            hash.AppendData(salt);
        var salts = Repeated(hash.GetHashAndReset(), salt.Length);

        for (var round = 0; round < rounds; round++)
        {
            var isOdd = (round & 1) == 1;
            hash.AppendData(isOdd ? secrets : result);
            if (round % 3 != 0)
                hash.AppendData(salts);
            if (round % 7 != 0)
                hash.AppendData(secrets);
            hash.AppendData(isOdd ? result : secrets);
            hash.GetHashAndReset(result);
        }
        CryptographicOperations.ZeroMemory(secrets);
        return Encoding.ASCII.GetBytes(algorithm == HashAlgorithmName.SHA256 ? Text256(result) : Text512(result));
    }

    private static byte[] Repeated(byte[] bytes, int length)
    {
        var repeated = new byte[length];
        for (var i = 0; i < length; i++)
            repeated[i] = bytes[i % bytes.Length];
        return repeated;
    }

    /// <summary>Groups of three bytes from the three thirds of the result; the thirds change places in each.</summary>
    private static string Text512(byte[] result)
    {
        var text = new StringBuilder(86);
        for (var i = 0; i < 21; i++)
        {
            int[] group = [i, i + 21, i + 42];
            CryptText.Append(
                text,
                result[group[i % 3]] << 16 | result[group[(i + 1) % 3]] << 8 | result[group[(i + 2) % 3]],
                4
            );
        }
        CryptText.Append(text, result[63], 2);
        return text.ToString();
    }

    private static string Text256(byte[] result)
    {
        var text = new StringBuilder(43);
        for (var i = 0; i < 10; i++)
        {
            int[] group = [i, i + 10, i + 20];
            CryptText.Append(
                text,
                result[group[(3 - (i % 3)) % 3]] << 16
                    | result[group[(4 - (i % 3)) % 3]] << 8
                    | result[group[(5 - (i % 3)) % 3]],
                4
            );
        }
        CryptText.Append(text, result[31] << 8 | result[30], 3);
        return text.ToString();
    }
}
