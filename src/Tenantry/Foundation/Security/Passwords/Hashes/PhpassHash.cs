using System.Security.Cryptography;
using System.Text;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>The portable hashes of phpass, of WordPress and phpBB: <c>$P$</c> and <c>$H$</c>.</summary>
internal static class PhpassHash
{
    /// <returns>The result in the base64 of crypt, as ASCII.</returns>
    public static byte[] Derive(byte[] secret, byte[] salt, int rounds)
    {
#pragma warning disable CA5351 // the former system's function; its result is stored inside of Argon2id
        var result = MD5.HashData([.. salt, .. secret]);
        var next = new byte[result.Length + secret.Length];
        secret.CopyTo(next, result.Length);
        for (var round = 0; round < rounds; round++)
        {
            result.CopyTo(next, 0);
            MD5.HashData(next, result);
        }
#pragma warning restore CA5351
        CryptographicOperations.ZeroMemory(next);
        var text = new StringBuilder(22);
        for (var i = 0; i < 15; i += 3)
            CryptText.Append(text, result[i] | result[i + 1] << 8 | result[i + 2] << 16, 4);
        CryptText.Append(text, result[15], 2);
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}

/// <summary>The base64 of crypt: its own alphabet, and the low bits first.</summary>
internal static class CryptText
{
    public const string Alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static void Append(StringBuilder text, int bits, int characters)
    {
        for (; characters > 0; characters--, bits >>= 6)
            text.Append(Alphabet[bits & 63]);
    }
}
