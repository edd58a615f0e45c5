using System.Security.Cryptography;
using Tenantry.Foundation.Storage;
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
        made.Text("sha256").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var url = (await admin.Get($"files/{made.Json["id"]}/download")).Header("Location")!;
        url.ShouldStartWith(bucket.Url.ToString());
        url.ShouldNotContain(bucket.SecretKey);

        using var http = new HttpClient();
        using var answer = await http.GetAsync(url, Cancel);
        (await answer.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes);
        answer
            .Content.Headers.GetValues("Content-Disposition")
            .Single()
            .ShouldBe("attachment; filename=_.bin; filename*=UTF-8''%C3%84.bin");

        (await admin.Delete($"files/{made.Json["id"]}")).Status.ShouldBe(204);
        await Eventually.Is(async () => !(await store.List($"{tenant}/", Cancel).AnyAsync(Cancel)));
        ((int)(await http.GetAsync(url, Cancel)).StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Where_a_CDN_stands_before_the_bucket_downloads_and_links_lead_there_by_its_own_signature()
    {
        var bucket = await S3Server.Begin();
        await using var cdn = await FakeCloudFront.Begin(bucket);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, cdn.PrivateKey, Cancel);
            await using var service = await cluster.Start(variables =>
            {
                bucket.Apply(variables);
                (variables["CDN_BASE_URL"], variables["CDN_KEY_PAIR_ID"], variables["CDN_PRIVATE_KEY_FILE"]) = (
                    cdn.Url.ToString(),
                    FakeCloudFront.KeyPairId,
                    file
                );
            });
            var (_, _, admin) = await service.NewTenant();
            var content = new ByteArrayContent([1, 2, 3]);
            content.Headers.TryAddWithoutValidation(
                "Content-Disposition",
                "attachment; filename*=UTF-8''%C3%84%20%26%20%22b%22.bin"
            );
            content.Headers.ContentType = new("application/x-thing");
            var made = await admin.Send(HttpMethod.Post, "files/upload", content);
            using var http = new HttpClient();

            var url = (await admin.Get($"files/{made.Json["id"]}/download?expires_in=60")).Header("Location")!;
            var link = await admin.Post($"files/{made.Json["id"]}/links", new { });
            var shared = (await service.At().Get(new Uri(link.Text("url")).PathAndQuery)).Header("Location")!;

            foreach (var way in new[] { url, shared })
            {
                way.ShouldStartWith(cdn.Url.ToString());
                using var answer = await http.GetAsync(way, Cancel);
                (await answer.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe([1, 2, 3]);
                answer.Content.Headers.ContentType!.ToString().ShouldBe("application/x-thing");
                answer
                    .Content.Headers.GetValues("Content-Disposition")
                    .Single()
                    .ShouldContain("filename*=UTF-8''%C3%84%20&%20%22b%22.bin");
            }
            // Neither another time, nor another object, nor another way of being answered.
            var expires = url.Split("&Expires=")[1].Split('&')[0];
            foreach (
                var forged in new[]
                {
                    url.Replace(
                        $"Expires={expires}",
                        $"Expires={long.Parse(expires, System.Globalization.CultureInfo.InvariantCulture) + 1}",
                        StringComparison.Ordinal
                    ),
                    url.Replace("attachment", "inline", StringComparison.Ordinal),
                    url.Replace("application%2Fx-thing", "text%2Fhtml", StringComparison.Ordinal),
                    url.Replace(
                        made.Text("file_key"),
                        Tenantry.Features.Files.StoredFile.NewKey(Guid.NewGuid()),
                        StringComparison.Ordinal
                    ),
                    url.Split("&Signature=")[0],
                }
            )
            {
                forged.ShouldNotBe(url);
                ((int)(await http.GetAsync(forged, Cancel)).StatusCode).ShouldBe(403);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_is_kept_and_a_deletion_is_tried_until_it_is_done()
    {
        var bucket = await S3Server.Begin();
        await using var there = await cluster.Start(bucket.Apply);
        var (slug, tenant, admin) = await there.NewTenant();
        var made = await admin.Send(HttpMethod.Post, "files/upload", new ByteArrayContent([1, 2, 3]));
        await using var away = await cluster.Start(
            there.Database,
            variables =>
            {
                bucket.Apply(variables);
                variables["S3_ENDPOINT_URL"] = "http://127.0.0.1:1";
            }
        );
        var elsewhere = away.At(slug).With(admin.Token);

        (await elsewhere.Send(HttpMethod.Post, "files/upload", new ByteArrayContent([1]))).ShouldBeProblem(
            503,
            "dependency_unavailable"
        );
        (await elsewhere.Get("files")).Items().Count.ShouldBe(1);
        (await elsewhere.Delete($"files/{made.Json["id"]}")).Status.ShouldBe(204);

        // Whichever of the two got the note first: one that failed comes again.
        var store = there.Services.GetRequiredService<IObjectStore>();
        using var deadline = new CancellationTokenSource(Patience.Of);
        while (await store.List($"{tenant}/", Cancel).AnyAsync(Cancel))
        {
            await there.Sql("UPDATE object_removals SET due_at = now()");
            await there
                .Services.GetRequiredService<Tenantry.Features.Files.Reconciliation.ObjectRemovalWorker>()
                .ProcessDue(deadline.Token);
        }
    }
}
