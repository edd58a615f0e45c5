using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// Queries a service that knows far more breached passwords than the list we ship, if BREACHED_PASSWORDS_URL is set
/// (the
/// range API of Have I Been Pwned). The service receives five characters of a SHA-1 hash and returns all hashes with
/// that
/// prefix: neither the password nor its hash is sent. While the service is unavailable, only the shipped list is
/// checked.
/// </summary>
public sealed partial class BreachedPasswords(HttpClient http, ServiceSettings settings, ILogger<BreachedPasswords> log)
{
    private const int PrefixLength = 5;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <returns>the validation message, without the field name; null: the password is not known as breached</returns>
    public async Task<string?> Fault(string password, CancellationToken cancel)
    {
        if (settings.BreachedPasswordsUrl is not { } service)
            return null;
#pragma warning disable CA5350 // the service requires SHA-1, and the hash is not stored
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(StorableText.Normalized(password))));
#pragma warning restore CA5350
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service, hash[..PrefixLength]));
            request.Headers.Add("Add-Padding", "true"); // the length of the response would reveal the range
            using var answer = await http.SendAsync(request, cancel);
            answer.EnsureSuccessStatusCode();
            var range = await answer.Content.ReadAsStringAsync(cancel);
            return range
                .Split('\n', StringSplitOptions.TrimEntries)
                .Any(line => IsMatch(line, hash.AsSpan(PrefixLength)))
                ? PasswordAttribute.Leaked
                : null;
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            Unavailable(log, e.Message);
            return null;
        }
    }

    /// <summary><c>SUFFIX:COUNT</c>; padding has a count of 0.</summary>
    private static bool IsMatch(string line, ReadOnlySpan<char> suffix) =>
        line.Length > suffix.Length + 1
        && line[suffix.Length] == ':'
        && line.AsSpan(0, suffix.Length).Equals(suffix, StringComparison.OrdinalIgnoreCase)
        && !line.EndsWith(":0", StringComparison.Ordinal);

    [LoggerMessage(
        EventId = 1301,
        Level = LogLevel.Warning,
        Message = "The breached password service is unavailable; only the shipped list is checked: {Reason}"
    )]
    private static partial void Unavailable(ILogger log, string reason);
}
