using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Commands;

/// <summary>
/// Walks the OpenAPI document. On every route and method, with every role of one tenant, it says the other tenant's ids: in the path, the query and the body. What comes back
/// must be a refusal, must carry nothing of the other tenant, and must be what an id that nobody has gets: the same words, after about the same time. In the
/// end the other tenant's rows must be what they were.
/// </summary>
public sealed partial class IsolationProof(IServiceProvider services, Uri url, TextWriter output) : IDisposable
{
    private const int Tries = 5;

    /// <summary>A token that ran out in the midst of an operation would look like a leak. None lives shorter than five minutes.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(3);

    private static readonly string[] Refusals = ["400", "403", "404", "405", "409"];

    private readonly HttpClient http = new() { BaseAddress = url };
    private readonly List<string> leaks = [];

    /// <summary>By their roles, and when they signed in. Some operations end their sessions.</summary>
    private readonly Dictionary<string, (AuthenticationHeaderValue Caller, long SignedIn)> callers = new(
        StringComparer.Ordinal
    );

    /// <param name="below">only routes that begin so; null: all</param>
    /// <param name="cancel">erases both tenants and stops</param>
    /// <returns>each leak in words; none: tenants are kept apart</returns>
    public async Task<IReadOnlyList<string>> Run(string? below, CancellationToken cancel)
    {
        var document = JsonNode.Parse(await http.GetStringAsync(OpenApi.DocumentPath, cancel))!;
        var victim = await ProofTenant.Make(services, "victim", cancel);
        var attacker = await ProofTenant.Make(services, "attacker", cancel);
        try
        {
            var before = await victim.Fingerprint(services, cancel);
            var operations = Operation
                .Of(document)
                .Where(operation => operation.Path.StartsWith(below ?? "", StringComparison.Ordinal))
                .ToList();
            foreach (var operation in operations)
                await Try(operation, victim, attacker, cancel);
            if (await victim.Fingerprint(services, cancel) != before)
                leaks.Add("the other tenant's rows are not what they were");
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

    private async Task Try(Operation operation, ProofTenant victim, ProofTenant attacker, CancellationToken cancel)
    {
        var told = new List<string>();
        var leaksBefore = leaks.Count;
        foreach (var (role, email) in attacker.Emails)
        {
            var statuses = new SortedSet<string>(StringComparer.Ordinal);
            var caller = await Caller(attacker, role, email, cancel);
            foreach (var aim in operation.Aims(victim, attacker))
            {
                var (answer, unknown) = (
                    await Send(operation, aim, caller, cancel),
                    await Send(operation, aim.AtNobody(), caller, cancel)
                );
                // A machine that does something else for a moment is no leak: the quickest of all tries are compared.
                for (var again = 0; again < 3 && AreOfTwoClasses(answer, unknown); again++)
                {
                    (answer, unknown) = (
                        (await Send(operation, aim, caller, cancel)).OrAsQuickAs(answer),
                        (await Send(operation, aim.AtNobody(), caller, cancel)).OrAsQuickAs(unknown)
                    );
                }
                statuses.Add(answer.Status);
                foreach (var fault in Faults(operation, aim, answer, unknown, victim))
                    leaks.Add($"{operation} as {role}, {aim.Where}: {fault}");
            }
            if (await AtTheOthersAddress(operation, caller, victim, attacker, cancel) is var there and not 401)
                leaks.Add($"{operation} as {role}, with X-Tenant of the other tenant: {there}, not 401");
            told.Add($"{role} {string.Join(' ', statuses)}");
        }
        await output.WriteLineAsync(
            $"{(leaks.Count == leaksBefore ? "ok  " : "LEAK")} {operation, -62} {string.Join(", ", told)}"
        );
    }

    private async Task<int> AtTheOthersAddress(
        Operation operation,
        AuthenticationHeaderValue caller,
        ProofTenant victim,
        ProofTenant attacker,
        CancellationToken cancel
    )
    {
        var aim = operation.Aims(victim, attacker).First();
        using var request = new HttpRequestMessage(operation.Method, aim.Path) { Headers = { Authorization = caller } };
        request.Headers.Add("X-Tenant", victim.Slug);
        request.Content = aim.Body is null ? null : JsonContent.Create(aim.Body);
        using var response = await http.SendAsync(request, cancel);
        return (int)response.StatusCode;
    }

    private static bool AreOfTwoClasses(Answer one, Answer other)
    {
        var (slow, quick) = (
            Math.Max(one.Milliseconds, other.Milliseconds),
            Math.Min(one.Milliseconds, other.Milliseconds)
        );
        return slow > 3 * quick && slow - quick > 15;
    }

    private static IEnumerable<string> Faults(
        Operation operation,
        Aim aim,
        Answer answer,
        Answer unknown,
        ProofTenant victim
    )
    {
        // What the caller was refused is in the caller's own log, with the ids that they said: there, only words tell.
        var marks = operation.Path.StartsWith("/api/v1/audit-events", StringComparison.Ordinal)
            ? victim.Marks.Where(mark => !Guid.TryParse(mark, out _))
            : victim.Marks;
        if (marks.FirstOrDefault(mark => answer.Bare.Contains(mark, StringComparison.OrdinalIgnoreCase)) is { } mark)
            yield return $"the answer ({answer.Status}) carries '{mark}' of the other tenant";
        // A filter that nothing passes is as good as a refusal.
        if (
            aim.IsId
            && !Refusals.Contains(answer.Status)
            && !(
                aim.Query.Length > 0
                && (answer.Bare.Length == 0 || answer.Bare.Contains("\"items\":[]", StringComparison.Ordinal))
            )
        )
            yield return $"{answer.Status} for the other tenant's id";
        if (aim.IsId && (answer.Status, answer.Bare) != (unknown.Status, unknown.Bare))
            yield return $"not the answer of an id that nobody has: {answer.Status} {answer.Bare} against {unknown.Status} {unknown.Bare}";
        if (aim.IsId && AreOfTwoClasses(answer, unknown))
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"takes {answer.Milliseconds:F1} ms, and {unknown.Milliseconds:F1} ms for an id that nobody has"
            );
    }

    private async Task<AuthenticationHeaderValue> Caller(
        ProofTenant attacker,
        string role,
        string email,
        CancellationToken cancel
    )
    {
        if (
            callers.TryGetValue(role, out var known)
            && Stopwatch.GetElapsedTime(known.SignedIn) < Fresh
            && await IsSignedIn(known.Caller, cancel)
        )
            return known.Caller;
        var signedIn = Stopwatch.GetTimestamp();
        callers[role] = (await SignIn(attacker, email, cancel), signedIn);
        return callers[role].Caller;
    }

    private async Task<bool> IsSignedIn(AuthenticationHeaderValue caller, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/auth/me")
        {
            Headers = { Authorization = caller },
        };
        using var response = await http.SendAsync(request, cancel);
        return response.IsSuccessStatusCode;
    }

    private async Task<AuthenticationHeaderValue> SignIn(ProofTenant tenant, string email, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/login")
        {
            Content = JsonContent.Create(new { email, password = ProofTenant.Password }),
            Headers = { { "X-Tenant", tenant.Slug } },
        };
        using var response = await http.SendAsync(request, cancel);
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(cancel);
        return new AuthenticationHeaderValue(
            "Bearer",
            answer!["access_token"]?.GetValue<string>()
                ?? throw new InvalidOperationException($"{email} cannot sign in: {answer}")
        );
    }

    /// <summary>The answer without what is different each time, and how long the quickest took: what else the machine does only adds to it.</summary>
    private async Task<Answer> Send(
        Operation operation,
        Aim aim,
        AuthenticationHeaderValue caller,
        CancellationToken cancel
    )
    {
        var times = new List<double>();
        var (status, bare) = ("", "");
        for (var i = 0; i < (aim.IsId ? Tries : 1); i++)
        {
            using var request = new HttpRequestMessage(operation.Method, aim.Path + aim.Query)
            {
                Headers = { Authorization = caller },
            };
            if (aim.Body is not null)
                request.Content = JsonContent.Create(aim.Body);
            var watch = Stopwatch.StartNew();
            using var response = await http.SendAsync(request, cancel);
            var text = await response.Content.ReadAsStringAsync(cancel);
            times.Add(watch.Elapsed.TotalMilliseconds);
            (status, bare) = (
                ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture),
                Bare(text + response.Headers.Location, aim)
            );
        }
        return new Answer(status, bare, times.Min());
    }

    private static string Bare(string text, Aim aim)
    {
        foreach (var said in aim.Said)
            text = text.Replace(said, "{said}", StringComparison.OrdinalIgnoreCase);
        return Volatile().Replace(text, "");
    }

    [GeneratedRegex("\"(trace_id|instance|as_of)\":\"[^\"]*\",?")]
    private static partial Regex Volatile();

    private sealed record Answer(string Status, string Bare, double Milliseconds)
    {
        public Answer OrAsQuickAs(Answer before) =>
            this with
            {
                Milliseconds = Math.Min(Milliseconds, before.Milliseconds),
            };
    }

    /// <summary>One way to say the other tenant's ids or words to an operation.</summary>
    /// <param name="Where">in words</param>
    /// <param name="Path">filled in</param>
    /// <param name="Query">with its question mark, or empty</param>
    /// <param name="Body">or none</param>
    /// <param name="Said">what of the other tenant is said</param>
    /// <param name="IsId">an id, which must be refused; words are only looked for</param>
    private sealed record Aim(
        string Where,
        string Path,
        string Query,
        JsonNode? Body,
        IReadOnlyList<string> Said,
        bool IsId
    )
    {
        /// <summary>The same with ids that nobody has.</summary>
        public Aim AtNobody()
        {
            var (path, query, body, said) = (Path, Query, Body?.ToJsonString(), new List<string>());
            foreach (var id in Said.Where(_ => IsId))
            {
                var nobody = Guid.CreateVersion7().ToString();
                said.Add(nobody);
                (path, query, body) = (
                    path.Replace(id, nobody, StringComparison.Ordinal),
                    query.Replace(id, nobody, StringComparison.Ordinal),
                    body?.Replace(id, nobody, StringComparison.Ordinal)
                );
            }
            return this with
            {
                Path = path,
                Query = query,
                Body = body is null ? null : JsonNode.Parse(body),
                Said = said,
            };
        }
    }

    private sealed record Operation(
        HttpMethod Method,
        string Path,
        IReadOnlyList<JsonNode> Parameters,
        JsonNode? Schema
    )
    {
        private IReadOnlyList<string> Placeholders =>
            [.. Path.Split('/').Where(part => part.StartsWith('{') && part != "{revision}")];

        public override string ToString() => $"{Method} {Path}";

        public static IEnumerable<Operation> Of(JsonNode document) =>
            from path in document["paths"]!.AsObject()
            where path.Key.StartsWith("/api/", StringComparison.Ordinal)
            from operation in path.Value!.AsObject()
            let body = operation.Value!["requestBody"]?["content"]?["application/json"]?["schema"]
            select new Operation(
                HttpMethod.Parse(operation.Key),
                path.Key,
                [.. (operation.Value!["parameters"]?.AsArray() ?? []).Select(parameter => parameter!)],
                body is null ? null : Resolve(document, body)
            );

        public IEnumerable<Aim> Aims(ProofTenant victim, ProofTenant attacker)
        {
            var own = Fill(attacker);
            // Each place for an id alone, with our own in the others; and all at once.
            foreach (var placeholder in Placeholders)
                yield return Aimed(
                    $"path {placeholder}",
                    Fill(attacker, (placeholder, victim)),
                    "",
                    Example(),
                    Id(victim, placeholder)
                );
            if (Placeholders.Count > 1)
                yield return Aimed(
                    "whole path",
                    Fill(victim),
                    "",
                    Example(),
                    [.. Placeholders.Select(placeholder => Id(victim, placeholder))]
                );
            foreach (var (name, kind) in IdMembers())
            {
                var body = Example()!;
                body[name] = victim.Ids[kind].ToString();
                yield return Aimed($"body {name}", own, "", body, victim.Ids[kind].ToString());
            }
            foreach (
                var name in Parameters
                    .Where(parameter => parameter["in"]!.GetValue<string>() == "query")
                    .Select(parameter => parameter["name"]!.GetValue<string>())
            )
            {
                if (name.EndsWith("_id", StringComparison.Ordinal))
                    yield return Aimed(
                        $"query {name}",
                        own,
                        $"?{name}={victim.Ids[KindOf(name)]}&permission=users:read",
                        Example(),
                        victim.Ids[KindOf(name)].ToString()
                    );
                else if (victim.Words.TryGetValue(name, out var word))
                    yield return new Aim(
                        $"query {name}",
                        own,
                        $"?{name}={Uri.EscapeDataString(word)}",
                        Example(),
                        [word],
                        IsId: false
                    );
            }
            if (Placeholders.Count == 0)
                yield return new Aim("as it is", own, "", Example(), [], IsId: false);

            static Aim Aimed(
                string where,
                string path,
                string query,
                JsonNode? body,
                params IReadOnlyList<string> said
            ) => new(where, path, query, body, said, IsId: true);
        }

        private string Fill(ProofTenant usual, params (string Placeholder, ProofTenant From)[] others) =>
            string.Join(
                '/',
                Path.Split('/')
                    .Select(part =>
                        !part.StartsWith('{')
                            ? part
                            : Id(others.FirstOrDefault(other => other.Placeholder == part).From ?? usual, part)
                    )
            );

        private string Id(ProofTenant of, string placeholder)
        {
            if (placeholder == "{revision}")
                return "1"; // every template has it
            var parts = Path.Split('/');
            return of.Ids[parts[Array.IndexOf(parts, placeholder) - 1]].ToString();
        }

        private IEnumerable<(string Name, string Kind)> IdMembers() =>
            from property in Schema?["properties"]?.AsObject() ?? []
            where property.Key.EndsWith("_id", StringComparison.Ordinal)
            select (property.Key, KindOf(property.Key));

        private JsonNode? Example() => Schema?["examples"]?[0]?.DeepClone();

        private static string KindOf(string member) =>
            member switch
            {
                "user_id" or "actor_id" => "users",
                "target_id" => "targets",
                "tenant_id" => "tenants",
                "session_id" => "sessions",
                _ => "roles",
            };

        private static JsonNode Resolve(JsonNode document, JsonNode schema) =>
            schema["$ref"]?.GetValue<string>() is { } reference
                ? document["components"]!["schemas"]![reference.Split('/')[^1]]!
            : schema["oneOf"] is JsonArray choices
                ? Resolve(document, choices.First(choice => choice!["$ref"] is not null)!)
            : schema;
    }
}
