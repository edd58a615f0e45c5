using System.Security.Cryptography;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files;

/// <summary>
/// Bytes that were announced, and bytes that were put, count against the quota until they are gone from the store.
/// </summary>
public sealed class StorageReservationTests(Cluster cluster)
{
    private const int Third = 340 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_announcements_at_once_only_as_many_pass_as_there_is_room_for()
    {
        await using var service = await Small();
        var (_, _, admin) = await service.NewTenant();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Announce(admin, Third)));

        answers.Count(answer => answer.Status == 201).ShouldBe(3);
        foreach (var answer in answers.Where(answer => answer.Status != 201))
            answer.ShouldBeProblem(409, "quota_exceeded").Json["quota"]!.Text("name").ShouldBe("storage_bytes");
    }

    [Fact]
    public async Task Of_many_resumable_uploads_begun_at_once_only_as_many_pass_as_there_is_room_for()
    {
        await using var service = await Small();
        var (_, _, admin) = await service.NewTenant();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Begin(admin, Third)));

        answers.Count(answer => answer.Status == 201).ShouldBe(3);
        answers.Where(answer => answer.Status != 201).ShouldAllBe(answer => answer.Status == 409);
    }

    [Fact]
    public async Task Each_way_in_counts_what_the_others_have_announced()
    {
        await using var service = await Small();
        var (_, _, admin) = await service.NewTenant();
        var announced = await Announce(admin, 2 * Third);
        announced.Status.ShouldBe(201, announced.Text);
        (await Begin(admin, Third / 2)).Status.ShouldBe(201);

        (await Begin(admin, 2 * Third)).ShouldBeProblem(409, "quota_exceeded");
        (await Announce(admin, 2 * Third)).ShouldBeProblem(409, "quota_exceeded");
        (await Upload(admin, 2 * Third)).ShouldBeProblem(409, "quota_exceeded");

        (await admin.Delete($"files/uploads/{announced.Json["id"]}")).Status.ShouldBe(204);
        await service.Until(
            "SELECT NOT EXISTS (SELECT FROM object_removals WHERE due_at <= now() + interval '1 minute')"
        );
        (await Upload(admin, 2 * Third)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_cancelled_upload_counts_until_its_bytes_are_gone_from_the_store()
    {
        var faults = new StoreFaults();
        await using var service = await Small(faults.Apply);
        var (_, tenant, admin) = await service.NewTenant();
        var announced = await Announce(admin, 2 * Third);
        (await DirectUploads.Send(service.Url, announced, new byte[2 * Third])).ShouldBe([200]);
        var begun = await Begin(admin, Third / 2);
        await Append(admin, begun, new byte[Third / 4]);
        faults.Fail = operation => operation is "Delete" or "AbortParts";

        (await admin.Delete($"files/uploads/{announced.Json["id"]}")).Status.ShouldBe(204);
        (
            await admin.Send(HttpMethod.Delete, begun.Header("Location")!, null, ("Tus-Resumable", "1.0.0"))
        ).Status.ShouldBe(204);

        (await Announce(admin, 2 * Third)).ShouldBeProblem(409, "quota_exceeded");
        (await Upload(admin, 2 * Third)).ShouldBeProblem(409, "quota_exceeded");
        faults.Fail = null;
        await service.Sql("UPDATE object_removals SET due_at = now()");
        await service.Services.GetRequiredService<ObjectRemovalWorker>().ProcessDue(Cancel);
        await service.Until("SELECT NOT EXISTS (SELECT FROM object_removals)");
        await service.OnlyIsLeft(tenant);
        (await Announce(admin, 3 * Third)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task An_object_that_could_not_be_taken_away_at_once_goes_without_waiting_for_the_night()
    {
        var faults = new StoreFaults();
        await using var service = await Small(faults.Apply);
        var (_, tenant, admin) = await service.NewTenant();
        faults.Fail = operation => operation is "Delete";

        // The form goes on behind its file: what was stored becomes no file.
        var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[1_000]), "file", "a" },
            { new ByteArrayContent(new byte[10]), "file", "b" },
        };
        (await admin.Send(HttpMethod.Post, "files/upload", form)).ShouldBeProblem(400, "validation_failed");

        (
            await service.Services.GetRequiredService<IObjectStore>().List($"{tenant}/", Cancel).CountAsync(Cancel)
        ).ShouldBe(1);
        faults.Fail = null;
        await service.Sql("UPDATE object_removals SET due_at = now()");
        await service.Services.GetRequiredService<ObjectRemovalWorker>().ProcessDue(Cancel);
        await service.OnlyIsLeft(tenant);
    }

    [Fact]
    public async Task Cycles_of_announcing_putting_and_cancelling_never_store_more_than_the_quota()
    {
        await using var service = await Small();
        var (_, tenant, admin) = await service.NewTenant();
        var store = service.Services.GetRequiredService<IObjectStore>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var most = 0L;
        var watching = Watch();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(Cycle));
        await end.CancelAsync();
        await watching;

        most.ShouldBeInRange(Third, 1024 * 1024);
        await service.OnlyIsLeft(tenant);

        async Task Cycle(int which)
        {
            for (var round = 0; round < 8; round++)
            {
                if (await Announce(admin, Third) is not { Status: 201 } announced)
                    continue;
                await DirectUploads.Send(service.Url, announced, new byte[Third]);
                (await admin.Delete($"files/uploads/{announced.Json["id"]}")).Status.ShouldBe(204);
            }
        }

        async Task Watch()
        {
            var root = Cluster.FilesOf(service.Database);
            Directory.CreateDirectory(root);
            while (!end.IsCancellationRequested)
            {
                try
                {
                    // A walk takes its time: what it saw at its beginning may be gone at its end. What two walks see
                    // was there between them.
                    var first = Files(root).ToDictionary(path => path, Size, StringComparer.Ordinal);
                    most = Math.Max(most, Files(root).ToList().Sum(path => first.GetValueOrDefault(path)));
                }
                catch (DirectoryNotFoundException)
                {
                    // A folder went while it was looked at.
                }
                await Task.Delay(1, CancellationToken.None);
            }
        }

        static IEnumerable<string> Files(string root) =>
            Directory
                .EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Where(path => !path.EndsWith("/key", StringComparison.Ordinal));

        static long Size(string path)
        {
            try
            {
                return new FileInfo(path).Length;
            }
            catch (IOException)
            {
                return 0; // it went
            }
        }
    }

    private Task<Service> Small(Action<IServiceCollection>? replace = null) =>
        cluster.Start(variables => variables["QUOTA_FREE_STORAGE_MB"] = "1", replace);

    private static Task<Answer> Announce(Visitor by, int size) =>
        by.Post(
            "files/uploads",
            new
            {
                file_name = "a",
                file_size = size,
                mime_type = "text/plain",
                sha256 = Convert.ToHexString(SHA256.HashData(new byte[size])),
            }
        );

    private static Task<Answer> Begin(Visitor by, int size) =>
        by.Send(HttpMethod.Post, "files/tus", null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", $"{size}"));

    private static Task<Answer> Append(Visitor by, Answer begun, byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new("application/offset+octet-stream");
        return by.Send(
            HttpMethod.Patch,
            begun.Header("Location")!,
            content,
            ("Tus-Resumable", "1.0.0"),
            ("Upload-Offset", "0")
        );
    }

    private static Task<Answer> Upload(Visitor by, int size) =>
        by.Send(
            HttpMethod.Post,
            "files/upload",
            new ByteArrayContent(new byte[size]) { Headers = { ContentType = new("text/plain") } }
        );
}
