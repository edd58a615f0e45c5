using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>
/// An endpoint that is to go says so in every answer and in the document, and its calls are counted. Nothing of the API
/// is deprecated: these have two endpoints of their own.
/// </summary>
public sealed class DeprecationTests(Cluster cluster)
{
    private static readonly DateOnly Since = new(2026, 11, 26),
        Sunset = new(2027, 5, 31);
    private static readonly Uri Page = new("https://tenantry.example/versioning");

    [Fact]
    public async Task An_answer_says_since_when_until_when_and_what_instead()
    {
        await using var app = await Start(old => old.Deprecated(Since, Sunset, Page));

        using var answer = await Client(app).GetAsync("/old", TestContext.Current.CancellationToken);

        Header(answer, "Deprecation").ShouldBe("@1795651200");
        Header(answer, "Sunset").ShouldBe("Mon, 31 May 2027 00:00:00 GMT");
        Header(answer, "Link")
            .ShouldBe("</old?cursor=2>; rel=\"next\", <https://tenantry.example/versioning>; rel=\"deprecation\"");
    }

    [Fact]
    public async Task A_refusal_and_a_fault_say_it_too()
    {
        await using var app = await Start(old => old.Deprecated(Since, null, Page));

        using var answer = await Client(app).GetAsync("/old?fail=true", TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(500);
        Header(answer, "Deprecation").ShouldBe("@1795651200");
        Header(answer, "Sunset").ShouldBeNull(); // open
    }

    [Fact]
    public async Task An_endpoint_that_stays_says_nothing()
    {
        await using var app = await Start(old => old.Deprecated(Since, Sunset, Page));

        using var answer = await Client(app).GetAsync("/new", TestContext.Current.CancellationToken);

        (Header(answer, "Deprecation"), Header(answer, "Sunset"), Header(answer, "Link")).ShouldBe((null, null, null));
    }

    [Fact]
    public async Task The_document_says_it()
    {
        await using var app = await Start(old => old.Deprecated(Since, Sunset, Page));

        var paths = JsonNode.Parse(
            await Client(app).GetStringAsync(OpenApi.DocumentPath, TestContext.Current.CancellationToken)
        )!["paths"]!;

        paths["/old"]!["get"]!.Flag("deprecated").ShouldBeTrue();
        paths["/old"]!["get"]!
            .Text("description")
            .ShouldBe(
                "What was.\n\nDeprecated since 2026-11-26, and may be removed from 2027-05-31 on: https://tenantry.example/versioning"
            );
        paths["/new"]!["get"]!["deprecated"].ShouldBeNull();
    }

    [Fact]
    public async Task Its_calls_are_counted_by_route()
    {
        await using var app = await Start(old => old.Deprecated(Since, Sunset, Page));
        var counted = new List<(long, object?, object?)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (
                instrument.Name == "tenantry.deprecated.requests"
                && instrument.Meter.Scope == app.Services.GetRequiredService<IMeterFactory>()
            )
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                lock (counted)
                    counted.Add((value, tags[0].Value, tags[1].Value));
            }
        );
        listener.Start();

        foreach (var path in new[] { "/old", "/old?fail=true", "/new" })
            (await Client(app).GetAsync(path, TestContext.Current.CancellationToken)).Dispose();

        counted.ShouldBe([(1L, "GET", "/old"), (1L, "GET", "/old")]);
    }

    [Fact]
    public async Task It_cannot_go_before_it_is_deprecated() =>
        (
            await Should.ThrowAsync<ArgumentException>(() =>
                Start(old => old.Deprecated(Since, Since.AddDays(-1), Page))
            )
        ).Message.ShouldContain("2026-11-25");

    private async Task<WebApplication> Start(Action<RouteHandlerBuilder> declare)
    {
        var settings = cluster.Settings("none");
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddHost(settings);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddJson();
        builder.Services.AddProblems();
        builder.Services.AddApiDocument(AccessRules.Describe);
        var app = builder.Build();
        app.UseProblems();
        app.UseRouting();
        app.UseDeprecations();
        app.MapGet("/new", () => "new").Public("a test").WithDescription("What is.");
        declare(
            app.MapGet(
                    "/old",
                    (HttpContext http, bool? fail) =>
                    {
                        http.Response.Headers.Link = "</old?cursor=2>; rel=\"next\"";
                        return fail == true ? throw new InvalidOperationException("Nobody foresaw it.") : "old";
                    }
                )
                .Public("a test")
                .WithDescription("What was.")
        );
        app.MapOpenApi(OpenApi.DocumentPath);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static HttpClient Client(WebApplication app) =>
        new()
        {
            BaseAddress = new Uri(
                app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            ),
        };

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
