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
    [InlineData("disk", 20, 30, 320)] // of 100 each it takes no more memory, but half a minute
    [InlineData("s3", 1, 100, 32)]
    [InlineData("s3", 20, 30, 320)]
    public async Task Large_files_go_through_in_pieces(string store, int atOnce, int megabytes, int most)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux(),
            "The peak of a process is read from /proc, which this system has not."
        );
        await using var process = await Begin(store);
        using var http = await SignIn(process);
        await Upload(http, 6 * Megabyte); // what is compiled and opened once
        process.ForgetPeak();
        var before = process.Peak;

        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Upload(http, megabytes * Megabyte)));

        ((process.Peak - before) / Megabyte).ShouldBeLessThan(most);
    }

    /// <summary>A container gives a process no more, and arrays count whether they are filled or not.</summary>
    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task Many_small_files_at_once_fit_into_a_small_heap(string store)
    {
        await using var process = await Begin(store, ("DOTNET_GCHeapHardLimit", $"0x{320 * Megabyte:x}"));
        using var http = await SignIn(process);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Upload(http, 100_000)));
    }

    private async Task<ServingProcess> Begin(string store, params (string Name, string Value)[] more)
    {
        var variables = cluster.Variables(await cluster.NewDatabase());
        variables["QUOTA_FREE_STORAGE_MB"] = variables["QUOTA_PREMIUM_STORAGE_MB"] = "unlimited";
        if (store == "s3")
            (await S3Server.Begin()).Apply(variables);
        foreach (var (name, value) in more)
            variables[name] = value;
        return await ServingProcess.Begin(variables);
    }

    private static async Task<HttpClient> SignIn(ServingProcess process)
    {
        var http = new HttpClient { BaseAddress = process.Url, Timeout = TimeSpan.FromMinutes(3) };
        http.DefaultRequestHeaders.Add("X-Tenant", "platform");
        var signedIn = await http.PostAsJsonAsync(
            "/api/v1/auth/login",
            new { email = Service.PlatformAdmin, password = Service.Password },
            Cancel
        );
        var token = JsonNode.Parse(await signedIn.Content.ReadAsStringAsync(Cancel))![
            "access_token"
        ]!.GetValue<string>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task Upload(HttpClient http, int size)
    {
        HttpResponseMessage answer;
        // On a busy machine those that come last wait longer than the gate of uploads lets them, and come again when
        // they are told to.
        while (
            (answer = await http.PostAsync("/api/v1/files/upload", new Zeros(size), Cancel))
                is { StatusCode: System.Net.HttpStatusCode.TooManyRequests, Headers.RetryAfter.Delta: { } wait }
        )
        {
            answer.Dispose();
            await Task.Delay(wait, Cancel);
        }
        using (answer)
            ((int)answer.StatusCode).ShouldBe(201, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private sealed class Zeros(int size) : HttpContent
    {
        private static readonly byte[] Piece = new byte[128 * 1024];

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var left = size; left > 0; left -= Piece.Length)
                await stream.WriteAsync(Piece.AsMemory(0, Math.Min(left, Piece.Length)));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = size;
            return true;
        }
    }
}
