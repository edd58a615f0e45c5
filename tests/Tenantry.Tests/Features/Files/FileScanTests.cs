using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tenantry.Features.Files;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files;

/// <summary>Files where a scanner is set, a real one.</summary>
public sealed class FileScanTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    [Fact]
    public async Task A_file_cannot_be_downloaded_before_its_scan_and_a_scanner_that_was_down_scans_it_later()
    {
        await using var clamd = new ClamdServer();
        await clamd.Start();
        await clamd.Kill();
        await using var service = await With(clamd);
        var (_, _, admin) = await service.NewTenant();

        var made = await Upload(admin, RandomNumberGenerator.GetBytes(100_000));

        made.Text("scan").ShouldBe("pending");
        (await admin.Get($"files/{made["id"]}/download"))
            .ShouldBeProblem(409, "conflict")
            .Text.ShouldContain("scanner");
        var link = await admin.Post($"files/{made["id"]}/links", new { });
        var path = new Uri(link.Text("url")).PathAndQuery;
        (await service.At().Get(path)).ShouldBeProblem(409, "conflict");
        await service.Until("SELECT attempts > 0 FROM object_scans"); // it was asked, and is not given up
        (await admin.Get($"files/{made["id"]}")).Text("scan").ShouldBe("pending");

        await clamd.Start();
        await service.Sql("UPDATE object_scans SET due_at = now(); NOTIFY tenantry_changes, 'object_scans due'");

        (await Judged(admin, made)).Text("scan").ShouldBe("clean");
        (await admin.Get($"files/{made["id"]}/download")).Status.ShouldBe(302);
        (await service.At().Get(path)).Status.ShouldBe(302);
        await service.Until("SELECT count(*) = 0 FROM object_scans");
    }

    [Fact]
    public async Task An_infected_or_unscannable_file_is_reported_and_withheld_from_every_caller()
    {
        await using var clamd = new ClamdServer();
        await clamd.Start();
        await using var service = await With(clamd);
        var (_, tenant, admin) = await service.NewTenant();

        var infected = await Judged(admin, await Upload(admin, ClamdServer.Eicar));
        var harmless = await Judged(admin, await Upload(admin, "harmless"u8.ToArray()));
        var large = await Judged(admin, await Upload(admin, RandomNumberGenerator.GetBytes(ClamdServer.MostBytes + 1)));

        (infected.Text("scan"), infected.Text("threat")).ShouldBe(("infected", ClamdServer.Threat));
        (harmless.Text("scan"), harmless["threat"]).ShouldBe(("clean", null));
        large.Text("scan").ShouldBe("unscannable");
        foreach (var withheld in new[] { infected, large })
        {
            (await admin.Get($"files/{withheld["id"]}/download?redirect=false")).ShouldBeProblem(409, "conflict");
            var link = await admin.Post($"files/{withheld["id"]}/links", new { });
            (await service.At().Get(new Uri(link.Text("url")).PathAndQuery)).ShouldBeProblem(409, "conflict");
        }
        (
            await service.Ask<string>(
                $"SELECT string_agg(details ->> 'scan', ',' ORDER BY id) FROM audit_events WHERE tenant_id = '{tenant}' AND action = 'file.withheld'"
            )
        ).ShouldBe("infected,unscannable");

        // Looked at again, it is found again, and nothing lets it out in between.
        var again = await admin.Post($"files/{infected["id"]}/scan");
        (again.Status, again.Text("scan")).ShouldBe((200, "pending"));
        (await Judged(admin, again.Json)).Text("scan").ShouldBe("infected");
        (await admin.Delete($"files/{infected["id"]}")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task What_went_to_the_store_directly_is_scanned_too()
    {
        await using var clamd = new ClamdServer();
        await clamd.Start();
        await using var service = await With(clamd);
        var (_, _, admin) = await service.NewTenant();
        var announced = await admin.Post(
            "files/uploads",
            new
            {
                file_name = "x.bin",
                file_size = ClamdServer.Eicar.Length,
                sha256 = Convert.ToHexStringLower(SHA256.HashData(ClamdServer.Eicar)),
            }
        );
        announced.Status.ShouldBe(201, announced.Text);
        using var http = new HttpClient();
        var asked = announced.Json["requests"]![0]!;
        using var request = new HttpRequestMessage(
            HttpMethod.Put,
            new Uri(service.Url, new Uri(asked.Text("url")).PathAndQuery)
        )
        {
            Content = new ByteArrayContent(ClamdServer.Eicar),
        };
        foreach (var (name, value) in asked["headers"]!.AsObject())
        {
            if (!request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>()))
                request.Content.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
        }
        using (var sent = await http.SendAsync(request, TestContext.Current.CancellationToken))
            sent.IsSuccessStatusCode.ShouldBeTrue();

        var made = await admin.Post($"files/uploads/{announced.Json["id"]}/complete");

        made.Text("scan").ShouldBe("pending");
        (await Judged(admin, made.Json)).Text("scan").ShouldBe("infected");
    }

    [Fact]
    public async Task Where_there_is_no_scanner_files_say_so_and_asking_for_one_is_refused()
    {
        var (_, _, admin) = await shared.Service.NewTenant();
        var made = await Upload(admin, [1, 2, 3]);
        made.Text("scan").ShouldBe("not_scanned");

        (await admin.Post($"files/{made["id"]}/scan")).ShouldBeProblem(409, "conflict").Text.ShouldContain("CLAMD_URL");
    }

    private Task<Service> With(ClamdServer clamd) =>
        cluster.Start(variables =>
        {
            variables["CLAMD_URL"] = clamd.Url.ToString();
            variables["CLAMD_TIMEOUT_SECONDS"] = "10";
        });

    private static async Task<JsonNode> Upload(Visitor by, byte[] bytes)
    {
        using var body = new ByteArrayContent(bytes);
        body.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = "x.bin" };
        var made = await by.Send(HttpMethod.Post, "files/upload", body);
        made.Status.ShouldBe(201, made.Text);
        return made.Json;
    }

    private static Task<JsonNode> Judged(Visitor by, JsonNode file) =>
        Eventually.Find(
            async () =>
                (await by.Get($"files/{file["id"]}")).Json is var now
                && now.Text("scan") != EnumText.ToText(Scan.Pending)
                    ? now
                    : null,
            "the scanner has a result"
        );
}
