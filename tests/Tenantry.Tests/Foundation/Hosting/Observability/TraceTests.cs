using System.Net.Http.Json;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Observability;

/// <summary>
/// What a collector gets. The service is a process of its own: what listens to traces in this one would be heard too.
/// </summary>
public sealed class TraceTests(Cluster cluster)
{
    [Fact]
    public async Task A_request_its_statements_its_questions_and_the_work_that_it_causes_are_spans()
    {
        await using var collector = await Collector.Start();
        await using var redis = await RedisServer.Begin();
        var (database, slug, tenant, token) = await Furnished();
        await using var process = await Begin(
            database,
            collector,
            ("REDIS_URL", redis.Url),
            ("REDIS_DEADLINE_MS", "1000"),
            ("RATE_LIMIT_LEASE_PERCENT", "0"),
            ("RATE_LIMIT_FREE_PER_MINUTE", "1000"),
            ("RATE_LIMIT_STANDARD_PER_MINUTE", "1000")
        );
        using var http = Conformance.Client(process.Url);
        const string trace = "0af7651916cd43dd8448eb211c80319c";

        var sent = await new Visitor(http, slug, token).Send(
            HttpMethod.Post,
            "notifications/email",
            JsonContent.Create(
                new
                {
                    recipient = "somebody@example.com",
                    subject = "Hello",
                    body = "Hello",
                }
            ),
            ("traceparent", $"00-{trace}-b7ad6b7169203331-01")
        );
        sent.Status.ShouldBe(202, sent.Text);

        var request = await collector.Find(span => span.Trace == trace && span.Parent == "b7ad6b7169203331");
        request.Name.ShouldBe("POST /api/v1/notifications/email");
        request.Attributes["tenant.id"].ShouldBe($"{tenant}");
        request.Attributes["http.response.status_code"].ShouldBe("202");
        const string listing = "1bf7651916cd43dd8448eb211c80319d";
        (
            await new Visitor(http, slug, token).Send(
                HttpMethod.Get,
                "users?q=secret-x",
                null,
                ("traceparent", $"00-{listing}-b7ad6b7169203331-01")
            )
        ).Status.ShouldBe(200);
        (
            await collector.Find(span => span.Trace == listing && span.Parent == "b7ad6b7169203331")
        ).Attributes.Values.ShouldAllBe(value => !value.Contains("secret-x"));
        var statement = await collector.Find(span =>
            span.Trace == trace
            && span.Attributes.GetValueOrDefault("db.query.text")
                ?.Contains("INSERT INTO notification_logs", StringComparison.Ordinal) == true
        );
        statement.Attributes.Values.ShouldAllBe(value => !value.Contains("somebody"));
        (await collector.Find(span => span.Trace == trace && span.Name == "redis")).Parent.ShouldBe(request.Id);

        var delivery = await collector.Find(span => span.Name == "deliver email");
        delivery.Trace.ShouldNotBe(trace);
        delivery.Attributes["tenant.id"].ShouldBe($"{tenant}");
        delivery.Links.Select(link => link.Trace).ShouldBe([trace]);
        collector.Spans.ShouldAllBe(span => span.Parent.Length > 0 || !span.Attributes.ContainsKey("db.query.text")); // a worker's look for work is no trace
        collector.Spans.ShouldAllBe(span => !span.Name.Contains("health"));
    }

    [Fact]
    public async Task A_call_to_Amazon_is_a_span_of_the_work_that_makes_it()
    {
        await using var collector = await Collector.Start();
        await using var aws = await AwsEndpoint.Begin();
        var (database, slug, _, token) = await Furnished();
        await using var process = await Begin(
            database,
            collector,
            ("EMAIL_TRANSPORT", "ses"),
            ("FROM_EMAIL", "no-reply@example.com"),
            ("AWS_REGION", aws.Region),
            ("AWS_ACCESS_KEY_ID", aws.AccessKey),
            ("AWS_SECRET_ACCESS_KEY", aws.SecretKey),
            ("SES_ENDPOINT_URL", $"{aws.Url}")
        );
        using var http = Conformance.Client(process.Url);
        (
            await new Visitor(http, slug, token).Post(
                "notifications/email",
                new
                {
                    recipient = "somebody@example.com",
                    subject = "Hello",
                    body = "Hello",
                }
            )
        ).Status.ShouldBe(202);

        var call = await collector.Find(span => span.Name.StartsWith("SESv2 ", StringComparison.Ordinal));

        (await collector.Find(span => span.Id == call.Parent)).Name.ShouldBe("deliver email");
        (await collector.Find(span => span.Parent == call.Id)).Attributes["http.request.method"].ShouldBe("POST");
    }

    [Fact]
    public async Task Of_a_share_of_none_nothing_is_sent_whatever_the_caller_says()
    {
        await using var collector = await Collector.Start();
        var (database, slug, _, token) = await Furnished();
        await using (var process = await Begin(database, collector, ("OTEL_TRACES_SAMPLER_ARG", "0")))
        {
            using var http = Conformance.Client(process.Url);
            (
                await new Visitor(http, slug, token).Send(
                    HttpMethod.Get,
                    "auth/me",
                    null,
                    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                )
            ).Status.ShouldBe(200);
            await process.Stop(); // which sends what waits
        }
        collector.Spans.ShouldBeEmpty();
    }

    /// <summary>
    /// A tenant that a service has made which is gone again: whatever is to be done, the process does.
    /// </summary>
    private async Task<(string Database, string Slug, Guid Tenant, string Token)> Furnished()
    {
        await using var own = await cluster.Start();
        var (slug, tenant, admin) = await own.NewTenant();
        await own.Settled();
        return (own.Database, slug, tenant, admin.Token);
    }

    private Task<ServingProcess> Begin(string database, Collector collector, params (string Name, string Value)[] more)
    {
        var variables = cluster.Variables(database);
        (variables["OTEL_EXPORTER_OTLP_ENDPOINT"], variables["OTEL_BSP_SCHEDULE_DELAY"]) = (collector.Url, "100");
        foreach (var (name, value) in more)
            variables[name] = value;
        return ServingProcess.Begin(variables);
    }
}
