using System.Security.Cryptography;
using Tenantry.Foundation.Stores;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files;

/// <summary>Files in a bucket: the bytes go there through us, and come back past us.</summary>
public sealed class BucketFilesTests(Cluster cluster)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_goes_into_the_bucket_comes_from_there_and_leaves_it()
    {
        var bucket = await S3Server.Begin();
        await using var service = await cluster.Start(bucket.Apply);
        var store = service.Services.GetRequiredService<IObjectStore>();
        var (_, tenant, admin) = await service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(6 * 1024 * 1024);

        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Disposition", "attachment; filename*=UTF-8''%C3%84.bin");
        var made = await admin.Send(HttpMethod.Post, "files/upload", content);
        made.Status.ShouldBe(201, made.Text);
        made.Json["sha256"]!.GetValue<string>().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var url = (await admin.Get($"files/{made.Json["id"]}/download")).Header("Location")!;
        url.ShouldStartWith(bucket.Url.ToString());
        url.ShouldNotContain(bucket.SecretKey);

        using var http = new HttpClient();
        using var answer = await http.GetAsync(url, Cancel);
        (await answer.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes);
        answer.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe("attachment; filename=_.bin; filename*=UTF-8''%C3%84.bin");

        (await admin.Delete($"files/{made.Json["id"]}")).Status.ShouldBe(204);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await store.List($"{tenant}/", deadline.Token).AnyAsync(deadline.Token))
            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
        ((int)(await http.GetAsync(url, Cancel)).StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_is_kept_and_a_deletion_is_tried_until_it_is_done()
    {
        var bucket = await S3Server.Begin();
        await using var there = await cluster.Start(bucket.Apply);
        var (slug, tenant, admin) = await there.NewTenant();
        var made = await admin.Send(HttpMethod.Post, "files/upload", new ByteArrayContent([1, 2, 3]));
        await using var away = await cluster.Start(there.Database, variables =>
        {
            bucket.Apply(variables);
            variables["S3_ENDPOINT_URL"] = "http://127.0.0.1:1";
        });
        var elsewhere = away.At(slug).With(admin.Token);

        (await elsewhere.Send(HttpMethod.Post, "files/upload", new ByteArrayContent([1]))).ShouldBeProblem(503, "dependency_unavailable");
        (await elsewhere.Get("files")).Json["items"]!.AsArray().Count.ShouldBe(1);
        (await elsewhere.Delete($"files/{made.Json["id"]}")).Status.ShouldBe(204);

        // Whichever of the two got the note first: one that failed comes again.
        var store = there.Services.GetRequiredService<IObjectStore>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await store.List($"{tenant}/", deadline.Token).AnyAsync(deadline.Token))
        {
            await there.Sql("UPDATE object_removals SET due_at = now()");
            await there.Services.GetRequiredService<Tenantry.Features.Files.RemovedObjects>().Some(deadline.Token);
        }
    }
}
