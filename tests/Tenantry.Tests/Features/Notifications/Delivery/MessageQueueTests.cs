using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications.Delivery;

/// <summary>Whose turn it is, and what happens when an instance dies in the middle.</summary>
public sealed class MessageQueueTests(Cluster cluster, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_tenants_hundred_thousand_do_not_hold_up_anothers_one()
    {
        await using var service = await cluster.Start(Slow);
        var (loud, quiet) = (await service.NewTenant(), await service.NewTenant());
        await Fill(service, loud.Id, 100_000, priority: 1);
        await Fill(service, quiet.Id, 1, priority: 2); // and it is not even urgent
        var queue = service.Services.GetRequiredService<MessageQueue>();

        var watch = Stopwatch.StartNew();
        var claimed = await queue.Claim(Channel.Sms, 10, Guid.Empty, Cancel);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"claimed in {watch.Elapsed.TotalMilliseconds:F1} ms beside 100,000"
            )
        );

        claimed.Count.ShouldBe(10);
        claimed.Count(message => message.TenantId == quiet.Id).ShouldBe(1);
        (await queue.Claim(Channel.Sms, 10, claimed[^1].TenantId, Cancel))
            .Count(message => message.TenantId == loud.Id)
            .ShouldBe(10);
    }

    [Fact]
    public async Task Tenants_take_turns_and_what_is_urgent_comes_first_among_each_ones_own()
    {
        await using var service = await cluster.Start(Slow);
        var tenants = new[] { await service.NewTenant(), await service.NewTenant(), await service.NewTenant() };
        foreach (var (_, id, _) in tenants)
        {
            await Fill(service, id, 4, priority: 2);
            await Fill(service, id, 2, priority: 0);
        }
        var queue = service.Services.GetRequiredService<MessageQueue>();

        var (served, all) = (Guid.Empty, new List<Message>());
        while (await queue.Claim(Channel.Sms, 3, served, Cancel) is { Count: > 0 } next)
        {
            next.Select(message => message.TenantId).Distinct().Count().ShouldBe(next.Count); // one of each
            served = next[^1].TenantId;
            all.AddRange(next);
        }

        all.Count.ShouldBe(18);
        all.Select(message => message.Id).ShouldBeUnique();
        all.Take(6).ShouldAllBe(message => message.Subject == "0");
    }

    [Fact]
    public async Task Of_many_workers_each_message_has_one()
    {
        await using var service = await cluster.Start(Slow);
        var (_, id, _) = await service.NewTenant();
        await Fill(service, id, 500, priority: 1);
        var workers = Enumerable
            .Range(0, 6)
            .Select(_ => new MessageQueue(service.DataSource, new SealedText(service.Settings), service.Settings))
            .ToList();

        var claimed = await Task.WhenAll(
            workers.Select(async queue =>
            {
                var own = new List<Message>();
                while (await queue.Claim(Channel.Sms, 7, Guid.Empty, Cancel) is { Count: > 0 } next)
                    own.AddRange(next);
                return own;
            })
        );

        claimed.SelectMany(own => own).Select(message => message.Id).ShouldBeUnique();
        claimed.Sum(own => own.Count).ShouldBe(500);
    }

    [Fact]
    public async Task What_a_dead_worker_held_is_taken_over_and_its_late_word_counts_for_nothing()
    {
        await using var service = await cluster.Start(variables =>
        {
            Slow(variables);
            variables["NOTIFICATION_TIMEOUT_SECONDS"] = "1"; // a lease of three seconds
        });
        var (_, id, _) = await service.NewTenant();
        await Fill(service, id, 1, priority: 1);
        var (dead, living) = (
            new MessageQueue(service.DataSource, new SealedText(service.Settings), service.Settings),
            new MessageQueue(service.DataSource, new SealedText(service.Settings), service.Settings)
        );
        var held = (await dead.Claim(Channel.Sms, 1, Guid.Empty, Cancel)).ShouldHaveSingleItem();

        (await living.Claim(Channel.Sms, 1, Guid.Empty, Cancel)).ShouldBeEmpty();
        await service.Sql("UPDATE notification_logs SET due_at = now() WHERE status = 'sending'"); // the lease is over
        var taken = (await living.Claim(Channel.Sms, 1, Guid.Empty, Cancel)).ShouldHaveSingleItem();
        await dead.Write(
            [new DeliveryResult(held, Tenantry.Foundation.Messaging.NotificationStatus.Failed, "too late")],
            Cancel
        );

        (taken.Id, taken.Attempt).ShouldBe((held.Id, 2));
        (await service.Ask<string>($"SELECT status FROM notification_logs WHERE id = '{held.Id}'")).ShouldBe("sending");
        await living.Write([new DeliveryResult(taken, Tenantry.Foundation.Messaging.NotificationStatus.Sent)], Cancel);
        (await service.Ask<string>($"SELECT status FROM notification_logs WHERE id = '{held.Id}'")).ShouldBe("sent");
    }

    [Fact]
    public async Task An_instance_that_stops_ends_what_is_under_way_and_gives_back_the_rest()
    {
        await using var sink = new SmtpSink(SmtpTls.None) { Pause = TimeSpan.FromMilliseconds(250) };
        var service = await cluster.Start(variables =>
        {
            sink.Apply(variables);
            variables["NOTIFICATION_CONCURRENCY"] = "2";
        });
        await using var other = await cluster.Start(service.Database, replace: Sending.Nothing); // only to look
        var tenant = await service.Ask<Guid>("SELECT id FROM tenants WHERE slug = 'default'");
        await Fill(other, tenant, 40, priority: 1, type: "email");
        await Eventually.Is(() => sink.Mails.Count >= 2);

        await service.DisposeAsync();

        var sent = await other.Ask<long>("SELECT count(*) FROM notification_logs WHERE status = 'sent'");
        sent.ShouldBe(sink.Mails.Count);
        sink.ById.Values.ShouldAllBe(times => times == 1);
        (await other.Ask<long>("SELECT count(*) FROM notification_logs WHERE status = 'sending'")).ShouldBe(0);
        (
            await other.Ask<long>(
                "SELECT count(*) FROM notification_logs WHERE status = 'queued' AND is_ready AND attempts = 0"
            )
        ).ShouldBe(40 - sent);
    }

    [Fact]
    public async Task No_more_go_in_a_second_than_the_provider_takes_from_all_instances_together()
    {
        await using var sink = new SmtpSink(SmtpTls.None);
        void Apply(Dictionary<string, string> variables)
        {
            sink.Apply(variables);
            variables["EMAIL_PER_SECOND"] = "20";
        }
        await using var one = await cluster.Start(Apply);
        await using var two = await cluster.Start(one.Database, Apply);
        foreach (var service in new[] { one, two })
        {
            var instances = service.Services.GetRequiredService<Tenantry.Foundation.Data.Database.Instances>();
            await instances.RunOnce(Cancel); // both have written their row
            await Eventually.Is(() => instances.Count == 2);
        }
        var tenant = await one.Ask<Guid>("SELECT id FROM tenants WHERE slug = 'default'");

        await Fill(one, tenant, 200, priority: 1, type: "email");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.Is(() => sink.Mails.Count >= 60);

        // The rate, and one second more: the watch starts when the messages are there.
        sink.Mails.Count.ShouldBeLessThanOrEqualTo((int)(20 * watch.Elapsed.TotalSeconds) + 20);
    }

    /// <summary>
    /// Three workers in processes of their own, killed at random; as many messages as TENANTRY_CRASH_MESSAGES says, or
    /// some.
    /// </summary>
    [Fact]
    public async Task Killed_workers_lose_no_message_and_repeat_only_those_without_a_recorded_result()
    {
        var count = int.Parse(
            Environment.GetEnvironmentVariable("TENANTRY_CRASH_MESSAGES") ?? "600",
            CultureInfo.InvariantCulture
        );
        await using var sink = new SmtpSink(SmtpTls.None);
        var database = await cluster.NewDatabase();
        var variables = cluster.Variables(database);
        sink.Apply(variables);
        variables["NOTIFICATION_TIMEOUT_SECONDS"] = "1";
        variables["NOTIFICATION_CONCURRENCY"] = "4";
        sink.Pause = TimeSpan.FromMilliseconds(2);
        await using var looking = await cluster.Start(database, replace: Sending.Nothing);
        var tenant = await looking.Ask<Guid>("SELECT id FROM tenants WHERE slug = 'default'");
        await Fill(looking, tenant, count, priority: 1, type: "email");
        var random = new Random(4711);
        var (kills, workers) = (
            0,
            new List<ServingProcess>(
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ServingProcess.Begin(variables)))
            )
        );

        // A process takes seconds to start and less to send: kills come while there is still something to send.
        var slices = Math.Max(3, count / 2_500);
        for (var slice = 1; slice <= slices; slice++)
        {
            var until = count * slice / (slices + 1);
            for (var watch = Stopwatch.StartNew(); sink.ById.Count < until; )
            {
                if (watch.Elapsed > TimeSpan.FromSeconds(90))
                    Assert.Fail(
                        $"{sink.ById.Count} of {until} came. In the queue: {await looking.Ask<string>("SELECT string_agg(s, '; ') FROM (SELECT concat_ws(' ', status, is_ready, attempts, min(due_at) - now(), error_message, count(*)) s FROM notification_logs GROUP BY status, is_ready, attempts, error_message) t")}. The workers:\n{string.Join("\n\n", workers.Select(worker => worker.Output))}"
                    );
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 10)), TestContext.Current.CancellationToken);
            }
            var one = workers[random.Next(workers.Count)];
            await one.Kill();
            kills++;
            workers.Remove(one);
            if (workers.Count == 1 || slice % 2 == 0)
                workers.Add(await ServingProcess.Begin(variables));
        }
        await Eventually.Is(async () =>
            await looking.Ask<long>("SELECT count(*) FROM notification_logs WHERE status <> 'sent'") == 0
        );
        foreach (var worker in workers)
            await worker.DisposeAsync();

        var again = sink.ById.Values.Sum(times => times - 1);
        output.WriteLine(
            $"{count} messages, {kills} kills, {sink.Mails.Count} mails at the sink, {sink.ById.Count} different, {again} of them once more"
        );
        sink.ById.Count.ShouldBe(count);
        // Each kill can leave unheard what was under way on that worker, and what was heard and not written yet.
        again.ShouldBeLessThanOrEqualTo(kills * 12);
        (
            await looking.Ask<long>("SELECT count(*) FROM notification_logs WHERE attempts > 1")
        ).ShouldBeGreaterThanOrEqualTo(again);
    }

    /// <summary>Its own workers leave SMS alone, so that the test can claim them, and mails too.</summary>
    private static void Slow(Dictionary<string, string> variables)
    {
        variables["SMS_TRANSPORT"] = "off";
        variables["PUSH_TRANSPORT"] = "off";
    }

    private static class Sending
    {
        /// <summary>An instance that leaves the queue alone.</summary>
        public static void Nothing(IServiceCollection services) =>
            services.RemoveAll<Tenantry.Features.Notifications.Transports.ITransport>();
    }

    private static Task Fill(Service service, Guid tenant, int count, int priority, string type = "sms") =>
        service.Sql(
            $"""
            INSERT INTO notification_logs (tenant_id, id, type, recipient, subject, body, is_secret, priority, category, status, is_ready, due_at, attempts, created_at)
            SELECT '{tenant}', gen_random_uuid(), '{type}', 'to' || i || '@example.com', '{priority}', 'text', false, {priority}, 'transactional', 'queued', true, now(), 0, now() FROM generate_series(1, {count}) i;
            ANALYZE notification_logs;
            """
        );
}
