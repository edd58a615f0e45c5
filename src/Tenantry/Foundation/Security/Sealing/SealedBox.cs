using System.Security.Cryptography;

namespace Tenantry.Foundation.Security.Sealing;

/// <summary>
/// Authenticated encryption with AES-256-GCM (NIST SP 800-38D). A sealed text is the nonce (12 bytes), the ciphertext
/// and the tag (16 bytes).
/// </summary>
/// <param name="key">32 bytes, for one purpose: <c>ServiceSettings.KeyFor</c></param>
/// <param name="isTagFirst">the tag precedes the ciphertext: signing keys are stored in this form since version
/// 0.1</param>
public sealed class SealedBox(byte[] key, bool isTagFirst = false)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Encrypts under a random nonce.</summary>
    /// <param name="text">the plaintext</param>
    /// <param name="bound">the context of the sealed text (associated data): it opens only with the same value</param>
    public byte[] Seal(ReadOnlySpan<byte> text, ReadOnlySpan<byte> bound = default)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        return Seal(nonce, text, bound);
    }

    /// <summary>
    /// Encrypts under a nonce that is derived from the text: equal texts have equal sealed texts, and two texts never
    /// share
    /// a nonce.
    /// </summary>
    /// <param name="text">the plaintext</param>
    public byte[] SealAlike(ReadOnlySpan<byte> text) =>
        Seal(HMACSHA256.HashData(key, text).AsSpan(0, NonceBytes), text, default);

    /// <returns>null: it was sealed under another key or for another context, or it was altered</returns>
    public byte[]? Open(ReadOnlySpan<byte> box, ReadOnlySpan<byte> bound = default)
    {
        if (box.Length < NonceBytes + TagBytes)
            return null;
        var text = new byte[box.Length - NonceBytes - TagBytes];
        var (hidden, tag) = Places(text.Length);
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(box[..NonceBytes], box[hidden], box[tag], text, bound);
            return text;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private byte[] Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> text, ReadOnlySpan<byte> bound)
    {
        var box = new byte[NonceBytes + text.Length + TagBytes];
        var (hidden, tag) = Places(text.Length);
        nonce.CopyTo(box);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, text, box.AsSpan()[hidden], box.AsSpan()[tag], bound);
        return box;
    }

    private (Range Hidden, Range Tag) Places(int length) =>
        isTagFirst
            ? ((NonceBytes + TagBytes).., NonceBytes..(NonceBytes + TagBytes))
            : (NonceBytes..(NonceBytes + length), (NonceBytes + length)..);
}
