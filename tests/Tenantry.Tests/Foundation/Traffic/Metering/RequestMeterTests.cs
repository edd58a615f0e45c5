using Tenantry.Foundation.Traffic.Metering;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Traffic.Metering;

public sealed class RequestMeterTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_of_many_at_once_over_two_instances_are_all_counted()
    {
        await using var second = await cluster.Start(service.Database);
        var (slug, id, admin) = await service.NewTenant();
        var elsewhere = await second.At(slug).SignIn($"admin@{slug}.example");
        await WriteAll(second);
        var before = await Counted(id);

        await Task.WhenAll(
            Enumerable.Range(0, 200).Select(number => (number % 2 == 0 ? admin : elsewhere).Get("auth/me"))
        );
        await WriteAll(second);

        (await Counted(id)).ShouldBe(before + 200);
    }

    [Fact]
    public async Task An_instance_that_stops_writes_down_what_it_counted()
    {
        var (slug, id, admin) = await service.NewTenant();
        await service.Services.GetRequiredService<RequestMeter>().Write(Cancel);
        var before = await Counted(id);
        var second = await cluster.Start(service.Database);
        for (var i = 0; i < 7; i++)
            await second.At(slug).With(admin.Token).Get("auth/me");

        await second.DisposeAsync();

        (await Counted(id)).ShouldBe(before + 7);
    }

    [Fact]
    public async Task What_could_not_be_written_is_added_by_the_next_round()
    {
        await using var own = await cluster.Start();
        var (_, id, admin) = await own.NewTenant();
        var counts = own.Services.GetRequiredService<RequestMeter>();
        await counts.Write(Cancel);
        var before = await own.Ask<long>(
            $"SELECT coalesce(sum(requests), 0)::bigint FROM request_days WHERE tenant_id = '{id}'"
        );
        await own.Sql("ALTER TABLE request_days RENAME TO away");

        await admin.Get("auth/me");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => counts.Write(Cancel));
        await own.Sql("ALTER TABLE away RENAME TO request_days");
        await counts.Write(Cancel);

        (await own.Ask<long>($"SELECT sum(requests)::bigint FROM request_days WHERE tenant_id = '{id}'")).ShouldBe(
            before + 1
        );
    }

    [Fact]
    public async Task A_request_that_a_limit_turned_away_counts_as_a_refusal()
    {
        var (slug, id, _) = await service.NewTenant();
        var statuses = new List<int>();
        for (var i = 0; i < 8; i++)
            statuses.Add(
                (
                    await service
                        .At(slug)
                        .From("10.77.0.1")
                        .Post("auth/login", new { email = "nobody@example.com", password = "wrong password" })
                ).Status
            );
        await service.Services.GetRequiredService<RequestMeter>().Write(Cancel);

        statuses.ShouldContain(429);
        (await service.Ask<long>($"SELECT refusals FROM request_days WHERE tenant_id = '{id}'")).ShouldBe(
            statuses.Count(status => status == 429)
        );
    }

    private async Task WriteAll(Service second)
    {
        await service.Services.GetRequiredService<RequestMeter>().Write(Cancel);
        await second.Services.GetRequiredService<RequestMeter>().Write(Cancel);
    }

    private Task<long> Counted(Guid tenant) =>
        service.Ask<long>($"SELECT coalesce(sum(requests), 0)::bigint FROM request_days WHERE tenant_id = '{tenant}'");
}
