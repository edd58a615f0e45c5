using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Features.Files;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files;

/// <summary>Files as applications use them: they come, are found, go out and go away.</summary>
public sealed class FilesTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 4];

    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_file_comes_in_a_form_and_goes_out_by_a_signed_address_byte_for_byte()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        var made = await Form(
            admin,
            bytes,
            "Bericht für Ada.bin",
            "application/x-thing",
            ("metadata", """{"order":"4711"}"""),
            ("tags", "b, a,b")
        );

        made.Status.ShouldBe(201, made.Text);
        made.Header("Location").ShouldBe($"/api/v1/files/{made.Json["id"]}");
        made.Text("file_key").ShouldStartWith($"{tenant}/");
        (made.Text("file_name"), made.Json["file_size"]!.GetValue<long>(), made.Text("mime_type")).ShouldBe(
            ("Bericht für Ada.bin", 300_000, "application/x-thing")
        );
        made.Text("sha256").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        (made.Json["metadata"]!.Text("order"), made.Text("scan")).ShouldBe(("4711", "not_scanned"));
        made.Json["tags"]!.AsArray().Select(tag => tag!.GetValue<string>()).ShouldBe(["a", "b"]);

        var led = await admin.Get($"files/{made.Json["id"]}/download");
        led.Status.ShouldBe(302);
        led.Header("Cache-Control")!.ShouldBe("no-store");
        led.Header("Location")!.ShouldAllBe(character => character > ' ' && character <= '~');
        var (status, body, headers) = await Bytes(led.Header("Location")!);
        status.ShouldBe(200);
        body.ShouldBe(bytes);
        headers.ContentType!.ToString().ShouldBe("application/x-thing");
        headers
            .GetValues("Content-Disposition")
            .Single()
            .ShouldBe("attachment; filename=\"Bericht f_r Ada.bin\"; filename*=UTF-8''Bericht%20f%C3%BCr%20Ada.bin");
    }

    [Fact]
    public async Task A_body_is_a_file_and_its_first_bytes_say_what_it_is()
    {
        var (_, _, admin) = await service.NewTenant();

        var made = await Raw(
            admin,
            Png,
            "text/html",
            "attachment; filename*=UTF-8''..%5C..%5Cetc%2Fpic%E2%80%AEture.html"
        );
        var page = await Raw(
            admin,
            Encoding.UTF8.GetBytes("  <!-- x --> <SCRIPT>alert(1)</SCRIPT>"),
            "image/png",
            "attachment; filename=x.png"
        );
        var empty = await Raw(admin, [], "text/plain; charset=utf-8", null);

        (made.Text("mime_type"), made.Text("file_name")).ShouldBe(("image/png", "picture.html"));
        page.Text("mime_type").ShouldBe("text/html");
        (empty.Json["file_size"]!.GetValue<long>(), empty.Text("mime_type"), empty.Text("file_name")).ShouldBe(
            (0, "text/plain", "file")
        );
        // Asked for in place: a picture is shown, a page is saved.
        (await Disposition(admin, made, "inline")).ShouldStartWith("inline");
        (await Disposition(admin, page, "inline")).ShouldStartWith("attachment");
        var (_, _, shown) = await Bytes((await admin.Get($"files/{page.Json["id"]}/download")).Header("Location")!);
        shown.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task An_invalid_upload_is_refused_with_the_name_of_the_field_and_leaves_no_object()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var before = Objects();

        (await Form(admin, Png, "a.png", null, ("metadata", "[1]")))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("metadata");
        (await Form(admin, Png, "a.png", null, ("metadata", """{"a":"\ud800"}""")))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("metadata");
        (
            await Form(
                admin,
                Png,
                "a.png",
                null,
                ("metadata", $$"""{"a":{{new string('[', 30)}}{{new string(']', 30)}}}""")
            )
        )
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("metadata");
        (await Form(admin, Png, "a.png", null, ("tags", new string('x', 51))))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("tags");
        (await Form(admin, Png, "a.png", null, ("other", "x")))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("other");
        (
            await admin.Send(
                HttpMethod.Post,
                "files/upload",
                new MultipartFormDataContent { { new StringContent("{}"), "metadata" } }
            )
        )
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("file");
        var two = new MultipartFormDataContent
        {
            { new ByteArrayContent(Png), "file", "a.png" },
            { new ByteArrayContent(Png), "file", "b.png" },
        };
        (await admin.Send(HttpMethod.Post, "files/upload", two))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("file");
        var broken = new StringContent("--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nno end");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        (await admin.Send(HttpMethod.Post, "files/upload", broken))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("file");
        (await admin.Post("files/upload")).ShouldBeProblem(400, "validation_failed").ShouldNameField("file");

        (await admin.Get("files")).Items().ShouldBeEmpty();
        Objects()
            .Except(before)
            .Where(path => path.Contains(tenant.ToString(), StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_as_soon_as_it_is_known_and_nothing_stays()
    {
        await using var small = await cluster.Start(variables =>
            (variables["QUOTA_FREE_FILE_MB"], variables["QUOTA_FREE_STORAGE_MB"]) = ("1", "2")
        );
        var (_, tenant, admin) = await small.NewTenant();
        var mega = new byte[1024 * 1024];

        var declared = await Raw(admin, new byte[3 * 1024 * 1024], "application/x-thing", null);
        var streamed = await admin.Send(HttpMethod.Post, "files/upload", new Unmeasured(3 * 1024 * 1024));
        var first = await Raw(admin, mega, "application/x-thing", null);
        var second = await Raw(admin, mega, "application/x-thing", null);
        var third = await Raw(admin, [1], "application/x-thing", null);

        declared.ShouldBeProblem(413, "payload_too_large").Text("detail").ShouldContain("1048576");
        streamed.ShouldBeProblem(413, "payload_too_large");
        (first.Status, second.Status).ShouldBe((201, 201));
        third.ShouldBeProblem(409, "quota_exceeded");
        third.Json["quota"]!.ToJsonString().ShouldContain("storage_bytes");
        Objects(small).Count(path => path.Contains(tenant.ToString(), StringComparison.Ordinal)).ShouldBe(2);
        // What goes makes room.
        (await admin.Delete($"files/{first.Json["id"]}")).Status.ShouldBe(204);
        (await Raw(admin, [1], "application/x-thing", null)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Many_uploads_at_once_do_not_pass_the_quota_together()
    {
        await using var small = await cluster.Start(variables => variables["QUOTA_FREE_STORAGE_MB"] = "1");
        var (_, tenant, admin) = await small.NewTenant();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Raw(admin, new byte[300 * 1024], "application/x-thing", null))
        );

        answers.Count(answer => answer.Status == 201).ShouldBe(3);
        answers.Where(answer => answer.Status != 201).ShouldAllBe(answer => answer.Code == "quota_exceeded");
        Objects(small).Count(path => path.Contains(tenant.ToString(), StringComparison.Ordinal)).ShouldBe(3);
        (await small.Ask<long>($"SELECT bytes FROM storage_counts WHERE tenant_id = '{tenant}'")).ShouldBe(
            3 * 300 * 1024
        );
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing()
    {
        var (_, tenant, admin) = await service.NewTenant();
        using var gone = new CancellationTokenSource();

        var upload = new Stalling(200_000, gone);
        var failure = await Should.ThrowAsync<HttpRequestException>(() =>
            admin.Send(HttpMethod.Post, "files/upload", upload)
        );
        (failure.InnerException as IOException)!.Message.ShouldBe("The client went.");

        await Eventually.Is(() => !Objects().Any(path => path.Contains(tenant.ToString(), StringComparison.Ordinal)));
        (await admin.Get("files")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_type_that_the_tenant_refuses_is_refused_by_what_it_is_and_not_by_what_it_is_called()
    {
        var (_, _, admin) = await service.NewTenant();

        (await admin.Put("files/settings", new { refused_types = new[] { "IMAGE/*", "application/pdf" } })).Json[
            "refused_types"
        ]!
            .AsArray()
            .Count.ShouldBe(2);
        (await admin.Put("files/settings", new { refused_types = new[] { "everything" } }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("refused_types");

        (await Raw(admin, Png, "text/plain", null)).ShouldBeProblem(415, "unsupported_media_type");
        (await Raw(admin, Encoding.ASCII.GetBytes("%PDF-1.7 ..."), "text/plain", null)).ShouldBeProblem(
            415,
            "unsupported_media_type"
        );
        (await Raw(admin, Encoding.ASCII.GetBytes("plain"), "text/plain", null)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Ranges_conditions_and_HEAD_are_honoured_and_an_address_ends()
    {
        var (_, _, admin) = await service.NewTenant();
        var made = await Raw(admin, Encoding.ASCII.GetBytes("0123456789"), "text/plain", null);
        var told = await admin.Get($"files/{made.Json["id"]}/download?redirect=false&expires_in=60");
        var url = told.Text("url");

        (
            DateTimeOffset.Parse(told.Text("expires_at"), System.Globalization.CultureInfo.InvariantCulture)
            - DateTimeOffset.UtcNow
        ).ShouldBeInRange(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(61));
        var (part, some, headers) = await Bytes(url, ("Range", "bytes=2-4"));
        (part, Encoding.ASCII.GetString(some), headers.ContentRange!.ToString()).ShouldBe((206, "234", "bytes 2-4/10"));
        (await Bytes(url, ("Range", "bytes=99-"))).Status.ShouldBe(416);
        (await service.At().Send(HttpMethod.Head, Path(url))).Header("Content-Length").ShouldBe("10");
        var tag = (await service.At().Get(Path(url))).Header("ETag")!;
        (await Bytes(url, ("If-None-Match", tag))).Status.ShouldBe(304);

        (
            await service.At().Get(Path(url.Replace("signature=", "signature=0", StringComparison.Ordinal)))
        ).ShouldBeProblem(403, "permission_denied");
        (await service.At().Get(Path(url.Replace("type=text", "type=html", StringComparison.Ordinal)))).ShouldBeProblem(
            403,
            "permission_denied"
        );
        (await service.At().Get(Path(url.Replace("expires=", "expires=9", StringComparison.Ordinal)))).ShouldBeProblem(
            403,
            "permission_denied"
        );
        (await admin.Get($"files/{made.Json["id"]}/download?expires_in=3601"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("expires_in");
        var known = (await admin.Get($"files/{made.Json["id"]}/download")).Header("ETag")!;
        (
            await admin.Send(HttpMethod.Get, $"files/{made.Json["id"]}/download", null, ("If-None-Match", known))
        ).Status.ShouldBe(304);
        (await admin.Send(HttpMethod.Head, $"files/{made.Json["id"]}/download")).Status.ShouldBe(302);
    }

    [Fact]
    public async Task A_deleted_file_takes_its_object_and_its_addresses_with_it()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var made = await Raw(admin, Png, null, null);
        var url = (await admin.Get($"files/{made.Json["id"]}/download")).Header("Location")!;

        (await admin.Delete($"files/{made.Json["id"]}")).Status.ShouldBe(204);

        await Eventually.Is(() => !Objects().Any(path => path.Contains(tenant.ToString(), StringComparison.Ordinal)));
        (await service.At().Get(Path(url))).ShouldBeProblem(404, "not_found");
        (await admin.Get($"files/{made.Json["id"]}")).ShouldBeProblem(404, "not_found");
        (await service.Ask<long>($"SELECT bytes FROM storage_counts WHERE tenant_id = '{tenant}'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_erased_tenants_objects_go_with_its_rows()
    {
        var (_, tenant, admin) = await service.NewTenant();
        (await Raw(admin, Png, null, null)).Status.ShouldBe(201);
        await service.Sql(
            $"UPDATE tenants SET is_active = false, deleted_at = now() - interval '1 year' WHERE id = '{tenant}'"
        );

        (await service.Services.GetRequiredService<TenantErasure>().EraseNext(CancellationToken.None)).ShouldBeTrue();

        await Eventually.Is(() => !Objects().Any(path => path.Contains(tenant.ToString(), StringComparison.Ordinal)));
        (await service.Ask<long>($"SELECT count(*) FROM object_removals WHERE object_key LIKE '{tenant}%'")).ShouldBe(
            0
        );
    }

    [Fact]
    public async Task A_body_that_dribbles_is_ended_and_leaves_nothing()
    {
        var (_, tenant, admin) = await service.NewTenant();
        using var deadline = new CancellationTokenSource(Patience.Of);
        using var client = new TcpClient();
        await client.ConnectAsync(service.Url.Host, service.Url.Port, deadline.Token);
        await using var wire = client.GetStream();
        await wire.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /api/v1/files/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {admin.Token}\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"
            ),
            deadline.Token
        );
        await wire.WriteAsync(new byte[600], deadline.Token);

        using var reader = new StreamReader(wire);
        var answer = await reader.ReadLineAsync(deadline.Token);

        answer.ShouldBe("HTTP/1.1 408 Request Timeout");
        Objects().Where(path => path.Contains(tenant.ToString(), StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Users_can_change_only_their_own_files_and_administrators_can_change_all_files()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (_, _, ada) = await service.Joined(admin, slug, "User");
        var (_, _, bob) = await service.Joined(admin, slug, "User");
        var (_, _, viewer) = await service.Joined(admin, slug, "Viewer");
        var made = await Raw(ada, Png, null, "attachment; filename=\"a.png\"");
        var id = made.Json["id"];

        (await Raw(viewer, Png, null, null)).ShouldBeProblem(403, "permission_denied");
        (await viewer.Get($"files/{id}/download")).Status.ShouldBe(302);
        (await bob.Patch($"files/{id}", new { file_name = "b" })).ShouldBeProblem(403, "permission_denied");
        (await bob.Delete($"files/{id}")).ShouldBeProblem(403, "permission_denied");
        (await bob.Post($"files/{id}/links", new { })).ShouldBeProblem(403, "permission_denied");

        var changed = await ada.Patch(
            $"files/{id}",
            new
            {
                file_name = "../x/Zürich.png",
                tags = new[] { "t" },
                metadata = new { a = 1 },
            },
            ("If-Match", made.Header("ETag")!)
        );
        (changed.Text("file_name"), changed.Json["metadata"]!.ToJsonString()).ShouldBe(("Zürich.png", """{"a":1}"""));
        (
            await ada.Patch($"files/{id}", new { file_name = "late" }, ("If-Match", made.Header("ETag")!))
        ).ShouldBeProblem(412, "precondition_failed");
        (await admin.Patch($"files/{id}", new { tags = Array.Empty<string>() }))
            .Text("file_name")
            .ShouldBe("Zürich.png");
        (await admin.Delete($"files/{id}")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Files_are_found_by_what_is_known_of_them_and_of_one_tenant()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (user, _, ada) = await service.Joined(admin, slug, "User");
        var (_, _, stranger) = await service.NewTenant();
        var picture = (await Form(ada, Png, "Foto ÄRA.png", null, ("tags", "x,y"))).Text("id");
        var text = (await Form(admin, new byte[5000], "notes.txt", "text/plain", ("tags", "y"))).Json[
            "id"
        ]!.GetValue<string>();

        foreach (
            var (query, found) in new[]
            {
                ("name=foto%20ära", picture),
                ("type=image/*", picture),
                ("type=text/plain", text),
                ("tag=x", picture),
                ($"user_id={user}", picture),
                ("min_size=1000", text),
                ("max_size=999", picture),
                ("from=2020-01-01T00:00:00Z&name=notes", text),
            }
        )
            (await admin.Get("files?" + query)).Items().Select(file => file!.Text("id")).ShouldBe([found], query);
        var page = await admin.Get("files?limit=1&tag=y");
        page.Json["items"]![0]!.Text("id").ShouldBe(text);
        (await admin.Get($"files?limit=1&tag=y&cursor={page.Json["next_cursor"]}")).Json["items"]![0]!
            .Text("id")
            .ShouldBe(picture);
        (await admin.Get("files?to=2020-01-01T00:00:00Z")).Items().ShouldBeEmpty();

        (await stranger.Get("files")).Items().ShouldBeEmpty();
        foreach (
            var answer in new[]
            {
                await stranger.Get($"files/{picture}"),
                await stranger.Get($"files/{picture}/download"),
                await stranger.Delete($"files/{picture}"),
                await stranger.Patch($"files/{picture}", new { file_name = "x" }),
                await stranger.Post($"files/{picture}/links", new { }),
            }
        )
            answer.ShouldBeProblem(404, "not_found");
    }

    [Theory]
    [InlineData("deactivated", false)]
    [InlineData("deleted", false)]
    [InlineData("deactivated", true)]
    [InlineData("deleted", true)]
    public async Task A_link_ends_with_the_account_of_its_maker_unless_the_setting_lets_it_live_on(
        string end,
        bool outlives
    )
    {
        await using var own = await service.Cluster.Start(
            service.Database,
            variables => variables["FILE_LINKS_OUTLIVE_THEIR_MAKER"] = outlives ? "true" : "false"
        );
        var (slug, _, admin) = await own.NewTenant();
        var (id, _, manager) = await own.Joined(admin, slug, "Manager");
        var file = (await manager.Send(HttpMethod.Post, "files/upload", new StringContent("shared"))).Json["id"];
        var (open, closed) = (
            await manager.Post($"files/{file}/links", new { }),
            await manager.Post($"files/{file}/links", new { password = "a password of its own" })
        );
        var (shared, withPassword) = (Path(open.Text("url")), Path(closed.Text("url")));
        (await own.At().Get(shared)).Status.ShouldBe(302);

        (
            await (end == "deleted" ? admin.Delete($"users/{id}") : admin.Post($"users/{id}/deactivate"))
        ).Status.ShouldBeInRange(200, 204);

        (await own.At().Get(shared)).Status.ShouldBe(outlives ? 302 : 404);
        (await own.At().Get(withPassword)).Status.ShouldBe(outlives ? 200 : 404);
        (await admin.Get($"files/{file}/links")).Items().Count.ShouldBe(2); // who may see it takes it away, or leaves it for when the account is on again
        if (end == "deactivated" && (await admin.Post($"users/{id}/activate")).Status is >= 200 and <= 204)
            (await own.At().Get(shared)).Status.ShouldBe(302);
    }

    [Fact]
    public async Task A_share_link_works_up_to_its_number_of_downloads_and_until_it_is_deleted()
    {
        var (_, _, admin) = await service.NewTenant();
        var made = await Raw(admin, Png, null, "attachment; filename=a.png");
        var id = made.Json["id"];
        var link = await admin.Post($"files/{id}/links", new { max_downloads = 2, expires_in = 3600 });
        var shared = Path(link.Text("url"));

        link.Status.ShouldBe(201, link.Text);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => service.At().Get(shared)));
        answers.Count(answer => answer.Status == 302).ShouldBe(2);
        answers.Where(answer => answer.Status != 302).ShouldAllBe(answer => answer.Status == 404);
        (await Bytes(answers.First(answer => answer.Status == 302).Header("Location")!)).Body.ShouldBe(Png);
        var shown = (await admin.Get($"files/{id}/links")).Json["items"]![0]!;
        (shown.Number("downloads"), shown["url"]).ShouldBe((2, null));

        var other = await admin.Post($"files/{id}/links", new { });
        (await service.At().Get(Path(other.Text("url")))).Status.ShouldBe(302);
        (await admin.Delete($"files/links/{other.Json["id"]}")).Status.ShouldBe(204);
        (await service.At().Get(Path(other.Text("url")))).ShouldBeProblem(404, "not_found");
        (await service.At().Get("files/shared?token=tnf_nonsense")).ShouldBeProblem(404, "not_found");
        (await service.At().Get("files/shared")).ShouldBeProblem(404, "not_found");
        (await admin.Post($"files/{id}/links", new { expires_in = 1 }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("expires_in");
        (await admin.Post($"files/{id}/links", new { password = "short" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("password");
    }

    [Fact]
    public async Task A_link_with_a_password_asks_for_it()
    {
        var (_, _, admin) = await service.NewTenant();
        var made = await Raw(admin, Png, null, "attachment; filename=\"<b>.png\"");
        var link = await admin.Post($"files/{made.Json["id"]}/links", new { password = "open sesame" });
        var shared = Path(link.Text("url"));

        var page = await service.At().Get(shared);
        (
            page.Status,
            page.Text.Contains("<form method=\"post\">", StringComparison.Ordinal),
            page.Text.Contains("<b>.png", StringComparison.Ordinal)
        ).ShouldBe((200, true, false));
        (await Say("wrong sesame")).ShouldBeProblem(401, "authentication_failed");
        (await Say("open sesame")).Status.ShouldBe(302);
        (await admin.Get($"files/{made.Json["id"]}/links")).Json["items"]![0]!.Number("downloads").ShouldBe(1);

        Task<Answer> Say(string password) =>
            service.At().Send(HttpMethod.Post, shared, new FormUrlEncodedContent([new("password", password)]));
    }

    [Fact]
    public async Task A_retry_with_a_key_makes_no_second_file()
    {
        var (_, tenant, admin) = await service.NewTenant();

        var first = await Raw(admin, Png, null, null, ("Idempotency-Key", "upload-1"));
        var again = await Raw(admin, Png, null, null, ("Idempotency-Key", "upload-1"));
        var other = await Raw(admin, [1, 2], null, null, ("Idempotency-Key", "upload-1"));

        (again.Status, again.Json["id"]!.ToString(), again.Header("Idempotency-Replayed")).ShouldBe(
            (201, first.Json["id"]!.ToString(), "true")
        );
        other.ShouldBeProblem(422, "idempotency_key_reused");
        Objects().Count(path => path.Contains(tenant.ToString(), StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData(null, "file")]
    [InlineData("", "file")]
    [InlineData("...", "file")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("C:\\temp\\a.txt", "a.txt")]
    [InlineData("a\r\nSet-Cookie: x\0.txt", "aSet-Cookie: x.txt")]
    [InlineData("U\u0308ber.txt", "Über.txt")]
    [InlineData("exe\u202Egpj.exe", "exegpj.exe")]
    [InlineData(" a. ", "a")]
    public void A_name_is_a_name_and_nothing_else(string? given, string name) => FileName.Clean(given).ShouldBe(name);

    [Fact]
    public void A_long_name_keeps_its_extension() =>
        FileName.Clean(new string('a', 400) + ".tar.gz").ShouldBe(new string('a', 252) + ".gz");

    private static Task<Answer> Form(
        Visitor by,
        byte[] bytes,
        string name,
        string? type,
        params (string Name, string Text)[] fields
    )
    {
        var form = new MultipartFormDataContent();
        foreach (var (field, text) in fields)
            form.Add(new StringContent(text), field);
        var file = new ByteArrayContent(bytes);
        if (type is not null)
            file.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        form.Add(file, "file", name);
        return by.Send(HttpMethod.Post, "files/upload", form);
    }

    private static Task<Answer> Raw(
        Visitor by,
        byte[] bytes,
        string? type,
        string? disposition,
        params (string Name, string Value)[] headers
    )
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (disposition is not null)
            content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return by.Send(HttpMethod.Post, "files/upload", content, headers);
    }

    private static string Path(string url) => new Uri(url).PathAndQuery;

    private async Task<string> Disposition(Visitor by, Answer made, string asked)
    {
        var (_, _, headers) = await Bytes(
            (await by.Get($"files/{made.Json["id"]}/download?disposition={asked}")).Header("Location")!
        );
        return headers.GetValues("Content-Disposition").Single();
    }

    private async Task<(int Status, byte[] Body, HttpContentHeaders Headers)> Bytes(
        string url,
        params (string Name, string Value)[] headers
    )
    {
        using var http = Conformance.Client(service.Url);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path(url));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers);
    }

    private List<string> Objects(Service? of = null)
    {
        var folder = Cluster.FilesOf((of ?? service).Database);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];
    }

    /// <summary>A body that does not say how long it is.</summary>
    private sealed class Unmeasured(int size) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            var piece = new byte[64 * 1024];
            for (var sent = 0; sent < size; sent += piece.Length)
                await stream.WriteAsync(piece);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A client that breaks off.</summary>
    private sealed class Stalling(int size, CancellationTokenSource gone) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(new byte[size]);
            await stream.FlushAsync();
            await gone.CancelAsync();
            throw new IOException("The client went.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = size * 2;
            return true;
        }
    }
}
