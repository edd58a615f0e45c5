using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Commands;

/// <summary>
/// Walks the OpenAPI document. On every route and method, with every role of one tenant, it sends the other tenant's
/// ids in the path, the query and the body. The response must be a refusal, must contain nothing of the other tenant,
/// and must equal the response to an id that does not exist, in text and in time. At the end, the other tenant's rows
/// must be unchanged.
/// </summary>
public sealed partial class IsolationProof(IServiceProvider services, Uri url, TextWriter output) : IDisposable
{
    private const int Tries = 5;

    private static readonly string[] Refusals = ["400", "403", "404", "405", "409"];

    private readonly HttpClient http = new() { BaseAddress = url };
    private readonly List<string> leaks = [];

    private ProofCallers? callers;

    /// <param name="below">The start of the paths to try. Null: all paths.</param>
    /// <param name="cancel">Erases both tenants and stops.</param>
    /// <returns>A description of each leak. Empty: tenants are isolated.</returns>
    public async Task<IReadOnlyList<string>> Run(string? below, CancellationToken cancel)
    {
        var document = JsonNode.Parse(await http.GetStringAsync(OpenApi.DocumentPath, cancel))!;
        var victim = await CreateProofTenant.Run(services, "victim", cancel);
        var attacker = await CreateProofTenant.Run(services, "attacker", cancel);
        try
        {
            var before = await victim.Fingerprint(services, cancel);
            var operations = ProofOperation
                .Of(document)
                .Where(operation => operation.Path.StartsWith(below ?? "", StringComparison.Ordinal))
                .ToList();
            foreach (var operation in operations)
                await Try(operation, victim, attacker, cancel);
            if (await victim.Fingerprint(services, cancel) != before)
                leaks.Add("the other tenant's rows were changed");
            await output.WriteLineAsync(
                $"{operations.Count} operations, {attacker.Emails.Count} roles, {leaks.Count} leaks"
            );
        }
        finally
        {
            await attacker.Erase(services, CancellationToken.None);
            await victim.Erase(services, CancellationToken.None);
        }
        return leaks;
    }

    public void Dispose() => http.Dispose();

    private async Task Try(ProofOperation operation, ProofTenant victim, ProofTenant attacker, CancellationToken cancel)
    {
        var results = new List<string>();
        var leaksBefore = leaks.Count;
        foreach (var (role, email) in attacker.Emails)
        {
            var statuses = new SortedSet<string>(StringComparer.Ordinal);
            var caller = await (callers ??= new ProofCallers(http)).Of(attacker, role, email, cancel);
            foreach (var target in operation.Requests(victim, attacker))
            {
                var (answer, unknown) = (
                    await Send(operation, target, caller, cancel),
                    await Send(operation, target.WithUnknownIds(), caller, cancel)
                );
                // Other load on the machine is no leak: the fastest of all attempts are compared.
                for (var again = 0; again < 3 && DifferInTime(answer, unknown); again++)
                {
                    (answer, unknown) = (
                        (await Send(operation, target, caller, cancel)).WithFastestOf(answer),
                        (await Send(operation, target.WithUnknownIds(), caller, cancel)).WithFastestOf(unknown)
                    );
                }
                statuses.Add(answer.Status);
                foreach (var fault in Faults(operation, target, answer, unknown, victim))
                    leaks.Add($"{operation} as {role}, {target.Where}: {fault}");
            }
            if (await StatusAtOtherTenant(operation, caller, victim, attacker, cancel) is var there and not 401)
                leaks.Add($"{operation} as {role}, with X-Tenant of the other tenant: {there}, not 401");
            results.Add($"{role} {string.Join(' ', statuses)}");
        }
        await output.WriteLineAsync(
            $"{(leaks.Count == leaksBefore ? "ok  " : "LEAK")} {operation, -62} {string.Join(", ", results)}"
        );
    }

    private async Task<int> StatusAtOtherTenant(
        ProofOperation operation,
        AuthenticationHeaderValue caller,
        ProofTenant victim,
        ProofTenant attacker,
        CancellationToken cancel
    )
    {
        var target = operation.Requests(victim, attacker).First();
        using var request = new HttpRequestMessage(operation.Method, target.Path)
        {
            Headers = { Authorization = caller },
        };
        request.Headers.Add("X-Tenant", victim.Slug);
        request.Content = target.Body is null ? null : JsonContent.Create(target.Body);
        using var response = await http.SendAsync(request, cancel);
        return (int)response.StatusCode;
    }

    private static bool DifferInTime(Answer one, Answer other)
    {
        var (slow, quick) = (
            Math.Max(one.Milliseconds, other.Milliseconds),
            Math.Min(one.Milliseconds, other.Milliseconds)
        );
        return slow > 3 * quick && slow - quick > 15;
    }

    private static IEnumerable<string> Faults(
        ProofOperation operation,
        ProofRequest target,
        Answer answer,
        Answer unknown,
        ProofTenant victim
    )
    {
        // The caller's own audit log contains refused requests with their ids: there, only texts reveal a leak.
        var marks = operation.Path.StartsWith("/api/v1/audit-events", StringComparison.Ordinal)
            ? victim.Marks.Where(mark => !Guid.TryParse(mark, out _))
            : victim.Marks;
        if (marks.FirstOrDefault(mark => answer.Bare.Contains(mark, StringComparison.OrdinalIgnoreCase)) is { } mark)
            yield return $"the response ({answer.Status}) contains '{mark}' of the other tenant";
        // An empty list is equivalent to a refusal.
        if (
            target.IsId
            && !Refusals.Contains(answer.Status)
            && !(
                target.Query.Length > 0
                && (answer.Bare.Length == 0 || answer.Bare.Contains("\"items\":[]", StringComparison.Ordinal))
            )
        )
            yield return $"{answer.Status} for the other tenant's id";
        if (target.IsId && (answer.Status, answer.Bare) != (unknown.Status, unknown.Bare))
            yield return $"not the response to an unknown id: {answer.Status} {answer.Bare} instead of {unknown.Status} {unknown.Bare}";
        if (target.IsId && DifferInTime(answer, unknown))
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"takes {answer.Milliseconds:F1} ms, and {unknown.Milliseconds:F1} ms for an unknown id"
            );
    }

    /// <summary>
    /// The response without its volatile parts, and the time of the fastest attempt: other load on the machine only
    /// adds time.
    /// </summary>
    private async Task<Answer> Send(
        ProofOperation operation,
        ProofRequest target,
        AuthenticationHeaderValue caller,
        CancellationToken cancel
    )
    {
        var times = new List<double>();
        var (status, bare) = ("", "");
        for (var i = 0; i < (target.IsId ? Tries : 1); i++)
        {
            using var request = new HttpRequestMessage(operation.Method, target.Path + target.Query)
            {
                Headers = { Authorization = caller },
            };
            if (target.Body is not null)
                request.Content = JsonContent.Create(target.Body);
            var watch = Stopwatch.StartNew();
            using var response = await http.SendAsync(request, cancel);
            var text = await response.Content.ReadAsStringAsync(cancel);
            times.Add(watch.Elapsed.TotalMilliseconds);
            (status, bare) = (
                ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture),
                Bare(text + response.Headers.Location, target)
            );
        }
        return new Answer(status, bare, times.Min());
    }

    private static string Bare(string text, ProofRequest target)
    {
        foreach (var value in target.Values)
            text = text.Replace(value, "{value}", StringComparison.OrdinalIgnoreCase);
        return Volatile().Replace(text, "");
    }

    [GeneratedRegex("\"(trace_id|instance|as_of)\":\"[^\"]*\",?")]
    private static partial Regex Volatile();

    private sealed record Answer(string Status, string Bare, double Milliseconds)
    {
        public Answer WithFastestOf(Answer before) =>
            this with
            {
                Milliseconds = Math.Min(Milliseconds, before.Milliseconds),
            };
    }
}
