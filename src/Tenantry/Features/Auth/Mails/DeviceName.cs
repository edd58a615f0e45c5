namespace Tenantry.Features.Auth.Mails;

/// <summary>
/// The device of a sign-in in the words of the service. The mail about a new device warns of an attacker, and the
/// attacker chooses the User-Agent: quoted, it could carry a link to the attacker's page.
/// </summary>
internal static class DeviceName
{
    private const string Unknown = "an unknown device";

    // The first match counts: most browsers also name those that they resemble.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <returns>For example <c>Firefox on Linux</c>. It contains no text of the header.</returns>
    public static string Of(string? userAgent) =>
        (Find(Browsers, userAgent), Find(Systems, userAgent)) switch
        {
            ({ } browser, { } system) => $"{browser} on {system}",
            ({ } browser, null) => browser,
            (null, { } system) => $"an unknown program on {system}",
            _ => Unknown,
        };

    private static string? Find((string Mark, string Name)[] known, string? userAgent)
    {
        foreach (var (mark, name) in known)
        {
            if (userAgent?.Contains(mark, StringComparison.Ordinal) == true)
                return name;
        }
        return null;
    }
}
