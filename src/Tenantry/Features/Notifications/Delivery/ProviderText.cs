using System.Text;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>Text that a provider or mail server sent, such as the reason of a refusal.</summary>
internal static class ProviderText
{
    private const int MaxLength = 500;

    /// <summary>
    /// The text without what cannot be stored: control characters and unpaired surrogates, at a bounded length.
    /// </summary>
    public static string Storable(string text)
    {
        var storable = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (storable.Length + rune.Utf16SequenceLength > MaxLength)
                break;
            storable.Append(Rune.IsControl(rune) ? new Rune(' ') : rune);
        }
        return storable.ToString();
    }
}
