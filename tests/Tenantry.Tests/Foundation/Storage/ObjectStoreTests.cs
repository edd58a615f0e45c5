using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Storage;

/// <summary>
/// What every store promises, asked of each. Addresses are fetched over HTTP by somebody who knows nothing else.
/// </summary>
public abstract class ObjectStoreTests
{
    private static readonly HttpClient Http = new();

    protected Guid Tenant { get; set; } = Guid.NewGuid();

    protected abstract IObjectStore Store { get; }

    /// <summary>Where a signed address leads to in this test.</summary>
    protected abstract Uri At(Uri url);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(256 * 1024)]
    [InlineData(5 * 1024 * 1024)]
    [InlineData((12 * 1024 * 1024) - 1)]
    [InlineData(12 * 1024 * 1024)]
    [InlineData((12 * 1024 * 1024) + 7)]
    public async Task What_goes_in_comes_out(int size)
    {
        var (key, bytes) = (NewKey(), RandomNumberGenerator.GetBytes(size));

        var stored = await Store.Put(key, new Once(bytes), "text/plain", Cancel);

        (stored.Key, stored.Size).ShouldBe((key, size));
        (await Store.Find(key, Cancel))!.Size.ShouldBe(size);
        (await Read(key, 0, null)).ShouldBe(bytes);
        if (size > 10)
            (await Read(key, 3, 5)).ShouldBe(bytes[3..8]);
        (await Read(key, size, null)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_object_is_not_found_cannot_be_copied_and_may_be_deleted()
    {
        var key = NewKey();

        (await Store.Find(key, Cancel)).ShouldBeNull();
        (await Store.Open(key, 0, null, Cancel)).ShouldBeNull();
        await Store.Delete(key, Cancel);
        await Should.ThrowAsync<StoreException>(() => Store.Copy(key, NewKey(), Cancel));
        await Store.Put(key, new Once([1]), "text/plain", Cancel);
        await Store.Delete(key, Cancel);
        (await Store.Find(key, Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("../../etc/passwd")]
    [InlineData("5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11/../x")]
    [InlineData("5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11/5B0B6A3E-54a6-4b1e-9a37-0c6f5f4d2a11")]
    [InlineData("5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11/x")]
    public async Task Nothing_but_two_ids_is_a_key(string key)
    {
        await Should.ThrowAsync<ArgumentException>(async () =>
            await Store.Put(key, new Once([1]), "text/plain", Cancel)
        );
        await Should.ThrowAsync<ArgumentException>(async () => await Store.Open(key, 0, null, Cancel));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.Delete(key, Cancel));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(7 * 1024 * 1024)]
    [InlineData(13 * 1024 * 1024)]
    public async Task What_breaks_off_leaves_nothing(int size)
    {
        var key = NewKey();
        using var gone = new CancellationTokenSource();

        await Should.ThrowAsync<IOException>(() =>
            Store.Put(key, new Once(new byte[size], () => throw new IOException("broken")), "text/plain", Cancel)
        );
        await Should.ThrowAsync<OperationCanceledException>(() =>
            Store.Put(key, new Once(new byte[size], gone.Cancel), "text/plain", gone.Token)
        );

        (await Store.Find(key, Cancel)).ShouldBeNull();
        (await Everything(Store.Unfinished(Cancel))).Where(unfinished => unfinished.Key == key).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_is_in_the_order_of_the_keys_and_of_one_prefix()
    {
        var keys = Enumerable.Range(0, 12).Select(_ => NewKey()).ToList();
        foreach (var key in keys)
            await Store.Put(key, new Once([1, 2]), "text/plain", Cancel);
        var other = $"{Guid.NewGuid()}/{Guid.NewGuid()}";
        await Store.Put(other, new Once([1]), "text/plain", Cancel);

        var listed = await Everything(Store.List($"{Tenant}/", Cancel));

        listed.Select(one => one.Key).ShouldBe(keys.Order(StringComparer.Ordinal));
        listed.ShouldAllBe(one => one.Size == 2);
        (await Everything(Store.List("", Cancel))).Select(one => one.Key).ShouldContain(other);
    }

    [Fact]
    public async Task A_copy_is_an_object_of_its_own()
    {
        var (from, to) = (NewKey(), NewKey());
        await Store.Put(from, new Once(Encoding.ASCII.GetBytes("text")), "text/plain", Cancel);

        await Store.Copy(from, to, Cancel);
        await Store.Delete(from, Cancel);

        Encoding.ASCII.GetString(await Read(to, 0, null)).ShouldBe("text");
    }

    [Fact]
    public async Task An_address_gives_the_object_as_it_says_until_it_expires_and_nothing_else()
    {
        var (key, other) = (NewKey(), NewKey());
        await Store.Put(key, new Once(Encoding.ASCII.GetBytes("0123456789")), "text/plain", Cancel);
        await Store.Put(other, new Once(Encoding.ASCII.GetBytes("other")), "text/plain", Cancel);
        const string disposition = "attachment; filename=\"a b.txt\"; filename*=UTF-8''%C3%A4.txt";
        var url = Store.SignedGet(key, new SignedGet(DateTimeOffset.UtcNow.AddMinutes(5), "text/csv", disposition));

        using var answer = await Http.GetAsync(At(url), Cancel);

        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe((200, "0123456789"));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        answer.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe(disposition);
        answer.Headers.CacheControl!.Private.ShouldBeTrue();
        (await Status(HttpMethod.Get, url, ("Range", "bytes=2-3"))).ShouldBe(206);
        (await Status(HttpMethod.Get, new Uri(url.ToString().Replace(key, other, StringComparison.Ordinal)))).ShouldBe(
            403
        );
        (
            await Status(HttpMethod.Get, new Uri(url.ToString().Replace("csv", "html", StringComparison.Ordinal)))
        ).ShouldBe(403);
        (await Status(HttpMethod.Delete, url)).ShouldBeOneOf(403, 405);
        var ended = Store.SignedGet(key, new SignedGet(DateTimeOffset.UtcNow.AddSeconds(1), "text/csv", disposition));
        await Eventually.Is(async () => await Status(HttpMethod.Get, ended) == 403); // by the clock of the store
        await Store.Delete(key, Cancel);
        (await Status(HttpMethod.Get, url)).ShouldBe(404);
    }

    [Fact]
    public async Task An_address_takes_a_part_of_the_size_that_was_signed()
    {
        var bytes = RandomNumberGenerator.GetBytes(20_000);
        var key = NewKey();
        var upload = await Begin(key);
        var signed = Store.SignedPart(key, upload, 1, bytes.Length, DateTimeOffset.UtcNow.AddMinutes(5));

        (await Send(signed, bytes[1..])).ShouldBeOneOf(400, 403);
        (await Store.CompleteParts(key, upload, 1, Cancel)).ShouldBeNull();
        (await Send(signed, bytes)).ShouldBe(200);
        (await Store.CompleteParts(key, upload, 1, Cancel))!.Size.ShouldBe(bytes.Length);

        (await Read(key, 0, null)).ShouldBe(bytes);
        await Store.Delete(key, Cancel);
        (await Send(signed, bytes)).ShouldBe(404);
    }

    [Fact]
    public async Task An_object_is_put_together_from_parts_that_came_in_any_order()
    {
        var (first, last) = (
            RandomNumberGenerator.GetBytes(IObjectStore.PartSize),
            RandomNumberGenerator.GetBytes(1_000)
        );
        var (key, expires) = (NewKey(), DateTimeOffset.UtcNow.AddMinutes(5));
        var upload = await Begin(key);

        (await Send(Store.SignedPart(key, upload, 2, last.Length, expires), last)).ShouldBe(200);
        (await Store.CompleteParts(key, upload, 2, Cancel)).ShouldBeNull();
        (await Everything(Store.Unfinished(Cancel))).ShouldContain(unfinished =>
            unfinished.Key == key && unfinished.Upload == upload
        );
        (await Send(Store.SignedPart(key, upload, 1, first.Length, expires), first)).ShouldBe(200);
        (await Store.Find(key, Cancel)).ShouldBeNull();
        (await Store.CompleteParts(key, upload, 2, Cancel))!.Size.ShouldBe(first.Length + last.Length);

        (await Read(key, 0, null)).ShouldBe([.. first, .. last]);
        (await Store.CompleteParts(NewKey(), upload, 2, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Parts_that_are_given_up_are_gone()
    {
        var (key, expires) = (NewKey(), DateTimeOffset.UtcNow.AddMinutes(5));
        var upload = await Begin(key);
        (await Send(Store.SignedPart(key, upload, 1, 3, expires), [1, 2, 3])).ShouldBe(200);

        await Store.AbortParts(key, upload, Cancel);
        await Store.AbortParts(key, upload, Cancel);

        (await Store.CompleteParts(key, upload, 1, Cancel)).ShouldBeNull();
        (await Everything(Store.Unfinished(Cancel))).Where(unfinished => unfinished.Key == key).ShouldBeEmpty();
        (await Send(Store.SignedPart(key, upload, 1, 3, expires), [1, 2, 3])).ShouldBe(404);
    }

    protected string NewKey() => $"{Tenant}/{Guid.NewGuid()}";

    /// <summary>Begins an upload to which somebody may send.</summary>
    protected virtual Task<string> Begin(string key) => Store.BeginParts(key, "text/plain", Cancel);

    private async Task<byte[]> Read(string key, long from, long? length)
    {
        await using var stream = (await Store.Open(key, from, length, Cancel))!;
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Cancel);
        return all.ToArray();
    }

    private static async Task<List<T>> Everything<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
            all.Add(item);
        return all;
    }

    private async Task<int> Status(HttpMethod method, Uri url, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, At(url));
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var answer = await Http.SendAsync(request, Cancel);
        return (int)answer.StatusCode;
    }

    private async Task<int> Send(SignedRequest signed, byte[] bytes)
    {
        using var request = new HttpRequestMessage(new HttpMethod(signed.Method), At(signed.Url))
        {
            Content = new ByteArrayContent(bytes),
        };
        foreach (var (name, value) in signed.Headers.Where(header => header.Key != "Content-Length"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        using var answer = await Http.SendAsync(request, Cancel);
        return (int)answer.StatusCode;
    }

    /// <summary>A stream that can be read once, and may break at its end.</summary>
    protected sealed class Once(byte[] bytes, Action? end = null) : ReadOnlyStream
    {
        private int read;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, Math.Min(100_000, bytes.Length - read));
            if (count == 0)
                end?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            bytes.AsMemory(read, count).CopyTo(buffer);
            read += count;
            return ValueTask.FromResult(count);
        }
    }
}

public sealed class DiskStoreTests(SharedService shared)
    : ObjectStoreTests,
        IClassFixture<SharedService>,
        IAsyncLifetime
{
    protected override IObjectStore Store => shared.Service.Services.GetRequiredService<IObjectStore>();

    protected override Uri At(Uri url) => new(shared.Service.Url, url.PathAndQuery);

    /// <summary>The service takes parts of announced files alone.</summary>
    protected override async Task<string> Begin(string key)
    {
        var upload = await base.Begin(key);
        var id = key.Split('/')[1];
        await shared.Service.Sql(
            $"""
            INSERT INTO file_uploads (tenant_id, id, user_id, object_key, store_upload, parts, file_name, mime_type, file_size, sha256, metadata, tags, created_at, expires_at)
            SELECT tenant_id, '{id}', id, '{key}', '{upload}', 1, 'a', 'text/plain', 1, '', jsonb_build_object(), ARRAY[]::text[], now(), now() + interval '1 hour' FROM users WHERE tenant_id = '{Tenant}'
            """
        );
        return upload;
    }

    public async ValueTask InitializeAsync() => (_, Tenant, _) = await shared.Service.NewTenant();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_key_is_written_once()
    {
        var key = NewKey();
        await Store.Put(key, new MemoryStream([1]), "text/plain", CancellationToken.None);

        (
            await Should.ThrowAsync<StoreException>(() =>
                Store.Put(key, new MemoryStream([2]), "text/plain", CancellationToken.None)
            )
        ).Message.ShouldContain("already");
        (await Store.Find(key, CancellationToken.None))!.Size.ShouldBe(1);
    }
}

public sealed class S3StoreTests(S3StoreTests.Served served) : ObjectStoreTests, IClassFixture<S3StoreTests.Served>
{
    protected override IObjectStore Store => served.Store ?? throw new InvalidOperationException("There is no store.");

    protected override Uri At(Uri url) => url;

    [Fact]
    public async Task A_refusal_by_the_object_store_is_reported_without_the_secret()
    {
        using var other = new S3Store(
            served.Server!.Settings,
            served.Server.Access with
            {
                SecretKey = "not the secret",
            }
        );

        var refused = await Should.ThrowAsync<StoreException>(() =>
            other.Put(NewKey(), new MemoryStream([1]), "text/plain", CancellationToken.None)
        );

        refused.Message.ShouldBe("The store answered 403 SignatureDoesNotMatch.");
    }

    [Fact]
    public async Task An_unreachable_object_store_raises_a_store_exception()
    {
        using var away = new S3Store(
            served.Server!.Settings with
            {
                Endpoint = new Uri("http://127.0.0.1:1"),
            },
            served.Server.Access with
            {
                Endpoint = new Uri("http://127.0.0.1:1"),
            }
        );

        await Should.ThrowAsync<StoreException>(() => away.Find(NewKey(), CancellationToken.None));
    }

    [Theory]
    [InlineData(BucketEncryption.Bucket, null, null)]
    [InlineData(BucketEncryption.Aes256, null, "AES256")]
    [InlineData(BucketEncryption.Kms, null, "aws:kms")]
    [InlineData(BucketEncryption.Kms, "arn:aws:kms:eu-central-1:1:key/a", "aws:kms")]
    public async Task Whatever_makes_an_object_asks_for_the_encryption_that_is_set(
        BucketEncryption encryption,
        string? keyId,
        string? header
    )
    {
        var asked = new System.Collections.Concurrent.ConcurrentQueue<(
            string What,
            string? Encryption,
            string? KeyId
        )>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(async http =>
        {
            var what =
                http.Request.Query.ContainsKey("uploads") ? "begin"
                : http.Request.Headers.ContainsKey("x-amz-copy-source") ? "copy"
                : "put";
            asked.Enqueue(
                (
                    what,
                    http.Request.Headers["x-amz-server-side-encryption"].FirstOrDefault(),
                    http.Request.Headers["x-amz-server-side-encryption-aws-kms-key-id"].FirstOrDefault()
                )
            );
            await http.Response.WriteAsync(
                what switch
                {
                    "begin" => "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
                    "copy" => "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>",
                    _ => "",
                }
            );
        });
        await app.StartAsync(Cancel);
        var url = new Uri(app.Urls.Single());
        using var store = new S3Store(
            new BucketSettings("bucket", "us-east-1", url, true, encryption, keyId, TimeSpan.FromSeconds(10)),
            new AwsAccess("us-east-1", "AKIA", "secret", url, TimeSpan.FromSeconds(10))
        );

        await store.Put(NewKey(), new Once([1]), "text/plain", Cancel);
        await store.BeginParts(NewKey(), "text/plain", Cancel);
        await store.Copy(NewKey(), NewKey(), Cancel);
        asked.ShouldBe([("put", header, keyId), ("begin", header, keyId), ("copy", header, keyId)]);
    }

    public sealed class Served : IAsyncLifetime
    {
        public S3Server? Server { get; private set; }

        public S3Store? Store { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Server = await S3Server.Begin();
            Store = new S3Store(Server.Settings, Server.Access);
        }

        public ValueTask DisposeAsync()
        {
            Store?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
