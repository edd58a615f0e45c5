using System.Net.Http.Headers;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Health;

/// <summary>How an instance goes when an orchestrator tells it to.</summary>
public sealed class DrainTests(Cluster cluster)
{
    [Fact]
    public async Task A_stopping_process_is_not_ready_still_serves_completes_open_requests_and_exits_with_0()
    {
        await using var own = await cluster.Start();
        var (slug, _, admin) = await own.NewTenant();
        var variables = cluster.Variables(own.Database);
        variables["DRAIN_SECONDS"] = "3";
        await using var process = await ServingProcess.Begin(variables);
        using var http = new HttpClient { BaseAddress = process.Url };
        var visitor = new Visitor(http, slug, admin.Token);
        using var second = new SlowContent();
        var upload = visitor.Send(HttpMethod.Post, "files/upload", second);
        await second.HasBegun;

        var stopped = process.Stop();

        var answer = await visitor.Get("/health/ready");
        for (
            var watch = System.Diagnostics.Stopwatch.StartNew();
            answer.Status == 200;
            answer = await visitor.Get("/health/ready")
        )
            watch.Elapsed.ShouldBeLessThan(Patience.Of);
        answer.ShouldBeProblem(503, "not_ready");
        var me = await visitor.Get("auth/me");
        me.Status.ShouldBe(200);
        me.Headers.ConnectionClose.ShouldBe(true);
        // By now nothing more is taken.
        await Eventually.Is(async () => !await Answers(process.Url));
        stopped.IsCompleted.ShouldBeFalse();
        second.End();
        (await upload).Status.ShouldBe(201);
        (await stopped).ShouldBe(0, process.Output);
    }

    private static async Task<bool> Answers(Uri url)
    {
        using var http = new HttpClient { BaseAddress = url };
        try
        {
            return (await http.GetAsync("/health/live")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A file whose second half comes when the test says so.</summary>
    private sealed class SlowContent : HttpContent
    {
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowContent()
        {
            Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = "slow.txt" };
        }

        public Task HasBegun => begun.Task;

        public void End() => end.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            // More than the server asks for in the seconds for which it waits.
            await stream.WriteAsync(new string('a', 100_000).Select(letter => (byte)letter).ToArray());
            await stream.FlushAsync();
            begun.SetResult();
            await end.Task;
            await stream.WriteAsync("b"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 100_001;
            return true;
        }
    }
}
