using System.Globalization;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>The ASCII form of host names (RFC 5891), by one set of rules.</summary>
internal static class AsciiHost
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <returns>The host in lower-case ASCII. Null: it is not a host name.</returns>
    public static string? Of(string host)
    {
        try
        {
            return Idn.GetAscii(host).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The host in its own script.</summary>
    /// <exception cref="ArgumentException">A label is not Punycode.</exception>
    public static string ToUnicode(string ascii) => Idn.GetUnicode(ascii);
}
