using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Features.Files;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;
using Kind = Tenantry.Features.Files.Reconciliation.FileReconciler.Kind;

namespace Tenantry.Tests.Features.Files.Reconciliation;

/// <summary>Rows held against objects, with everything wrong that can be.</summary>
public sealed class ReconciliationTests(Cluster cluster)
{
    /// <summary>Whatever there is was there before: objects of a bucket cannot be made old.</summary>
    private static readonly TimeSpan None = TimeSpan.FromHours(-1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task Reconciliation_reports_every_difference_and_deletes_orphans(string kind)
    {
        await using var service = await With(kind);
        var store = service.Services.GetRequiredService<IObjectStore>();
        var (_, tenant, admin) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        var files = new List<(Guid Id, string Key)>();
        for (var i = 0; i < 5; i++)
            files.Add(await Upload(admin, i));
        var (whole, missing, shorter, altered, deleted) = (files[0], files[1], files[2], files[3], files[4]);
        await store.Delete(missing.Key, Cancel);
        foreach (
            var (key, bytes) in new[]
            {
                (shorter.Key, new byte[99]),
                (altered.Key, RandomNumberGenerator.GetBytes(1000)),
            }
        )
        {
            await store.Delete(key, Cancel);
            await Put(store, key, bytes);
        }
        (await admin.Delete($"files/{deleted.Id}")).Status.ShouldBe(204);
        var (orphan, erased) = (StoredFile.NewKey(other), StoredFile.NewKey(Guid.NewGuid())); // of a tenant with other files, and of none at all
        await Put(store, orphan, [1]);
        await Put(store, erased, [2]);
        var unfinished = StoredFile.NewKey(tenant);
        await store.BeginParts(unfinished, "text/plain", Cancel);
        var announced = await admin.Post(
            "files/uploads",
            new
            {
                file_name = "x",
                file_size = 100_000_000,
                sha256 = new string('0', 64),
            }
        ); // under way
        announced.Status.ShouldBe(201, announced.Text);
        await service.Sql($"UPDATE storage_counts SET bytes = bytes + 7 WHERE tenant_id = '{tenant}'");
        (Kind, string, Guid?)[] all =
        [
            (Kind.Missing, missing.Key, missing.Id),
            (Kind.WrongSize, shorter.Key, shorter.Id),
            (Kind.WrongHash, altered.Key, altered.Id),
            (Kind.Orphan, orphan, null),
            (Kind.Orphan, erased, null),
            (Kind.Unfinished, unfinished, null),
            (Kind.Miscounted, tenant.ToString(), null),
        ];

        foreach (var isDry in new[] { true, true, false }) // a dry run changes nothing: the second finds the same
        {
            var (report, found) = await Run(
                service,
                new FileReconciler.Terms(isDry, None, 100, EvenIfMany: false),
                tenant,
                other,
                Guid.Parse(erased.Split('/')[0])
            );
            found.Order().ShouldBe(all.Order());
            (report.HasLosses, report.IsHeldBack).ShouldBe((true, false));
            if (isDry) // after the other, the service's own worker may be faster than this look
                (await store.Find(orphan, Cancel)).ShouldNotBeNull();
            report.Removed.ShouldBe(isDry ? 0 : (int)report.Found[Kind.Orphan]);
            await service.Services.GetRequiredService<ObjectRemovalWorker>().ProcessDue(Cancel);
            if (!isDry)
                await Gone(service, store, orphan, erased);
        }

        var (_, left) = await Run(
            service,
            new FileReconciler.Terms(IsDry: true, None, 100, EvenIfMany: false),
            tenant,
            other,
            Guid.Parse(erased.Split('/')[0])
        );
        left.Order().ShouldBe(all[..3].Order());
        (await store.Find(whole.Key, Cancel)).ShouldNotBeNull();
        (await admin.Delete($"files/uploads/{announced.Json["id"]}")).Status.ShouldBe(204); // it was left alone
    }

    [Fact]
    public async Task What_is_young_is_left_alone_and_so_are_the_objects_of_others()
    {
        await using var service = await With("disk");
        var store = service.Services.GetRequiredService<IObjectStore>();
        var (_, tenant, admin) = await service.NewTenant();
        var (young, old, lost) = (StoredFile.NewKey(tenant), StoredFile.NewKey(tenant), await Upload(admin, 1));
        await Put(store, young, [1]);
        await Put(store, old, [1]);
        await store.Delete(lost.Key, Cancel); // a row that is a moment old: its object may be on its way
        File.SetLastWriteTimeUtc(PathOf(service, old), DateTime.UtcNow.AddHours(-25));
        await File.WriteAllTextAsync(
            Path.Combine(Path.GetDirectoryName(PathOf(service, old))!, "notes.txt"),
            "not ours",
            Cancel
        );

        var (report, found) = await Run(
            service,
            new FileReconciler.Terms(IsDry: false, FileReconciler.DefaultGrace, 0, EvenIfMany: false),
            tenant
        );

        found.ShouldBe([(Kind.Orphan, old, null)]);
        report.Removed.ShouldBe(1);
        await Gone(service, store, old);
        (await store.Find(young, Cancel)).ShouldNotBeNull();
        File.Exists(Path.Combine(Path.GetDirectoryName(PathOf(service, old))!, "notes.txt")).ShouldBeTrue();
    }

    [Fact]
    public async Task Where_many_objects_have_no_file_none_is_taken_away_unasked()
    {
        await using var service = await With("disk");
        var store = service.Services.GetRequiredService<IObjectStore>();
        for (var i = 0; i < 101; i++) // as in the store of another installation
            await Put(store, StoredFile.NewKey(Guid.NewGuid()), [1]);

        var (held, _) = await Run(service, new FileReconciler.Terms(IsDry: false, None, 0, EvenIfMany: false));
        (held.IsHeldBack, held.Removed, held.Found[Kind.Orphan]).ShouldBe((true, 0, 101L));
        (await service.Ask<long>("SELECT count(*) FROM object_removals")).ShouldBe(0);

        var (taken, _) = await Run(service, new FileReconciler.Terms(IsDry: false, None, 0, EvenIfMany: true));
        (taken.IsHeldBack, taken.Removed).ShouldBe((false, 101));
        await service.Until("SELECT count(*) = 0 FROM object_removals");
        (await store.List("", Cancel).CountAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Once_a_night_one_instance_does_it_and_keeps_what_it_said()
    {
        await using var one = await With("disk");
        await using var two = await cluster.Start(one.Database);

        var nights = await Task.WhenAll(
            new[] { one, two, one }.Select(service =>
                service.Services.GetRequiredService<NightlyReconciliation>().RunOnce(Cancel)
            )
        );

        nights.Count(report => report is not null).ShouldBe(1);
        (await one.Ask<string>("SELECT report FROM file_reconciliations WHERE ended_at IS NOT NULL")).ShouldBe(
            nights.Single(report => report is not null)!.ToString()
        );
    }

    [Fact]
    public async Task A_night_in_which_the_store_is_away_is_tried_again()
    {
        await using var service = await cluster.Start(variables =>
        {
            (variables["S3_BUCKET_NAME"], variables["S3_ENDPOINT_URL"]) = ("nowhere", "http://127.0.0.1:1");
            (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) = ("AKIA", "secret");
        });

        await Should.ThrowAsync<StoreException>(() =>
            service.Services.GetRequiredService<NightlyReconciliation>().RunOnce(Cancel)
        );

        (await service.Ask<long>("SELECT count(*) FROM file_reconciliations")).ShouldBe(0);
    }

    [Fact]
    public async Task In_its_hour_it_begins_by_itself()
    {
        var clock = new TimerClock(
            new DateTimeOffset(2026, 3, 1, 1, 55, 0, TimeSpan.Zero),
            NightlyReconciliation.Interval
        );
        await using var service = await cluster.Start(
            variables => variables["FILES_RECONCILE_HOUR"] = "2",
            services => services.AddSingleton<TimeProvider>(clock)
        );
        // The host starts workers in the background: time that passes before the timer is made would never be noticed.
        await clock.TimerMade.WaitAsync(Cancel);

        for (var i = 0; i < 3; i++)
        {
            (await service.Ask<long>("SELECT count(*) FROM file_reconciliations WHERE night <> '2026-03-01'")).ShouldBe(
                0
            );
            clock.Advance(TimeSpan.FromMinutes(10));
        }

        await service.Until(
            "SELECT EXISTS (SELECT FROM file_reconciliations WHERE night = '2026-03-01' AND ended_at IS NOT NULL)"
        );
    }

    [Fact]
    public async Task A_hundred_thousand_objects_take_no_more_memory_than_a_few()
    {
        // In memory where the system has such a place: it is about the process, not about the disk.
        var folder = Path.Combine(
            Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
            $"tenantry-many-{Guid.NewGuid():N}"
        );
        Directory.CreateDirectory(folder);
        try
        {
            await using var service = await cluster.Start(variables => variables["FILES_PATH"] = folder);
            var (_, tenant, _) = await service.NewTenant();
            var keys = Enumerable.Range(0, 100_000).Select(_ => StoredFile.NewKey(tenant)).ToList();
            for (var part = 0; part < 256; part++)
                Directory.CreateDirectory(
                    Path.Combine(
                        folder,
                        tenant.ToString(),
                        part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)
                    )
                );
            Parallel.ForEach(keys.Take(100_000 - 2), key => File.WriteAllBytes(PathOf(service, key), [1]));
            await service.Sql(
                $"""
                INSERT INTO files (tenant_id, id, file_key, file_name, search, mime_type, file_size, sha256, metadata, tags, scan, created_at, updated_at)
                SELECT '{tenant}', gen_random_uuid(), key, 'a', 'a', 'text/plain', 1, sha256('\x01'), '{"{}"}', '{"{}"}', 'not_scanned', now() - interval '3 days', now()
                FROM unnest(ARRAY['{string.Join("','", keys)}']) AS key
                """
            );
            var variables = cluster.Variables(service.Database);
            (variables["FILES_PATH"], variables["DOTNET_GCHeapHardLimit"]) = (folder, "0x2400000"); // 36 MB

            var (code, output) = await OperatorCommand.Run(["files", "reconcile", "--dry-run"], variables);

            output.ShouldContain("100000 files of ");
            output.ShouldContain("99998 objects: 2 missing");
            code.ShouldBe(1, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A clock that tells when a worker has made its timer.</summary>
    private sealed class TimerClock(DateTimeOffset start, TimeSpan period) : FakeTimeProvider(start)
    {
        private readonly TaskCompletionSource made = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task TimerMade => made.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan ofTimer)
        {
            var timer = base.CreateTimer(callback, state, dueTime, ofTimer);
            if (ofTimer == period)
                made.TrySetResult();
            return timer;
        }
    }

    private async Task<Service> With(string kind)
    {
        var bucket = kind == "s3" ? await S3Server.Begin() : null;
        return await cluster.Start(variables => bucket?.Apply(variables));
    }

    private static string PathOf(Service service, string key) =>
        Path.Combine(service.Settings.Store.Folder, key[..36], key.Substring(37, 2), key[37..]);

    private static async Task Put(IObjectStore store, string key, byte[] bytes)
    {
        using var content = new MemoryStream(bytes);
        await store.Put(key, content, "text/plain", Cancel);
    }

    private static async Task<(Guid Id, string Key)> Upload(Visitor by, int number)
    {
        using var body = new ByteArrayContent(RandomNumberGenerator.GetBytes(1000));
        body.Headers.ContentType = new("text/plain");
        var made = await by.Send(HttpMethod.Post, "files/upload", body);
        made.Status.ShouldBe(201, $"{number}: {made.Text}");
        return (made.Json["id"]!.GetValue<Guid>(), made.Text("file_key"));
    }

    /// <returns>what is told of some tenants: a bucket has those of other tests too</returns>
    private static async Task<(FileReconciler.Report Report, IReadOnlyList<(Kind, string, Guid?)> Found)> Run(
        Service service,
        FileReconciler.Terms terms,
        params Guid[] of
    )
    {
        var found = new List<(Kind, string, Guid?)>();
        var report = await service
            .Services.GetRequiredService<FileReconciler>()
            .Run(terms, finding => found.Add((finding.Kind, finding.Key, finding.File)), Cancel);
        return (
            report,
            [.. found.Where(one => of.Any(tenant => one.Item2.StartsWith(tenant.ToString(), StringComparison.Ordinal)))]
        );
    }

    private static async Task Gone(Service service, IObjectStore store, params string[] keys)
    {
        foreach (var key in keys)
        {
            await service.Until($"SELECT NOT EXISTS (SELECT FROM object_removals WHERE object_key = '{key}')");
            (await store.Find(key, Cancel)).ShouldBeNull();
        }
    }
}
