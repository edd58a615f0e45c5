using System.Globalization;
using System.Net;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>A mail server.</summary>
/// <param name="Host">The server's name, which its certificate must contain.</param>
/// <param name="Port">587 by default, 465 with smtps.</param>
/// <param name="Tls">TLS from the first byte on (smtps).</param>
/// <param name="IsUnencrypted">No encryption (<c>?tls=off</c>): for a server on the same machine.</param>
/// <param name="Credentials">Null: the server needs no sign-in.</param>
/// <param name="AuthorityFile">
/// The certificate of a private certificate authority in PEM. Null: the authorities that the machine trusts.
/// </param>
public sealed record SmtpSettings(
    string Host,
    int Port,
    bool Tls,
    bool IsUnencrypted,
    NetworkCredential? Credentials,
    string? AuthorityFile
)
{
    internal static SmtpSettings? Read(SettingsReader read)
    {
        var authority = read.Text("SMTP_CA_FILE");
        read.Need(
            "SMTP_CA_FILE",
            authority is null || File.Exists(authority),
            "must name a file with certificates in PEM"
        );
        // The text may contain a password, so no fault repeats it.
        if (read.Text("SMTP_URL") is not { } text)
            return null;
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("smtp" or "smtps")
            || url.Host.Length == 0
            || url.AbsolutePath.Length > 1
            || url.Query is not ("" or "?tls=off")
        )
        {
            read.Fault(
                "SMTP_URL",
                "must be a URL like smtp://user:password@host:587 (STARTTLS is required) or smtps://host:465; smtp://localhost:1025?tls=off sends unencrypted"
            );
            return null;
        }
        read.Need("SMTP_URL", url.Scheme == "smtp" || url.Query.Length == 0, "must not combine smtps with tls=off");
        var parts = url.UserInfo.Split(':', 2);
        var credentials = parts is [{ Length: > 0 } user, var password]
            ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
            : null;
        read.Need(
            "SMTP_URL",
            url.UserInfo.Length == 0 || credentials is not null,
            "must have both a user and a password, with special characters percent-encoded, or neither"
        );
        return new SmtpSettings(
            url.Host,
            url.Port > 0 ? url.Port
                : url.Scheme == "smtps" ? 465
                : 587,
            url.Scheme == "smtps",
            url.Query.Length > 0,
            credentials,
            authority
        );
    }

    // The generated text of a record would print its secret.
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
