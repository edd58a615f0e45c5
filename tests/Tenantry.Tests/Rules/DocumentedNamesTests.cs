using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// Operations, settings, metrics, audit actions and log events that the documentation names in <c>`code`</c> exist.
/// </summary>
public sealed partial class DocumentedNamesTests
{
    /// <summary>
    /// Variables of scripts, of the image and of OpenTelemetry, and values in capitals. None is a setting of the
    /// service.
    /// </summary>
    private static readonly HashSet<string> OtherCapitals =
    [
        "ADMIN_DATABASE_URL",
        "BACKUP_DATABASE_URL",
        "BACKUP_KEEP_DAYS",
        "BACKUP_METRICS_FOLDER",
        "DEEP_ARCHIVE",
        "GLACIER_IR",
        "MAX_CONNECTIONS",
        "MIGRATION_DATABASE_URL",
        "NAME_FILE",
        "RESTORE_JOBS",
        "SMS_TYPE",
        "STANDARD_IA",
        "TENANTRY_CRASH_MESSAGES",
        "TENANTRY_PG_BIN",
        "TENANTRY_PG_VERSION",
        "TENANTRY_URL",
        "UPDATE_SNAPSHOTS",
    ];

    /// <summary>Names of files that have the form of an audit action.</summary>
    private static readonly HashSet<string> Files = ["database.dump"];

    private static readonly List<(string Page, string Text)> Pages =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(
                Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy"), "*.md", SearchOption.AllDirectories)
            )
            .Append(Path.Combine(Repository.Root, "README.md"))
            .Append(Path.Combine(Repository.Root, "SECURITY.md"))
            .Select(file => (Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file))),
    ];

    private static readonly string Source = string.Join('\n', Repository.Sources().Select(source => source.Text));

    private static readonly Dictionary<string, JsonNode> Operations = JsonNode.Parse(
        Repository.Read("docs/openapi.json")
    )!["paths"]!
        .AsObject()
        .SelectMany(path =>
            path.Value!.AsObject()
                .Select(operation => (Name: $"{operation.Key.ToUpperInvariant()} {Shape(path.Key)}", operation.Value))
        )
        .ToDictionary(operation => operation.Name, operation => operation.Value!, StringComparer.Ordinal);

    private static readonly HashSet<string> Settings =
    [
        .. Setting().Matches(Repository.Read(".env.example")).Select(match => match.Groups[1].Value),
    ];

    private static readonly List<string> Instruments =
    [
        .. Instrument().Matches(Source).Select(match => match.Groups[1].Value).Distinct(),
    ];

    private static readonly HashSet<string> Actions =
    [
        .. DottedLiteral().Matches(Source).Select(match => match.Groups[1].Value),
    ];

    private static readonly HashSet<string> Resources =
    [
        .. AuditedLiteral().Matches(Source).Select(match => match.Groups[1].Value.Split('.')[0]),
    ];

    private static readonly HashSet<string> Events =
    [
        .. EventId().Matches(Source).Select(match => match.Groups[1].Value),
    ];

    /// <summary>Roles of the database, metrics of the backup script: words of SQL, scripts and rules.</summary>
    private static readonly HashSet<string> OtherWords =
    [
        .. new[] { "src", "scripts", "deploy" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)
            )
            .Where(file =>
                Path.GetExtension(file) is ".sh" or ".sql" or ".py" or ".yml" or ".cs" or ""
                && !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/bin/", StringComparison.Ordinal)
            )
            .SelectMany(file => ProductWord().Matches(File.ReadAllText(file)).Select(match => match.Value)),
    ];

    [Fact]
    public void Every_operation_that_the_documentation_names_is_in_the_OpenAPI_document() =>
        In(Pages, UnknownOperations, atLeast: 30, NamedOperation()).ShouldBeEmpty();

    [Fact]
    public void Every_setting_that_the_documentation_names_is_in_the_example() =>
        In(Pages, UnknownSettings, atLeast: 150, NamedSetting()).ShouldBeEmpty();

    [Fact]
    public void Every_metric_that_the_documentation_names_is_measured() =>
        In(Pages, UnknownMetrics, atLeast: 30, NamedMetric()).ShouldBeEmpty();

    [Fact]
    public void Every_audit_action_that_the_documentation_names_is_written() =>
        In(Pages, UnknownActions, atLeast: 8, NamedAction()).ShouldBeEmpty();

    [Fact]
    public void Every_log_event_that_a_table_lists_is_written() =>
        In(Pages, UnknownEvents, atLeast: 40, ListedEvents()).ShouldBeEmpty();

    [Fact]
    public void A_name_that_does_not_exist_is_found()
    {
        UnknownOperations("`GET /api/v1/auth/me`, `PUT tenants/{id}`, `GET /users?limit=50`").ShouldBeEmpty();
        UnknownOperations("`GET notifications?status=failed`, `PATCH tenants/{id}`, `GET /users?colour=red`")
            .ShouldBe([
                "GET notifications?status=failed",
                "PATCH tenants/{id}",
                "GET /users?colour=red (parameter colour)",
            ]);
        UnknownSettings("`REDIS_URL=redis://host`, `JWT_SECRET_FILE`, `DATABASE_URL_<NAME>`, `QUOTA_FREE_USERS`")
            .ShouldBeEmpty();
        UnknownSettings("`REDIS_ADDRESS` `QUOTA_FREE_COLOURS`").ShouldBe(["REDIS_ADDRESS", "QUOTA_FREE_COLOURS"]);
        UnknownMetrics("`tenantry.redis.available`, `tenantry_queue_*`, `tenantry_refusals_total{code=\"x\"}`")
            .ShouldBeEmpty();
        UnknownMetrics("`tenantry.redis.colour` `tenantry_refusals_colour`, `tenantry_colour_*`")
            .ShouldBe(["tenantry.redis.colour", "tenantry_refusals_colour", "tenantry_colour_*"]);
        UnknownActions("`tenant.purged` `jwks.json`").ShouldBeEmpty();
        UnknownActions("`tenant.painted`").ShouldBe(["tenant.painted"]);
        UnknownEvents("| 1000 | Information |\n| 4106, 4107 | Warning |").ShouldBeEmpty();
        UnknownEvents("| 1000, 9999 | Information |").ShouldBe(["9999"]);
    }

    private static IEnumerable<string> In(
        IEnumerable<(string Page, string Text)> pages,
        Func<string, IEnumerable<string>> unknown,
        int atLeast,
        Regex name
    )
    {
        pages.Sum(page => name.Count(page.Text)).ShouldBeGreaterThan(atLeast, "the pattern finds what it should");
        return pages.SelectMany(page => unknown(page.Text).Select(one => $"{page.Page}: {one}"));
    }

    private static IEnumerable<string> UnknownOperations(string text) =>
        NamedOperation()
            .Matches(text)
            .SelectMany(match =>
            {
                var (verb, path, query) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
                var name = $"{verb} {path}{query}";
                if (path is "/metrics" || path.StartsWith("/dev/", StringComparison.Ordinal))
                    return [];
                if (!Operations.TryGetValue($"{verb} {Shape(Absolute(path))}", out var operation))
                    return [name];
                var parameters = operation["parameters"]
                    ?.AsArray()
                    .Select(one => one!["name"]!.GetValue<string>())
                    .ToList();
                return query
                    .TrimStart('?')
                    .Split('&', StringSplitOptions.RemoveEmptyEntries)
                    .Select(pair => pair.Split('=')[0])
                    .Where(parameter => parameter is not "…" && parameters?.Contains(parameter) is not true)
                    .Select(parameter => $"{name} (parameter {parameter})");
            });

    private static IEnumerable<string> UnknownSettings(string text) =>
        NamedSetting()
            .Matches(text)
            .Select(match => match.Groups[1].Value)
            .Where(name =>
                !Settings.Contains(name)
                && !OtherCapitals.Contains(name)
                && !name.StartsWith("OTEL_", StringComparison.Ordinal)
                // Every setting can be read from a file; DATABASE_URL_NAME is one for each name.
                && !Settings.Concat(OtherCapitals).Contains(name.Replace("_FILE", "", StringComparison.Ordinal))
                && !name.StartsWith("DATABASE_URL_", StringComparison.Ordinal)
            );

    private static IEnumerable<string> UnknownMetrics(string text) =>
        NamedMetric()
            .Matches(text)
            .Select(match => match.Groups[1].Value)
            .Where(name =>
                name.Contains('.', StringComparison.Ordinal)
                    ? !Instruments.Contains(name)
                        && !Actions.Contains(name)
                        && !Source.Contains($"\"{name}\"", StringComparison.Ordinal)
                    : !OtherWords.Contains(name) && !Families(name)
            );

    private static bool Families(string name) =>
        Instruments
            .Select(instrument => instrument.Replace('.', '_'))
            .Any(family =>
                name.EndsWith('*')
                    ? family.StartsWith(name[..^1], StringComparison.Ordinal)
                    : name.StartsWith(family, StringComparison.Ordinal) && Unit().IsMatch(name[family.Length..])
            ) || (name.EndsWith('*') && OtherWords.Any(word => word.StartsWith(name[..^1], StringComparison.Ordinal)));

    private static IEnumerable<string> UnknownActions(string text) =>
        NamedAction()
            .Matches(text)
            .Select(match => match.Groups[1].Value)
            .Where(name => Resources.Contains(name.Split('.')[0]) && !Actions.Contains(name) && !Files.Contains(name));

    private static IEnumerable<string> UnknownEvents(string text) =>
        ListedEvents()
            .Matches(text)
            .SelectMany(match => match.Groups[1].Value.Split(", "))
            .Where(id => !Events.Contains(id));

    private static string Absolute(string path) =>
        path.StartsWith("/api/", StringComparison.Ordinal)
        || path.StartsWith("/.well-known/", StringComparison.Ordinal)
        || path.StartsWith("/health", StringComparison.Ordinal)
            ? path
            : $"/api/v1/{path.TrimStart('/')}";

    private static string Shape(string path) => Placeholder().Replace(path, "{}");

    [GeneratedRegex(@"`(GET|POST|PUT|PATCH|DELETE|HEAD) ([^`?\s]+)(\?[^`\s]*)?`")]
    private static partial Regex NamedOperation();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?=[`=<_ ])")]
    private static partial Regex NamedSetting();

    [GeneratedRegex(@"^#? ?([A-Z][A-Z0-9_]+)=", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"`(tenantry[._][a-z_.]+\*?)(?=[`{])(?<!\.json|\.http|\.service)")]
    private static partial Regex NamedMetric();

    [GeneratedRegex("\"(tenantry\\.[a-z_.]+)\"")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^(_seconds|_bytes|_ratio)?(_total|_bucket|_sum|_count)?$")]
    private static partial Regex Unit();

    [GeneratedRegex(@"\btenantry_[a-z_]+\b")]
    private static partial Regex ProductWord();

    [GeneratedRegex(@"`([a-z_]+\.[a-z_]+)`")]
    private static partial Regex NamedAction();

    [GeneratedRegex("\"([a-z_]+\\.[a-z_]+)\"")]
    private static partial Regex DottedLiteral();

    [GeneratedRegex("\"([a-z_]+\\.[a-z_]+ed)\"")]
    private static partial Regex AuditedLiteral();

    [GeneratedRegex(@"EventId = (\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\| (\d+(?:, \d+)*) \| (?=Information|Warning|Error)", RegexOptions.Multiline)]
    private static partial Regex ListedEvents();
}
