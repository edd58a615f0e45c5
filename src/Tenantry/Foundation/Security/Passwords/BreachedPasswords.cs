using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// Asks a service that knows far more leaked passwords than the list we ship, where BREACHED_PASSWORDS_URL names one (the range API of Have I Been
/// Pwned). It learns five characters of a SHA-1 and answers all that begin so: neither the password nor its hash leaves the house. While
/// it is away the shipped list alone decides.
/// </summary>
public sealed partial class BreachedPasswords(HttpClient http, ServiceSettings settings, ILogger<BreachedPasswords> log)
{
    private const int PrefixLength = 5;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <returns>what is wrong, to be put behind the member's name; null: nothing that is known</returns>
    public async Task<string?> Fault(string password, CancellationToken cancel)
    {
        if (settings.BreachedPasswordsUrl is not { } service)
            return null;
#pragma warning disable CA5350 // SHA-1 is the service's choice, and nothing is kept under it
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(StorableText.Normalized(password))));
#pragma warning restore CA5350
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service, hash[..PrefixLength]));
            request.Headers.Add("Add-Padding", "true"); // the length of the answer would tell the range
            using var answer = await http.SendAsync(request, cancel);
            answer.EnsureSuccessStatusCode();
            var known = await answer.Content.ReadAsStringAsync(cancel);
            return known
                .Split('\n', StringSplitOptions.TrimEntries)
                .Any(line => IsMatch(line, hash.AsSpan(PrefixLength)))
                ? PasswordAttribute.Leaked
                : null;
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            Away(log, e.Message);
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
        Message = "The service of breached passwords does not answer ({Reason}): the shipped list alone decides"
    )]
    private static partial void Away(ILogger log, string reason);
}
