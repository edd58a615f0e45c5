using System.Collections.Concurrent;
using System.Diagnostics;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

public sealed class MeTests(Cluster cluster)
{
    [Fact]
    public async Task Reading_oneself_takes_one_round_trip_to_the_database()
    {
        await using var service = await cluster.Start();
        var user = await service.At().NewUser();
        (await user.Get("auth/me")).Status.ShouldBe(200); // the token is remembered from here on
        var commands = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => tag.Key is "db.namespace" or "db.name" && (string?)tag.Value == service.Database)
                    && activity.GetTagItem("db.query.text") is string text && text != "SELECT 1") // the feed's proof of life
                    commands.Add(text);
            },
        };
        ActivitySource.AddActivityListener(listener);

        (await user.Get("auth/me")).Status.ShouldBe(200);

        commands.Count.ShouldBe(1, string.Join("\n---\n", commands));
        commands.Single().ShouldStartWith("SELECT set_config('app.current_tenant_id'");
    }

    [Fact]
    public async Task A_deactivated_user_is_nobody()
    {
        await using var service = await cluster.Start();
        var user = await service.At().NewUser();
        await service.Sql("UPDATE users SET is_active = false");

        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }
}
