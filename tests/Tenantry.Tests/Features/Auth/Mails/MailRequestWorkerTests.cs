using System.Diagnostics.Metrics;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth.Mails;

/// <summary>One request that cannot be answered is its own tenant's trouble, and not for ever.</summary>
public sealed class MailRequestWorkerTests(Cluster cluster)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_request_that_always_fails_delays_no_other_and_ends_after_its_last_attempt()
    {
        await using var service = await cluster.Start();
        var (_, tenant, _) = await service.NewTenant();
        var (slug, _, admin) = await service.NewTenant();
        var heard = new List<string>();
        using var listener = Heard(heard);
        // Older than all others, and of a purpose that there is not.
        await Plant(service, tenant);

        for (var i = 0; i < 3; i++)
        {
            var email = (await service.Joined(admin, slug, "User")).Email;
            (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
            await service.Until(
                $"SELECT EXISTS (SELECT FROM notification_logs WHERE template_name = 'password_reset' AND recipient = '{email}')"
            );
        }
        await service.Until(
            $"SELECT EXISTS (SELECT FROM mail_requests WHERE tenant_id = '{tenant}' AND attempts >= 1 AND failed_at IS NULL AND last_error = 'KeyNotFoundException')"
        );

        await service.Sql(
            $"UPDATE mail_requests SET attempts = {MailRequestWorker.Rule.Attempts - 1}, due_at = now() WHERE tenant_id = '{tenant}'"
        );
        await service.Sql("SELECT pg_notify('tenantry_changes', 'mail_requests x')");
        await service.Until(
            $"SELECT EXISTS (SELECT FROM mail_requests WHERE tenant_id = '{tenant}' AND attempts = {MailRequestWorker.Rule.Attempts} AND due_at = 'infinity' AND failed_at IS NOT NULL)"
        );

        await service.Services.GetRequiredService<QueueFigures>().MeasureWork(Cancel);
        listener.RecordObservableInstruments();
        lock (heard)
        {
            heard.ShouldContain("tenantry.work.failed mail_requests 1");
            heard.ShouldContain("tenantry.work.given_up mail_requests 1");
        }
        // It is there to be seen for a week.
        var sweep = service.Services.GetRequiredService<ExpiredRows>();
        (await sweep.DeleteFailedWork(Cancel)).ShouldBe(0);
        await service.Sql("UPDATE mail_requests SET failed_at = now() - interval '8 days' WHERE failed_at IS NOT NULL");
        (await sweep.DeleteFailedWork(Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Several_instances_work_side_by_side_each_request_is_answered_once_and_tenants_take_turns()
    {
        var database = await cluster.NewDatabase();
        var tenants = new List<(string Slug, Guid Id)>();
        await using (var before = await cluster.Start(database, replace: Without))
        {
            for (var i = 0; i < 3; i++)
            {
                var (slug, id, admin) = await before.NewTenant();
                tenants.Add((slug, id));
                await Plant(before, id);
                for (var user = 0; user < 4; user++)
                {
                    var email = (await before.Joined(admin, slug, "User")).Email;
                    (await before.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
                }
            }
        }

        var instances = await Task.WhenAll(cluster.Start(database), cluster.Start(database));

        await instances[0].Until("SELECT count(*) = 12 FROM notification_logs WHERE template_name = 'password_reset'");
        await instances[0].Until("SELECT count(*) = 3 AND bool_and(attempts > 0) FROM mail_requests");
        (
            await instances[0]
                .Ask<long>(
                    "SELECT count(DISTINCT recipient) FROM notification_logs WHERE template_name = 'password_reset'"
                )
        ).ShouldBe(12);
        foreach (var instance in instances)
            await instance.DisposeAsync();
    }

    [Fact]
    public async Task A_claim_takes_one_of_each_tenant_and_begins_after_the_one_that_was_served_last()
    {
        await using var service = await cluster.Start(replace: Without);
        var (_, one, _) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        Guid[] both = one.CompareTo(other) < 0 ? [one, other] : [other, one];
        foreach (var tenant in both)
        {
            for (var i = 0; i < 3; i++)
                await Plant(service, tenant);
        }

        (await Claimed(Guid.Empty)).ShouldBe($"{both[0]},{both[1]}");
        (await Claimed(both[0])).ShouldBe($"{both[1]},{both[0]}");
        (await Claimed(both[0], both[1])).ShouldBe($"{both[0]}");
        (await Claimed(both[0])).ShouldBe($"{both[1]}"); // what is claimed is not due
        (await Claimed(Guid.Empty)).ShouldBe("");

        async Task<string> Claimed(Guid served, params Guid[] full) =>
            await service.Ask<string>(
                $"SELECT coalesce(string_agg(tenant_id::text, ',' ORDER BY n), '') FROM claim_mail_requests(10, interval '1 minute', '{served}', ARRAY[{string.Join(',', full.Select(id => $"'{id}'"))}]::uuid[]) WITH ORDINALITY AS c (tenant_id, id, attempts, purpose, email_normalized, languages, n)"
            ) ?? "";
    }

    [Fact]
    public async Task What_is_asked_again_before_it_is_answered_waits_once_and_a_tenant_has_so_many_at_most()
    {
        await using var service = await cluster.Start(replace: Without);
        var (slug, tenant, _) = await service.NewTenant();
        var (elsewhere, _, _) = await service.NewTenant();
        for (var i = 0; i < 3; i++)
            (await Ask(slug, "again@example.com")).Status.ShouldBe(202);
        (await service.At(slug).Post("auth/verify-email/resend", new { email = "again@example.com" })).Status.ShouldBe(
            202
        ); // something else
        (await service.Ask<long>($"SELECT count(*) FROM mail_requests WHERE tenant_id = '{tenant}'")).ShouldBe(2);

        await service.Sql(
            $"INSERT INTO mail_requests (tenant_id, id, purpose, email_normalized, created_at) SELECT '{tenant}', gen_random_uuid(), 'password_reset', n || '@example.com', now() FROM generate_series(1, {MailRequest.MaxWaiting - 2}) n"
        );

        (await Ask(slug, "one-more@example.com")).ShouldBeProblem(429, "rate_limit_exceeded");
        (await Ask(slug, "again@example.com")).Status.ShouldBe(202);
        (await Ask(elsewhere, "one-more@example.com")).Status.ShouldBe(202);
        (await service.Ask<long>($"SELECT count(*) FROM mail_requests WHERE tenant_id = '{tenant}'")).ShouldBe(
            MailRequest.MaxWaiting
        );

        Task<Answer> Ask(string at, string email) => service.At(at).Post("auth/password-reset-request", new { email });
    }

    private static void Without(IServiceCollection services) =>
        services.Remove(services.Single(service => service.ImplementationType == typeof(MailRequestWorker)));

    private static Task Plant(Service service, Guid tenant) =>
        service.Sql(
            $"INSERT INTO mail_requests (tenant_id, id, purpose, email_normalized, created_at) VALUES ('{tenant}', gen_random_uuid(), 'nothing_known', 'planted@example.com', now() - interval '1 day')"
        );

    private static MeterListener Heard(List<string> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Tenantry.Work")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                lock (heard)
                    heard.Add($"{instrument.Name} {tags[0].Value} {value}");
            }
        );
        listener.Start();
        return listener;
    }
}
