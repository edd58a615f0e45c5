using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// tenantry.http is sent as an editor sends it, from the top down, and has a request for every operation of the API.
/// </summary>
public sealed partial class HttpFileTests(Cluster cluster)
{
    [Fact]
    public async Task Every_request_is_answered_as_the_file_says()
    {
        await using var service = await cluster.StartAtItsLinks(variables =>
            variables["PLATFORM_ADMIN_EMAIL"] = "admin@platform.example"
        );
        using var http = Conformance.Client(service.Url);
        var tour = new Tour(service.Url.ToString().TrimEnd('/'));
        var surprises = new List<string>();

        foreach (var request in Requests())
        {
            var (status, text) = await Send(request);
            // Whoever looks for a mail looks again until it is there.
            for (
                var watch = Stopwatch.StartNew();
                request.Url.Contains("/dev/mailbox", StringComparison.Ordinal)
                    && !tour.IsNewMail(text)
                    && watch.Elapsed < TimeSpan.FromSeconds(20);

            )
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
                (status, text) = await Send(request);
            }
            tour.Remember(request.Name, text);
            if (request.Refused is { } refused ? status == refused : status is >= 200 and < 400)
                continue;
            surprises.Add($"{request.Title}: {request.Method} {request.Url} answered {status}: {text}");
            if (request.Name is not null)
                break; // those below need its answer
        }

        surprises.ShouldBeEmpty();

        async Task<(int Status, string Text)> Send(Request request)
        {
            using var message = tour.Filled(request);
            using var answer = await http.SendAsync(message, TestContext.Current.CancellationToken);
            return (
                (int)answer.StatusCode,
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            );
        }
    }

    [Fact]
    public void Every_operation_of_the_API_is_in_a_request()
    {
        var asked = Requests()
            .Select(request =>
                (
                    request.Method,
                    Path: Placeholder()
                        .Replace(
                            request
                                .Url.Split('?')[0]
                                .Replace("{{TENANTRY_URL}}", "", StringComparison.Ordinal)
                                .Replace("{{api}}", "/api/v1", StringComparison.Ordinal),
                            "x"
                        )
                )
            )
            .ToList();
        var followed = new[] { ("GET", "/api/v1/files/shared"), ("POST", "/api/v1/files/shared") }; // by the link that was answered
        var operations =
            from path in JsonNode.Parse(Repository.Read("docs/openapi.json"))!["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select (Method: operation.Key.ToUpperInvariant(), Path: path.Key);

        operations
            .Where(operation =>
                !followed.Contains(operation)
                && !asked.Exists(one =>
                    one.Method == operation.Method
                    && Regex.IsMatch(
                        one.Path,
                        "^"
                            + Parameter()
                                .Replace(
                                    Regex.Escape(operation.Path).Replace("}", "\\}", StringComparison.Ordinal),
                                    "[^/]+"
                                )
                            + "$"
                    )
                )
            )
            .Select(operation => $"{operation.Method} {operation.Path}")
            .ShouldBeEmpty();
    }

    /// <summary>
    /// One of the file: by its name, later ones refer to its answer; <c>Refused</c> is the status of a refusal that is
    /// meant.
    /// </summary>
    private sealed record Request(
        string Title,
        string? Name,
        int? Refused,
        string Method,
        string Url,
        List<(string Name, string Value)> Headers,
        string Body
    );

    private static List<Request> Requests()
    {
        var requests = new List<Request>();
        foreach (var block in Repository.Read("tenantry.http").Split("\n###"))
        {
            var lines = block.Split('\n').ToList();
            var first = lines.FindIndex(1, line => RequestLine().IsMatch(line));
            if (first < 0)
                continue; // a heading, or variables
            var (method, url) = (lines[first].Split(' ')[0], lines[first].Split(' ')[1]);
            var comments = lines.Take(first).ToList();
            var headers = lines
                .Skip(first + 1)
                .TakeWhile(line => line.Length > 0)
                .Select(line => line.Split(": ", 2))
                .Select(pair => (pair[0], pair[1]))
                .ToList();
            requests.Add(
                new Request(
                    lines[0].Trim(),
                    Comment("@name "),
                    Comment("answers ") is { } status ? int.Parse(status, CultureInfo.InvariantCulture) : null,
                    method,
                    url,
                    headers,
                    string.Join('\n', lines.Skip(first + 1 + headers.Count)).Trim()
                )
            );

            string? Comment(string word) =>
                comments
                    .Where(line => line.StartsWith("# " + word, StringComparison.Ordinal))
                    .Select(line => line[(2 + word.Length)..].Trim())
                    .SingleOrDefault();
        }
        return requests;
    }

    /// <summary>What an editor knows while somebody goes through the file.</summary>
    private sealed class Tour(string host)
    {
        private readonly Dictionary<string, JsonNode> answers = new(StringComparer.Ordinal);
        private string token = "";

        public HttpRequestMessage Filled(Request request)
        {
            var message = new HttpRequestMessage(new HttpMethod(request.Method), Fill(request.Url));
            if (request.Body.Length > 0)
                message.Content = new StringContent(Fill(request.Body)) { Headers = { ContentType = null } };
            foreach (var (name, value) in request.Headers)
            {
                if (name == "Content-Type")
                    message.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
                else if (!message.Headers.TryAddWithoutValidation(name, Fill(value)))
                    message.Content!.Headers.TryAddWithoutValidation(name, Fill(value));
            }
            return message;
        }

        public bool IsNewMail(string text) =>
            MailedToken().Match(text) is { Success: true } mailed && mailed.Groups[1].Value != token;

        public void Remember(string? name, string text)
        {
            if (name is not null)
                answers[name] = JsonNode.Parse(text)!;
            if (MailedToken().Match(text) is { Success: true } mailed)
                token = mailed.Groups[1].Value; // what somebody copies out of the mailbox
        }

        private string Fill(string text)
        {
            for (var before = ""; before != text; )
                text = Variable().Replace(before = text, match => Value(match.Groups[1].Value) ?? match.Value);
            return text;
        }

        /// <returns>null: none of the file's, as in the text of a template</returns>
        private string? Value(string variable) =>
            variable switch
            {
                "TENANTRY_URL" => host,
                "api" => "{{TENANTRY_URL}}/api/v1",
                "token" => token,
                "$guid" => Guid.NewGuid().ToString(),
                "$dotenv PLATFORM_ADMIN_PASSWORD" => Service.Password,
                "$datetime iso8601 1 d" => DateTimeOffset.UtcNow.AddDays(1).ToString("O", CultureInfo.InvariantCulture),
                _ => variable.Split(".response.body.$.") is [var name, var path]
                    ? Step()
                        .Matches(path)
                        .Aggregate(
                            answers[name],
                            (node, step) =>
                                step.Groups[2].Success
                                    ? node[int.Parse(step.Groups[2].Value, CultureInfo.InvariantCulture)]!
                                    : node[step.Groups[1].Value]!
                        )
                        .ToString()
                    : null,
            };
    }

    [GeneratedRegex("^(GET|HEAD|POST|PUT|PATCH|DELETE) ")]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"\{\{([^{} ]+|\$[^{}]+)\}\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{\{[^{}]+\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\\\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(\w+)|\[(\d+)\]")]
    private static partial Regex Step();

    [GeneratedRegex(@"token=(tn\w_[\w-]+)")]
    private static partial Regex MailedToken();
}
