using System.Security.Cryptography;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files;

/// <summary>
/// A store that is full, read-only or away is the operator's trouble: the caller hears 503 with a time to try again,
/// never 500.
/// </summary>
public sealed class StoreFailureTests(Cluster cluster)
{
    private static readonly string[] Operations =
    [
        "Put",
        "Open",
        "Find",
        "Copy",
        "Delete",
        "SignedGet",
        "BeginParts",
        "SignedPart",
        "CompleteParts",
        "AbortParts",
    ];

    [Fact]
    public async Task Whatever_fails_in_the_store_no_endpoint_answers_500()
    {
        var faults = new StoreFaults();
        await using var service = await cluster.Start(replace: faults.Apply);
        var (_, _, admin) = await service.NewTenant();
        var (wrong, refused) = (new List<string>(), new HashSet<string>());

        foreach (var operation in Operations)
        {
            foreach (var (name, prepare, ask) in Requests(service, admin))
            {
                faults.Fail = null;
                var prepared = await prepare();
                faults.Fail = failing => failing == operation;
                var answer = await ask(prepared);
                if (answer.Status >= 500)
                {
                    refused.Add(operation);
                    if (
                        answer.Status != 503
                        || answer.Code != "dependency_unavailable"
                        || answer.Header("Retry-After") is null
                    )
                        wrong.Add($"{name}, {operation} fails: {answer.Status} {answer.Text}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        // The walk is one only where requests come by what fails.
        refused.ShouldBe(
            ["Put", "Open", "Find", "Copy", "SignedGet", "BeginParts", "SignedPart", "CompleteParts"],
            ignoreOrder: true
        );
        foreach (var (name, prepare, ask) in Requests(service, admin))
        {
            faults.Fail = null;
            (await ask(await prepare())).Status.ShouldBeLessThan(400, name);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_cannot_be_written_is_503_and_seen_by_readiness_until_it_can(bool isFound)
    {
        // Nothing binds whoever runs as root: a file stands where the folder, or the one of what comes in, should be.
        await using var service = await cluster.Start(variables => variables["METRICS_TOKEN"] = new string('m', 32));
        var (_, _, admin) = await service.NewTenant();
        var root = Cluster.FilesOf(service.Database);
        Directory.CreateDirectory(root);
        var file = await admin.Send(HttpMethod.Post, "files/upload", Bytes([1, 2, 3]));
        file.Status.ShouldBe(201, file.Text);
        (await Health(service)).ShouldBe("ok");
        var inTheWay = isFound ? Path.Combine(root, ".coming") : root;
        Directory.Move(inTheWay, inTheWay + ".away");
        await File.WriteAllTextAsync(inTheWay, "", TestContext.Current.CancellationToken);
        if (isFound)
        {
            if (Directory.Exists(Path.Combine(root, ".parts")))
                Directory.Delete(Path.Combine(root, ".parts"), recursive: true);
            await File.WriteAllTextAsync(Path.Combine(root, ".parts"), "", TestContext.Current.CancellationToken);
        }
        var wrong = new List<string>();

        foreach (
            var (name, ask) in new (string, Func<Task<Answer>>)[]
            {
                ("upload", () => admin.Send(HttpMethod.Post, "files/upload", Bytes([1, 2, 3]))),
                ("announce", () => Announce(admin, 70 * 1024 * 1024)),
                ("tus", async () => await Append(admin, await Begin(admin), [1, 2, 3])),
            }
        )
        {
            var answer = await ask();
            if (answer.Status != 503 || answer.Code != "dependency_unavailable")
                wrong.Add($"{name}: {answer.Status} {answer.Text}");
        }
        wrong.ShouldBeEmpty();
        await Until(service, "degraded");

        File.Delete(inTheWay);
        Directory.Move(inTheWay + ".away", inTheWay);
        if (isFound)
            File.Delete(Path.Combine(root, ".parts"));
        await Until(service, "ok");
        (await admin.Send(HttpMethod.Post, "files/upload", Bytes([1, 2, 3]))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_part_that_the_disk_cannot_take_is_503_and_may_be_sent_again()
    {
        await using var service = await cluster.Start();
        var (_, _, admin) = await service.NewTenant();
        var announced = await Announce(admin, 3);
        announced.Status.ShouldBe(201, announced.Text);
        var coming = Path.Combine(Cluster.FilesOf(service.Database), ".coming");
        if (Directory.Exists(coming))
            Directory.Delete(coming, recursive: true);
        await File.WriteAllTextAsync(coming, "", TestContext.Current.CancellationToken);

        (await DirectUploads.Send(service.Url, announced, [1, 2, 3])).ShouldBe([503]);

        File.Delete(coming);
        (await DirectUploads.Send(service.Url, announced, [1, 2, 3])).ShouldBe([200]);
        (await admin.Post($"files/uploads/{announced.Json["id"]}/complete")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_bucket_that_cannot_be_written_is_503_and_seen_by_readiness_until_it_can()
    {
        var bucket = await S3Server.Begin();
        await using var service = await cluster.Start(variables =>
        {
            bucket.Apply(variables);
            variables["METRICS_TOKEN"] = new string('m', 32);
        });
        var (_, _, admin) = await service.NewTenant();
        (await Health(service)).ShouldBe("ok");
        await bucket.RemoveBucket();

        (await admin.Send(HttpMethod.Post, "files/upload", Bytes([1, 2, 3]))).ShouldBeProblem(
            503,
            "dependency_unavailable"
        );
        await Until(service, "degraded");

        await bucket.MakeBucket();
        await Until(service, "ok");
        (await admin.Send(HttpMethod.Post, "files/upload", Bytes([1, 2, 3]))).Status.ShouldBe(201);
    }

    private static IEnumerable<(string Name, Func<Task<object?>> Prepare, Func<object?, Task<Answer>> Ask)> Requests(
        Service service,
        Visitor admin
    )
    {
        byte[] bytes = [1, 2, 3];
        yield return ("upload", Nothing, _ => admin.Send(HttpMethod.Post, "files/upload", Bytes(bytes)));
        yield return ("announce", Nothing, _ => Announce(admin, 3));
        yield return (
            "announce in parts",
            Nothing,
            async _ =>
            {
                var announced = await Announce(admin, 70 * 1024 * 1024);
                if (announced.Status == 201)
                    await admin.Delete($"files/uploads/{announced.Json["id"]}");
                return announced;
            }
        );
        yield return (
            "complete",
            Sent,
            announced => admin.Post($"files/uploads/{((Answer)announced!).Json["id"]}/complete")
        );
        yield return ("cancel", Sent, announced => admin.Delete($"files/uploads/{((Answer)announced!).Json["id"]}"));
        yield return ("tus create", Nothing, _ => Begin(admin));
        yield return ("tus create, empty", Nothing, _ => Begin(admin, 0));
        yield return ("tus append", async () => await Begin(admin), begun => Append(admin, (Answer)begun!, [1]));
        yield return ("tus finish", async () => await Begin(admin), begun => Append(admin, (Answer)begun!, bytes));
        yield return (
            "tus end",
            async () => await Begin(admin),
            begun =>
                admin.Send(HttpMethod.Delete, ((Answer)begun!).Header("Location")!, null, ("Tus-Resumable", "1.0.0"))
        );
        yield return ("download", File, id => admin.Get($"files/{id}/download"));
        yield return (
            "follow a link",
            async () => (await admin.Post($"files/{await File()}/links", new { })).Text("url"),
            url => admin.Get(new Uri((string)url!).PathAndQuery)
        );
        yield return ("delete", File, id => admin.Delete($"files/{id}"));

        static Task<object?> Nothing() => Task.FromResult<object?>(null);

        async Task<object?> File() => (await admin.Send(HttpMethod.Post, "files/upload", Bytes(bytes))).Text("id");

        async Task<object?> Sent()
        {
            var announced = await Announce(admin, 3);
            (await DirectUploads.Send(service.Url, announced, bytes)).ShouldBe([200]);
            return announced;
        }
    }

    private static ByteArrayContent Bytes(byte[] bytes) => new(bytes) { Headers = { ContentType = new("text/plain") } };

    private static Task<Answer> Announce(Visitor by, int size) =>
        by.Post(
            "files/uploads",
            new
            {
                file_name = "a",
                file_size = size,
                mime_type = "text/plain",
                sha256 = Convert.ToHexString(SHA256.HashData([1, 2, 3])),
            }
        );

    private static Task<Answer> Begin(Visitor by, int size = 3) =>
        by.Send(HttpMethod.Post, "files/tus", null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", $"{size}"));

    private static Task<Answer> Append(Visitor by, Answer begun, byte[] bytes)
    {
        var content = new ByteArrayContent(bytes)
        {
            Headers = { ContentType = new("application/offset+octet-stream") },
        };
        return by.Send(
            HttpMethod.Patch,
            begun.Header("Location")!,
            content,
            ("Tus-Resumable", "1.0.0"),
            ("Upload-Offset", "0")
        );
    }

    private static async Task<string> Health(Service service) =>
        (
            await service
                .At()
                .Send(HttpMethod.Get, "/health/ready", null, ("Authorization", "Bearer " + new string('m', 32)))
        ).Json["checks"]!.Text("store");

    private static Task Until(Service service, string health) =>
        Eventually.Is(async () => await Health(service) == health, health);
}
