using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// What a tenant's slug may be. It becomes a label of a host name (RFC 1123), stands in headers beside tenant ids, and stays for ever; so the same rule holds wherever a slug
/// enters: the API, settings, the first start, and archives.
/// </summary>
public static partial class TenantSlug
{
    /// <summary>The tenant from which the platform itself is administered. Reserved for everyone else.</summary>
    public const string Platform = "platform";

    /// <summary>
    /// Names of the platform's own hosts; names that software looks up in every domain by itself and then trusts (proxy discovery, mail and calendar configuration); and names of
    /// roles that certificate authorities send proof of control to.
    /// </summary>
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        Platform,
        "admin",
        "api",
        "app",
        "assets",
        "auth",
        "cdn",
        "dev",
        "docs",
        "health",
        "help",
        "internal",
        "localhost",
        "login",
        "mail",
        "metrics",
        "root",
        "static",
        "status",
        "support",
        "system",
        "tenantry",
        "www",
        "account",
        "accounts",
        "billing",
        "blog",
        "console",
        "dashboard",
        "id",
        "oauth",
        "oauth2",
        "saml",
        "scim",
        "sso",
        "security",
        "webhook",
        "webhooks",
        "wpad",
        "autodiscover",
        "autoconfig",
        "isatap",
        "broadcasthost",
        "localdomain",
        "local",
        "mta-sts",
        "openpgpkey",
        "caldav",
        "carddav",
        "dns",
        "ftp",
        "imap",
        "ldap",
        "ns",
        "ns1",
        "ns2",
        "ns3",
        "ns4",
        "mx",
        "ntp",
        "pop",
        "pop3",
        "smtp",
        "ssh",
        "vpn",
        "webmail",
        "administrator",
        "hostmaster",
        "postmaster",
        "webmaster",
        "ssladmin",
        "ssl-admin",
        "abuse",
        "noc",
        "no-reply",
        "noreply"
    );

    /// <summary>1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit.</summary>
    public static bool IsLabel(string text) => Label().IsMatch(text);

    /// <summary>
    /// Whether nobody may have it: a name of the list; a UUID in any form, which headers and commands take for a tenant's id; a label with '-' in its third and fourth place, which
    /// is punycode or reserved for its successors (RFC 5891, section 4.2.3.1) and may be shown as something else than it is.
    /// </summary>
    public static bool IsReserved(string text) =>
        Reserved.Contains(text) || Guid.TryParse(text, out _) || (text.Length >= 4 && text[2] == '-' && text[3] == '-');

    /// <summary>Whether a tenant other than the platform may have it.</summary>
    public static bool IsFree(string text) => IsLabel(text) && !IsReserved(text);

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();
}
