using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Files;

/// <summary>What uploads take of memory, measured on a process of its own.</summary>
public sealed class UploadMemoryTests(Cluster cluster)
{
    private const int Megabyte = 1024 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("disk", 1, 100, 32)]
    [InlineData("disk", 20, 100, 320)]
    [InlineData("s3", 1, 100, 32)]
    [InlineData("s3", 20, 30, 320)] // of 100 each it takes no more, but half a minute
    public async Task Large_files_go_through_in_pieces(string store, int atOnce, int megabytes, int most)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process is read from /proc, which this system has not.");
        var variables = cluster.Variables(await cluster.NewDatabase());
        variables["QUOTA_FREE_STORAGE_MB"] = variables["QUOTA_PREMIUM_STORAGE_MB"] = "unlimited";
        if (store == "s3")
            (await S3Server.Begin()).Apply(variables);
        await using var process = await ServingProcess.Begin(variables);
        using var http = new HttpClient { BaseAddress = process.Url, Timeout = TimeSpan.FromMinutes(3) };
        http.DefaultRequestHeaders.Add("X-Tenant", "platform");
        var signedIn = await http.PostAsJsonAsync("/api/v1/auth/login", new { email = Service.PlatformAdmin, password = Service.Password }, Cancel);
        var token = JsonNode.Parse(await signedIn.Content.ReadAsStringAsync(Cancel))!["access_token"]!.GetValue<string>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await Upload(http, 6); // what is compiled and opened once
        process.ForgetPeak();
        var before = process.Peak;

        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Upload(http, megabytes)));

        ((process.Peak - before) / Megabyte).ShouldBeLessThan(most);
    }

    private static async Task Upload(HttpClient http, int megabytes)
    {
        using var answer = await http.PostAsync("/api/v1/files/upload", new Zeros(megabytes), Cancel);
        ((int)answer.StatusCode).ShouldBe(201, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private sealed class Zeros(int megabytes) : HttpContent
    {
        private static readonly byte[] Piece = new byte[128 * 1024];

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var sent = 0L; sent < (long)megabytes * Megabyte; sent += Piece.Length)
                await stream.WriteAsync(Piece);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (long)megabytes * Megabyte;
            return true;
        }
    }
}
