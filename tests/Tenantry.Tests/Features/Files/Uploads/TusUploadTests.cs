using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Features.Files.Uploads;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files.Uploads;

/// <summary>Uploads that go on where they broke off, by the tus protocol 1.0.</summary>
public sealed class TusUploadTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private const int Megabyte = 1024 * 1024;

    private readonly Service service = shared.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task An_upload_can_continue_on_another_instance_and_becomes_a_file_when_complete(string kind)
    {
        var bucket = kind == "s3" ? await S3Server.Begin() : null;
        await using var one = await cluster.Start(variables => bucket?.Apply(variables));
        await using var two = await cluster.Start(one.Database, variables => bucket?.Apply(variables));
        var (slug, tenant, admin) = await one.NewTenant();
        var there = two.At(slug).With(admin.Token);
        var bytes = (byte[])
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. RandomNumberGenerator.GetBytes(13 * Megabyte)];

        var begun = await Begin(
            admin,
            bytes.Length,
            ("filename", "../große Datei.png"),
            ("filetype", "image/x-thing"),
            ("tags", "b,a"),
            ("order", "4711")
        );

        begun.Status.ShouldBe(201, begun.Text);
        var (path, id) = (begun.Header("Location")!, begun.Header("Location")!.Split('/')[^1]);
        DateTimeOffset
            .Parse(begun.Header("Upload-Expires")!, CultureInfo.InvariantCulture)
            .ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddHours(23));
        (await Stand(there, path)).ShouldBe((200, 0L));
        (await Append(admin, path, 0, bytes.AsMemory(0, 7 * Megabyte))).ShouldBe((204, 7L * Megabyte));
        (await Stand(there, path)).ShouldBe((200, 7L * Megabyte));
        (await admin.Get($"files/{id}")).ShouldBeProblem(404, "not_found");
        (await Append(there, path, 7 * Megabyte, bytes.AsMemory(7 * Megabyte))).ShouldBe((204, (long)bytes.Length));

        var made = await admin.Get($"files/{id}");
        (made.Text("file_name"), made.Text("mime_type"), made.Text("sha256")).ShouldBe(
            ("große Datei.png", "image/png", Convert.ToHexStringLower(SHA256.HashData(bytes)))
        );
        (made.Json["tags"]!.ToJsonString(), made.Json["metadata"]!.ToJsonString()).ShouldBe(
            ("""["a","b"]""", """{"order":"4711"}""")
        );
        await one.OnlyIsLeft(tenant, made.Text("file_key"));
        (await one.Ask<long>($"SELECT bytes FROM storage_counts WHERE tenant_id = '{tenant}'")).ShouldBe(bytes.Length);
        (
            await one.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE tenant_id = '{tenant}' AND action = 'file.uploaded' AND target_id = '{id}'"
            )
        ).ShouldBe(1);
        // A client that never heard of it asks, and knows.
        (await Stand(admin, path)).ShouldBe((200, (long)bytes.Length));
        (await Append(admin, path, bytes.Length, default)).ShouldBe((204, (long)bytes.Length));
        (await Send(admin, HttpMethod.Delete, path)).Status.ShouldBe(204);
        (await admin.Get($"files/{id}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task What_came_before_the_connection_broke_is_kept()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(9 * Megabyte);
        var path = (await Begin(admin, bytes.Length)).Header("Location")!;

        using (var connection = new TcpClient())
        {
            await connection.ConnectAsync(service.Url.Host, service.Url.Port, Cancel);
            await using var stream = connection.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"PATCH {path} HTTP/1.1\r\nHost: x\r\nX-Tenant: {slug}\r\nAuthorization: Bearer {admin.Token}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {bytes.Length}\r\n\r\n"
                ),
                Cancel
            );
            await stream.WriteAsync(bytes.AsMemory(0, 6 * Megabyte), Cancel);
            await service.Until($"SELECT received > 0 FROM resumable_uploads WHERE tenant_id = '{tenant}'"); // a piece counts while the request goes on
            connection.Client.Shutdown(SocketShutdown.Send);
        }
        await service.Until($"SELECT received > 5 * 1024 * 1024 FROM resumable_uploads WHERE tenant_id = '{tenant}'");

        var (_, stands) = await Stand(admin, path);
        stands.ShouldBeInRange(5 * Megabyte, 6 * Megabyte); // a busy machine may have read less than was sent when the connection broke
        (await Append(admin, path, stands, bytes.AsMemory((int)stands))).ShouldBe((204, (long)bytes.Length));
        (await admin.Get($"files/{path.Split('/')[^1]}"))
            .Text("sha256")
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public async Task What_does_not_have_its_checksum_is_not_kept()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(6 * Megabyte);
        var path = (await Begin(admin, bytes.Length + 3)).Header("Location")!;
        var sha256 = Convert.ToBase64String(SHA256.HashData(bytes));
        const string sha1 = "cDeAcZjCKn0rCAc3HXY3eahP388="; // of 1, 2, 3

        var wrong = await Send(
            admin,
            HttpMethod.Patch,
            path,
            bytes[..^1].Append((byte)(bytes[^1] ^ 1)).ToArray(),
            ("Upload-Offset", "0"),
            ("Upload-Checksum", "sha256 " + sha256)
        );
        wrong.ShouldBeProblem(460, "checksum_mismatch");
        (await Stand(admin, path)).ShouldBe((200, 0L));
        await service.Until($"SELECT count(*) = 0 FROM resumable_parts WHERE tenant_id = '{tenant}'");
        foreach (var checksum in new[] { "md5 " + sha1, "sha1 " + sha256, "sha1", "sha256 ###", "sha1  " })
            (await Send(admin, HttpMethod.Patch, path, bytes, ("Upload-Offset", "0"), ("Upload-Checksum", checksum)))
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField("Upload-Checksum");
        (
            await Send(
                admin,
                HttpMethod.Patch,
                path,
                bytes,
                ("Upload-Offset", "0"),
                ("Upload-Checksum", "sha256 " + sha256)
            )
        ).Status.ShouldBe(204);
        (
            await Send(
                admin,
                HttpMethod.Patch,
                path,
                [1, 2, 4],
                ("Upload-Offset", Text(bytes.Length)),
                ("Upload-Checksum", "sha1 " + sha1)
            )
        ).ShouldBeProblem(460, "checksum_mismatch");
        (
            await Send(
                admin,
                HttpMethod.Patch,
                path,
                [1, 2, 3],
                ("Upload-Offset", Text(bytes.Length)),
                ("Upload-Checksum", "sha1 " + sha1)
            )
        ).Status.ShouldBe(204);

        var made = await admin.Get($"files/{path.Split('/')[^1]}");
        made.Number("file_size").ShouldBe(bytes.Length + 3);
        await service.OnlyIsLeft(tenant, made.Text("file_key"));
    }

    [Fact]
    public async Task Of_many_who_send_the_same_at_once_one_counts()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var path = (await Begin(admin, bytes.Length)).Header("Location")!;

        var firsts = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Append(admin, path, 0, bytes.AsMemory(0, 100_000)))
        );
        var seconds = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Append(admin, path, 100_000, bytes.AsMemory(100_000)))
        );

        foreach (var answers in new[] { firsts, seconds })
        {
            answers.Count(answer => answer.Status == 204).ShouldBe(1);
            answers.ShouldAllBe(answer => answer.Status == 204 || answer.Status == 409);
        }
        var made = await admin.Get($"files/{path.Split('/')[^1]}");
        made.Text("sha256").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        await service.OnlyIsLeft(tenant, made.Text("file_key"));
        (await service.Ask<long>($"SELECT files FROM storage_counts WHERE tenant_id = '{tenant}'")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_ended_or_has_expired_goes_with_its_pieces()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var (ended, expired) = (
            (await Begin(admin, 10)).Header("Location")!,
            (await Begin(admin, 10)).Header("Location")!
        );
        await Append(admin, ended, 0, new byte[5]);
        await Append(admin, expired, 0, new byte[5]);

        (await Send(admin, HttpMethod.Delete, ended)).Status.ShouldBe(204);
        (await Stand(admin, ended)).Status.ShouldBe(404);
        (await Append(admin, ended, 5, new byte[5])).Status.ShouldBe(404);
        await service.Sql(
            $"UPDATE resumable_uploads SET expires_at = now() - interval '1 second' WHERE id = '{expired.Split('/')[^1]}'"
        );
        (await Stand(admin, expired)).Status.ShouldBe(404);
        (await Append(admin, expired, 5, new byte[5])).Status.ShouldBe(404);
        await service.Services.GetRequiredService<ObjectRemovalWorker>().Sweep(Cancel);

        (await service.Ask<long>($"SELECT count(*) FROM resumable_uploads WHERE tenant_id = '{tenant}'")).ShouldBe(0);
        await service.OnlyIsLeft(tenant);
    }

    [Fact]
    public async Task A_request_that_violates_the_tus_protocol_is_refused_and_changes_nothing()
    {
        var (_, _, admin) = await service.NewTenant();
        var path = (await Begin(admin, 10)).Header("Location")!;

        var options = await service.At().Send(HttpMethod.Options, "files/tus");
        options.Status.ShouldBe(204);
        (
            options.Header("Tus-Version"),
            options.Header("Tus-Extension"),
            options.Header("Tus-Checksum-Algorithm")
        ).ShouldBe(("1.0.0", "creation,expiration,checksum,termination", "sha1,sha256"));
        long.Parse(options.Header("Tus-Max-Size")!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        var otherVersion = await admin.Send(HttpMethod.Head, path, null, ("Tus-Resumable", "0.2.2"));
        (otherVersion.Status, otherVersion.Header("Tus-Version"), otherVersion.Header("Tus-Resumable")).ShouldBe(
            (412, "1.0.0", "1.0.0")
        );
        (await admin.Send(HttpMethod.Post, "files/tus", null, ("Upload-Length", "1"))).ShouldBeProblem(
            412,
            "precondition_failed"
        );

        foreach (
            var (name, value, field) in new[]
            {
                ("Upload-Length", "-1", "Upload-Length"),
                ("Upload-Length", "x", "Upload-Length"),
                ("Upload-Defer-Length", "1", "Upload-Defer-Length"),
            }
        )
            (await Send(admin, HttpMethod.Post, "files/tus", null, (name, value)))
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField(field);
        foreach (var metadata in new[] { "filename ###", "a b c", "a YQ==,a YQ==" })
            (
                await Send(
                    admin,
                    HttpMethod.Post,
                    "files/tus",
                    null,
                    ("Upload-Length", "1"),
                    ("Upload-Metadata", metadata)
                )
            )
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField("Upload-Metadata");
        Should.Throw<Tenantry.Foundation.Hosting.Http.InvalidRequestException>(() => TusMetadata.Read("größe YQ==")); // it is told again, in a header
        (
            await Send(admin, HttpMethod.Post, "files/tus", null, ("Upload-Length", $"{101L * Megabyte}"))
        ).ShouldBeProblem(413, "payload_too_large");

        (await Send(admin, HttpMethod.Patch, path, new byte[1], ("Upload-Offset", "1"))).ShouldBeProblem(
            409,
            "conflict"
        );
        (await Send(admin, HttpMethod.Patch, path, new byte[1]))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("Upload-Offset");
        (await Send(admin, HttpMethod.Patch, path, new byte[11], ("Upload-Offset", "0"))).ShouldBeProblem(
            413,
            "payload_too_large"
        );
        using (
            var text = new ByteArrayContent([1])
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
            }
        )
            (
                await admin.Send(HttpMethod.Patch, path, text, ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"))
            ).ShouldBeProblem(415, "unsupported_media_type");
        (await Stand(admin, path)).ShouldBe((200, 0L));
        (
            await Send(
                admin,
                HttpMethod.Post,
                path,
                new byte[4],
                ("Upload-Offset", "0"),
                ("X-HTTP-Method-Override", "PATCH")
            )
        ).Status.ShouldBe(204);
        (
            await Send(
                admin,
                HttpMethod.Post,
                path,
                new byte[4],
                ("Upload-Offset", "4"),
                ("X-HTTP-Method-Override", "PUT")
            )
        ).ShouldBeProblem(400, "validation_failed");
        (await Stand(admin, path)).ShouldBe((200, 4L));
    }

    [Fact]
    public async Task A_POST_with_a_method_override_is_audited_as_that_method_and_is_accepted_for_tus_only()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var path = (await Begin(admin, 10)).Header("Location")!;
        var id = path.Split('/')[^1];

        (await Send(admin, HttpMethod.Post, path, null, ("X-HTTP-Method-Override", "DELETE"))).Status.ShouldBe(204);

        (
            await service.Ask<string>(
                $"SELECT action FROM audit_events WHERE tenant_id = '{tenant}' AND target_id = '{id}'"
            )
        ).ShouldBe("file_upload.cancelled");
        var other = (await Begin(admin, 10)).Header("Location")!;
        (await Send(admin, HttpMethod.Post, other, null)).Status.ShouldBe(405);
        (await Send(admin, HttpMethod.Post, other, null, ("X-HTTP-Method-Override", "delete")))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("X-HTTP-Method-Override");
        (await Send(admin, HttpMethod.Head, other, null, ("X-HTTP-Method-Override", "DELETE"))).Status.ShouldBe(200);
        var role = await admin.Post("roles", new { name = "Kept" });
        (
            await admin.Send(HttpMethod.Post, $"roles/{role.Json["id"]}", null, ("X-HTTP-Method-Override", "DELETE"))
        ).Status.ShouldBe(405);
        (await admin.Get($"roles/{role.Json["id"]}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_tus_upload_belongs_to_its_creator_and_is_within_the_limits()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var (_, _, bob) = await service.Joined(admin, slug, "User");
        var (_, _, viewer) = await service.Joined(admin, slug, "Viewer");
        var (_, _, stranger) = await service.NewTenant();
        var path = (await Begin(admin, 10)).Header("Location")!;

        foreach (var other in new[] { bob, stranger })
        {
            (await Stand(other, path)).Status.ShouldBe(404);
            (await Append(other, path, 0, new byte[10])).Status.ShouldBe(404);
            (await Send(other, HttpMethod.Delete, path)).Status.ShouldBe(404);
        }
        (await Begin(viewer, 1)).ShouldBeProblem(403, "permission_denied");
        (await admin.Put("files/settings", new { refused_types = new[] { "application/pdf" } })).Status.ShouldBe(200);
        var pdf = (await Begin(bob, 8)).Header("Location")!;
        (await Append(bob, pdf, 0, "%PDF-1.7"u8.ToArray())).Status.ShouldBe(415);
        (await Stand(bob, pdf)).Status.ShouldBe(404);
        var empty = await Begin(bob, 0, ("filename", "empty.txt"), ("filetype", "text/plain"));
        (await bob.Get($"files/{empty.Header("Location")!.Split('/')[^1]}")).Number("file_size").ShouldBe(0);
        for (var i = 0; i < 50; i++)
            (await Begin(bob, 1)).Status.ShouldBe(201);
        (await Begin(bob, 1)).ShouldBeProblem(409, "conflict");
        // What is under way takes its room already.
        await service.Sql(
            $"UPDATE storage_counts SET bytes = (SELECT 1024::bigint * 1024 * 1024 - 70) WHERE tenant_id = '{tenant}'"
        );
        (await Begin(admin, 20)).ShouldBeProblem(409, "quota_exceeded");
    }

    private static Task<Answer> Begin(Visitor by, long size, params (string Key, string Value)[] metadata) =>
        Send(
            by,
            HttpMethod.Post,
            "files/tus",
            null,
            [
                ("Upload-Length", Text(size)),
                .. metadata.Length == 0
                    ? Array.Empty<(string, string)>()
                    :
                    [
                        (
                            "Upload-Metadata",
                            string.Join(
                                ',',
                                metadata.Select(pair =>
                                    $"{pair.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))}"
                                )
                            )
                        ),
                    ],
            ]
        );

    private static async Task<(int Status, long Offset)> Stand(Visitor by, string path)
    {
        var answer = await Send(by, HttpMethod.Head, path);
        return (answer.Status, OffsetOf(answer));
    }

    private static async Task<(int Status, long Offset)> Append(
        Visitor by,
        string path,
        long offset,
        ReadOnlyMemory<byte> bytes
    )
    {
        var answer = await Send(by, HttpMethod.Patch, path, bytes.ToArray(), ("Upload-Offset", Text(offset)));
        return (answer.Status, OffsetOf(answer));
    }

    private static long OffsetOf(Answer answer) =>
        long.Parse(answer.Header("Upload-Offset") ?? "-1", CultureInfo.InvariantCulture);

    private static async Task<Answer> Send(
        Visitor by,
        HttpMethod method,
        string path,
        byte[]? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var content = body is null
            ? null
            : new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") },
            };
        return await by.Send(method, path, content, [("Tus-Resumable", "1.0.0"), .. headers]);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
