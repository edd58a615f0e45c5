using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// Which slugs a tenant may have. A slug becomes a label of a host name (RFC 1123), is used in headers in place of a
/// tenant id, and never changes. The same rule applies in the API, in settings, at the first start and in archives.
/// </summary>
public static partial class TenantSlug
{
    /// <summary>The tenant that operates the installation. No other tenant can have this slug.</summary>
    public const string Platform = "platform";

    /// <summary>
    /// Names of the platform's own hosts; names that software looks up in every domain and then trusts (discovery of
    /// proxies, mail and calendars); and names of mailboxes that certificate authorities accept as proof of control of
    /// a domain.
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

    /// <summary>1 to 63 characters of a-z, 0-9 and '-'. The first and the last are a letter or digit.</summary>
    public static bool IsLabel(string text) => Label().IsMatch(text);

    /// <summary>
    /// Whether no tenant may have the slug: a reserved name; a UUID in any form, which headers and commands read as a
    /// tenant's id; a label with '-' in its third and fourth place, which is punycode or reserved for its successors
    /// (RFC 5891, section 4.2.3.1), so that a browser may display another name.
    /// </summary>
    public static bool IsReserved(string text) =>
        Reserved.Contains(text) || Guid.TryParse(text, out _) || (text.Length >= 4 && text[2] == '-' && text[3] == '-');

    /// <summary>Whether a tenant other than the platform may have the slug.</summary>
    public static bool IsFree(string text) => IsLabel(text) && !IsReserved(text);

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();
}
