using System.Security.Cryptography;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files.Uploads;

/// <summary>Files that go to the store without us, whichever store it is.</summary>
public abstract class DirectUploadTests
{
    protected abstract Service Service { get; }

    /// <summary>Where the addresses of the disk store lead; null: the store has its own.</summary>
    protected abstract Uri? Gateway { get; }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IObjectStore Store => Service.Services.GetRequiredService<IObjectStore>();

    [Fact]
    public async Task A_file_is_announced_sent_and_looked_at_before_it_is_one()
    {
        var (_, tenant, admin) = await Service.NewTenant();
        var bytes = (byte[])[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. RandomNumberGenerator.GetBytes(50_000)];

        var announced = await Announce(admin, bytes, "image/x-unknown");
        announced.Status.ShouldBe(201, announced.Text);
        (await admin.Post($"files/uploads/{announced.Json["id"]}/complete")).ShouldBeProblem(409, "conflict");
        (await Send(announced, bytes)).ShouldBe([200]);
        (await admin.Get("files")).Items().ShouldBeEmpty();
        var made = await admin.Post($"files/uploads/{announced.Json["id"]}/complete");

        made.Status.ShouldBe(201, made.Text);
        (made.Text("mime_type"), made.Text("file_name"), made.Number("file_size")).ShouldBe(
            ("image/png", "b.png", bytes.Length)
        );
        made.Json["tags"]![0]!.GetValue<string>().ShouldBe("t");
        (await Content(made.Text("file_key"))).ShouldBe(bytes);
        (await admin.Post($"files/uploads/{announced.Json["id"]}/complete")).ShouldBeProblem(404, "not_found");
        await OnlyFilesAreLeft(tenant, made);
        // Whoever still has the request stores nothing by it any more.
        (await Send(announced, bytes)).ShouldBe([404]);
        (await Content(made.Text("file_key"))).ShouldBe(bytes);
        await Service.Sql($"UPDATE object_removals SET due_at = now() WHERE object_key LIKE '{tenant}%'");
        await Service.Services.GetRequiredService<ObjectRemovalWorker>().ProcessDue(Cancel);
        await OnlyFilesAreLeft(tenant, made);
        (await Service.Ask<long>($"SELECT bytes FROM storage_counts WHERE tenant_id = '{tenant}'")).ShouldBe(
            bytes.Length
        );
    }

    [Fact]
    public async Task A_large_file_goes_in_parts()
    {
        var (_, tenant, admin) = await Service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes((9 * IObjectStore.PartSize) + 5);

        var announced = await Announce(admin, bytes, "application/octet-stream");
        var parts = announced.Json["requests"]!.AsArray();
        (parts.Count, parts[9]!.Number("size")).ShouldBe((10, 5));
        (await Send(announced, bytes, parts: 9)).ShouldAllBe(status => status == 200);
        (await admin.Post($"files/uploads/{announced.Json["id"]}/complete")).ShouldBeProblem(409, "conflict");
        (await Send(announced, bytes)).ShouldAllBe(status => status == 200);
        var made = await admin.Post($"files/uploads/{announced.Json["id"]}/complete");

        made.Status.ShouldBe(201, made.Text);
        SHA256.HashData(await Content(made.Text("file_key"))).ShouldBe(SHA256.HashData(bytes));
        await OnlyFilesAreLeft(tenant, made);
    }

    [Fact]
    public async Task What_is_not_what_was_announced_never_becomes_a_file()
    {
        var (_, tenant, admin) = await Service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(1_000);
        (await admin.Put("files/settings", new { refused_types = new[] { "application/pdf" } })).Status.ShouldBe(200);

        // By the store where it checks, by us where it does not.
        var other = await Announce(admin, bytes, "text/plain");
        var sent = (await Send(other, RandomNumberGenerator.GetBytes(1_000)))[0];
        (sent is 200 or 400 or 403).ShouldBeTrue();
        (await admin.Post($"files/uploads/{other.Json["id"]}/complete")).ShouldBeProblem(409, "conflict");
        var refused = await Announce(admin, "%PDF-1.7"u8.ToArray(), "text/plain");
        (await Send(refused, "%PDF-1.7"u8.ToArray())).ShouldBe([200]);
        (await admin.Post($"files/uploads/{refused.Json["id"]}/complete")).ShouldBeProblem(
            415,
            "unsupported_media_type"
        );
        var cancelled = await Announce(admin, bytes, "text/plain");
        (await Send(cancelled, bytes)).ShouldBe([200]);
        (await admin.Delete($"files/uploads/{cancelled.Json["id"]}")).Status.ShouldBe(204);
        (await admin.Post($"files/uploads/{cancelled.Json["id"]}/complete")).ShouldBeProblem(404, "not_found");
        await Service.Sql($"DELETE FROM file_uploads WHERE tenant_id = '{tenant}'");

        (await admin.Get("files")).Items().ShouldBeEmpty();
        await OnlyFilesAreLeft(tenant);
    }

    [Fact]
    public async Task An_upload_that_is_not_completed_in_time_is_removed_with_its_objects()
    {
        var (_, tenant, admin) = await Service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(1_000);
        var announced = await Announce(admin, bytes, "text/plain");
        await Send(announced, bytes);
        await Service.Sql(
            $"UPDATE file_uploads SET expires_at = now() - interval '1 second' WHERE tenant_id = '{tenant}'"
        );

        (await admin.Post($"files/uploads/{announced.Json["id"]}/complete")).ShouldBeProblem(404, "not_found");
        await Service.Services.GetRequiredService<ObjectRemovalWorker>().Sweep(Cancel);

        (await Service.Ask<long>($"SELECT count(*) FROM file_uploads WHERE tenant_id = '{tenant}'")).ShouldBe(0);
        await OnlyFilesAreLeft(tenant);
    }

    [Fact]
    public async Task A_direct_upload_belongs_to_its_creator_and_is_within_the_limits()
    {
        var (slug, _, admin) = await Service.NewTenant();
        var (_, _, bob) = await Service.Joined(admin, slug, "User");
        var (_, _, viewer) = await Service.Joined(admin, slug, "Viewer");
        var announced = await Announce(admin, [1, 2, 3], "text/plain");
        await Send(announced, [1, 2, 3]);

        (await bob.Post($"files/uploads/{announced.Json["id"]}/complete")).ShouldBeProblem(404, "not_found");
        (await bob.Delete($"files/uploads/{announced.Json["id"]}")).ShouldBeProblem(404, "not_found");
        (await Announce(viewer, [1], "text/plain")).ShouldBeProblem(403, "permission_denied");
        var hash = new string('0', 64);
        (
            await bob.Post(
                "files/uploads",
                new
                {
                    file_name = "a",
                    file_size = 101L * 1024 * 1024,
                    sha256 = hash,
                }
            )
        ).ShouldBeProblem(413, "payload_too_large");
        foreach (
            var (body, field) in new (object, string)[]
            {
                (new { file_size = 1, sha256 = hash }, "file_name"),
                (new { file_name = "a", sha256 = hash }, "file_size"),
                (
                    new
                    {
                        file_name = "a",
                        file_size = -1,
                        sha256 = hash,
                    },
                    "file_size"
                ),
                (new { file_name = "a", file_size = 1 }, "sha256"),
                (
                    new
                    {
                        file_name = "a",
                        file_size = 1,
                        sha256 = "x",
                    },
                    "sha256"
                ),
                (
                    new
                    {
                        file_name = "a",
                        file_size = 1,
                        sha256 = hash,
                        mime_type = "x",
                    },
                    "mime_type"
                ),
                (
                    new
                    {
                        file_name = "a",
                        file_size = 1,
                        sha256 = hash,
                        metadata = 1,
                    },
                    "metadata"
                ),
            }
        )
            (await bob.Post("files/uploads", body)).ShouldBeProblem(400, "validation_failed").ShouldNameField(field);
    }

    [Fact]
    public async Task An_address_ends_with_its_upload()
    {
        var (_, tenant, admin) = await Service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(1_000);
        var cancelled = await Announce(admin, bytes, "text/plain");
        var completed = await Announce(admin, bytes, "text/plain");
        var expired = await Announce(admin, bytes, "text/plain");
        (await Send(completed, bytes)).ShouldBe([200]);

        (await admin.Delete($"files/uploads/{cancelled.Json["id"]}")).Status.ShouldBe(204);
        var made = await admin.Post($"files/uploads/{completed.Json["id"]}/complete");
        made.Status.ShouldBe(201, made.Text);
        await Service.Sql(
            $"UPDATE file_uploads SET expires_at = now() - interval '1 second' WHERE tenant_id = '{tenant}'"
        );
        await Service.Services.GetRequiredService<ObjectRemovalWorker>().Sweep(Cancel);
        await OnlyFilesAreLeft(tenant, made);

        foreach (var ended in (Answer[])[cancelled, completed, expired])
            (await Send(ended, bytes)).ShouldBe([404]);
        await OnlyFilesAreLeft(tenant, made);
    }

    [Fact]
    public async Task Of_many_who_complete_one_upload_at_once_one_makes_a_file()
    {
        var (_, tenant, admin) = await Service.NewTenant();
        var announced = await Announce(admin, [1, 2, 3], "text/plain");
        await Send(announced, [1, 2, 3]);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => admin.Post($"files/uploads/{announced.Json["id"]}/complete"))
        );

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers
            .Where(answer => answer.Status != 201)
            .ShouldAllBe(answer => answer.Status == 404 || answer.Status == 409 || answer.Status == 503);
        await OnlyFilesAreLeft(tenant, answers.Single(answer => answer.Status == 201));
        (await Service.Ask<long>($"SELECT files FROM storage_counts WHERE tenant_id = '{tenant}'")).ShouldBe(1);
    }

    protected static Task<Answer> Announce(Visitor by, byte[] bytes, string type) =>
        by.Post(
            "files/uploads",
            new
            {
                file_name = "a/b.png",
                file_size = bytes.Length,
                mime_type = type,
                sha256 = Convert.ToHexString(SHA256.HashData(bytes)),
                tags = new[] { "t" },
            }
        );

    protected Task<List<int>> Send(Answer announced, byte[] bytes, int parts = int.MaxValue) =>
        DirectUploads.Send(Gateway, announced, bytes, parts);

    private async Task<byte[]> Content(string key)
    {
        await using var stream = (await Store.Open(key, 0, null, Cancel))!;
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Cancel);
        return all.ToArray();
    }

    /// <summary>Everything else of the tenant goes from the store within moments.</summary>
    private Task OnlyFilesAreLeft(Guid tenant, params Answer[] files) =>
        Service.OnlyIsLeft(tenant, files.Select(file => file.Text("file_key")));
}

public sealed class DiskUploadTests(SharedService shared, Cluster cluster)
    : DirectUploadTests,
        IClassFixture<SharedService>
{
    [Fact]
    public async Task An_address_of_one_installation_is_worth_nothing_at_another_with_the_same_secret()
    {
        // Over the same database, so that the row is there: the address alone is refused.
        await using var other = await cluster.Start(
            Service.Database,
            variables => variables["JWT_ISSUER"] = "https://another.example"
        );
        var (_, tenant, admin) = await Service.NewTenant();
        var announced = await Announce(admin, [1, 2, 3], "text/plain");

        (await DirectUploads.Send(other.Url, announced, [1, 2, 3])).ShouldBe([403]);

        (
            await other.Services.GetRequiredService<IObjectStore>().List($"{tenant}/", Cancel).AnyAsync(Cancel)
        ).ShouldBeFalse();
        (await Send(announced, [1, 2, 3])).ShouldBe([200]);
    }

    [Fact]
    public async Task An_address_of_a_tenant_or_a_user_that_was_switched_off_takes_nothing()
    {
        var (slug, tenant, admin) = await Service.NewTenant();
        var (id, _, bob) = await Service.Joined(admin, slug, "User");
        var (his, hers) = (
            await Announce(bob, [1, 2, 3], "text/plain"),
            await Announce(admin, [1, 2, 3], "text/plain")
        );

        await Service.Sql($"UPDATE users SET is_active = false WHERE id = '{id}'");
        (await Send(his, [1, 2, 3])).ShouldBe([404]);
        (
            await (await Service.Platform()).Put($"tenants/{tenant}", new { name = slug, is_active = false })
        ).Status.ShouldBe(200);
        (await Send(hers, [1, 2, 3])).ShouldBe([404]);
    }

    protected override Service Service => shared.Service;

    protected override Uri Gateway => shared.Service.Url;
}

public sealed class BucketUploadTests(BucketUploadTests.Served served)
    : DirectUploadTests,
        IClassFixture<BucketUploadTests.Served>
{
    protected override Service Service => served.Service!;

    protected override Uri? Gateway => null;

    public sealed class Served(Cluster cluster) : IAsyncLifetime
    {
        public Service? Service { get; private set; }

        public async ValueTask InitializeAsync()
        {
            var bucket = await S3Server.Begin();
            Service = await cluster.Start(bucket.Apply);
        }

        public ValueTask DisposeAsync() => Service?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
