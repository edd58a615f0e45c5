using System.Security.Cryptography;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Uploads;

/// <summary>The header <c>Upload-Checksum</c>: the hash of a request body, verified while the body is read.</summary>
public sealed class TusChecksum : IDisposable
{
    private readonly IncrementalHash hash;
    private readonly byte[] expected;

    private TusChecksum(HashAlgorithmName algorithm, byte[] expected) =>
        (hash, this.expected) = (IncrementalHash.CreateHash(algorithm), expected);

    /// <summary>
    /// The protocol requires SHA-1. A checksum detects errors of transmission, not attacks, so that SHA-1 is
    /// sufficient.
    /// </summary>
    public static readonly IReadOnlyList<string> Algorithms = ["sha1", "sha256"];

    /// <param name="header">The algorithm, a space, and the hash in base64. Empty: there is no checksum.</param>
    /// <exception cref="InvalidRequestException">The header has another form.</exception>
    public static TusChecksum? Read(string header)
    {
        if (header.Length == 0)
            return null;
        var value = new byte[64];
        HashAlgorithmName? algorithm =
            header.Split(' ') is [var name, var text] && Convert.TryFromBase64String(text, value, out var length)
                ? (name, length) switch
                {
                    ("sha1", 20) => HashAlgorithmName.SHA1,
                    ("sha256", 32) => HashAlgorithmName.SHA256,
                    _ => null,
                }
                : null;
        return algorithm is { } supported
            ? new TusChecksum(supported, value[..(supported == HashAlgorithmName.SHA1 ? 20 : 32)])
            : throw new InvalidRequestException(
                new Dictionary<string, string[]>
                {
                    [Tus.Checksum] =
                    [
                        $"must be one of {string.Join(", ", Algorithms)}, a space, and the hash in base64",
                    ],
                }
            );
    }

    public void Add(ReadOnlySpan<byte> bytes) => hash.AppendData(bytes);

    public bool IsMatch() => hash.GetHashAndReset().AsSpan().SequenceEqual(expected);

    public void Dispose() => hash.Dispose();
}
