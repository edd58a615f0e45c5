namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// What an installation outside Development must state. A default would work on the machine of its operator and fail
/// for every user: links that lead nowhere, mails that no server accepts.
/// </summary>
internal static class ProductionRules
{
    /// <summary>Domains that no mail server has (RFC 2606, RFC 6762, RFC 9476), and names of machines.</summary>
    private static readonly string[] NoMailDomains =
    [
        "localhost",
        "localdomain",
        "local",
        "internal",
        "test",
        "invalid",
        "example",
        "alt",
    ];

    public static void Check(SettingsReader read, ServiceSettings settings)
    {
        read.Need(
            "APP_BASE_URL",
            read.Text("APP_BASE_URL") is not null,
            "is required outside Development: the URL that users and applications call, like https://api.example.com. Links in mails and the issuer of tokens are derived from it"
        );
        // An installation for this machine alone, such as the one of docker-compose.yml, catches its own mail.
        read.Need(
            "FROM_EMAIL",
            settings.Messages.Email == EmailTransport.Mailbox
                || IsLocal(settings.AppBaseUrl)
                || HasMail(settings.FromEmail),
            $"must be an address of a domain that receives mail, like no-reply@your-domain.com, because EMAIL_TRANSPORT is {settings.Messages.Email.ToString().ToLowerInvariant()}: mail servers refuse a sender that cannot be answered"
        );
    }

    /// <summary>What <see cref="IsPlainHttp"/> means and what to do, for the log and the check of the settings.</summary>
    public const string PlainHttp =
        "passwords and tokens cross the network unencrypted. End TLS at a proxy and set APP_BASE_URL to its https:// URL";

    /// <summary>
    /// Attack: on the network path, an attacker reads passwords and tokens. On this machine alone there is no path.
    /// </summary>
    public static bool IsPlainHttp(ServiceSettings settings) =>
        !settings.IsDevelopment && settings.AppBaseUrl.Scheme == Uri.UriSchemeHttp && !IsLocal(settings.AppBaseUrl);

    private static bool IsLocal(Uri url) =>
        url.IsLoopback || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static bool HasMail(string address)
    {
        var labels = address[(address.LastIndexOf('@') + 1)..].Split('.');
        return labels.Length > 1 && !NoMailDomains.Contains(labels[^1], StringComparer.OrdinalIgnoreCase);
    }
}
