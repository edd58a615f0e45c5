using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage.Scanning;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Storage.Scanning;

/// <summary>Against a real clamd, and against servers that do what a real one does only on its worst day.</summary>
public sealed class ClamdTests(ClamdServer server) : IClassFixture<ClamdServer>
{
    private const int Megabyte = 1024 * 1024;

    // Long beside what these tests need, short beside the timeout of a scan that hangs.
    private static readonly TimeSpan Quickly = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Content_of_several_megabytes_that_holds_nothing_is_clean()
    {
        await server.Start();

        (await Of(server.Url).Scan(new Produced(5 * Megabyte), Cancel)).ShouldBe(Verdict.Clean);
    }

    [Fact]
    public async Task No_content_at_all_is_clean()
    {
        await server.Start();

        (await Of(server.Url).Scan(Stream.Null, Cancel)).ShouldBe(Verdict.Clean);
    }

    [Fact]
    public async Task What_is_found_is_named()
    {
        await server.Start();

        (await Of(server.Url).Scan(new MemoryStream(ClamdServer.Eicar), Cancel)).ShouldBe(
            Verdict.Infected(ClamdServer.Threat)
        );
    }

    [Fact]
    public async Task It_is_found_across_the_parts_that_are_sent()
    {
        await server.Start();

        (
            await Of(server.Url).Scan(new Produced(3 * Megabyte, tail: ClamdServer.Eicar, most: 7), Cancel)
        ).Threat.ShouldBe(ClamdServer.Threat);
    }

    [Fact]
    public async Task A_socket_does_as_well_as_a_port()
    {
        await server.Start();
        var clamd = Of(server.SocketUrl);

        (await clamd.Scan(new Produced(2 * Megabyte), Cancel)).ShouldBe(Verdict.Clean);
        (await clamd.Scan(new MemoryStream(ClamdServer.Eicar), Cancel)).ShouldBe(Verdict.Infected(ClamdServer.Threat));
    }

    [Fact]
    public async Task Several_are_scanned_at_once()
    {
        await server.Start();
        var clamd = Of(server.Url);

        var verdicts = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    clamd.Scan(i % 2 == 0 ? new Produced(Megabyte) : new MemoryStream(ClamdServer.Eicar), Cancel)
                )
        );

        verdicts
            .Select(verdict => verdict.Threat is null)
            .ShouldBe([true, false, true, false, true, false, true, false]);
    }

    [Theory]
    [InlineData(ClamdServer.MostBytes + 1)]
    [InlineData(ClamdServer.MostBytes * 16)]
    public async Task A_stream_over_the_limit_of_the_scanner_is_too_large_and_not_a_transient_fault(int bytes)
    {
        await server.Start();

        // It ends the connection with much unread: what it said before must not be lost with that. That is a race, so
        // it is run a few times.
        foreach (var url in Enumerable.Repeat(new[] { server.Url, server.SocketUrl }, 5).SelectMany(urls => urls))
        {
            var fault = await Fault(Of(url).Scan(new Produced(bytes), Cancel));
            (fault.Fault, fault.MayPass).ShouldBe((ScannerFault.TooLarge, false));
        }
    }

    [Fact]
    public async Task As_much_as_it_takes_is_scanned()
    {
        await server.Start();

        (await Of(server.Url).Scan(new Produced(ClamdServer.MostBytes), Cancel)).ShouldBe(Verdict.Clean);
    }

    [Fact]
    public async Task Where_it_dies_in_the_middle_or_is_gone_the_caller_hears_it_at_once()
    {
        await using var mortal = new ClamdServer();
        await mortal.Start();
        var clamd = Of(mortal.Url, TimeSpan.FromSeconds(60));
        var watch = Stopwatch.StartNew();

        var died = await Fault(clamd.Scan(new Produced(4 * Megabyte, halfway: mortal.Kill), Cancel));
        var gone = await Fault(clamd.Scan(new Produced(1), Cancel));
        var socketGone = await Fault(Of(mortal.SocketUrl).Scan(new Produced(1), Cancel));

        watch.Elapsed.ShouldBeLessThan(Quickly);
        foreach (var fault in new[] { died, gone, socketGone })
            (fault.Fault, fault.MayPass).ShouldBe((ScannerFault.Away, true));

        await mortal.Start();
        (await clamd.Scan(new MemoryStream(ClamdServer.Eicar), Cancel)).ShouldBe(Verdict.Infected(ClamdServer.Threat));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(64 * Megabyte)] // more than fits between us and one that reads nothing
    public async Task A_server_that_says_nothing_is_given_up(int bytes)
    {
        await using var silent = new Played(static (_, cancel) => Task.Delay(Timeout.Infinite, cancel));
        var watch = Stopwatch.StartNew();

        (await Fault(Of(silent.Url, TimeSpan.FromMilliseconds(300)).Scan(new Produced(bytes), Cancel))).Fault.ShouldBe(
            ScannerFault.TimedOut
        );

        watch.Elapsed.ShouldBeInRange(TimeSpan.FromMilliseconds(290), Quickly);
    }

    [Fact]
    public async Task Content_that_comes_slowly_is_not_the_scanners_silence()
    {
        await server.Start();

        var slow = new Produced(Megabyte, halfway: static () => Task.Delay(TimeSpan.FromSeconds(2), Cancel));

        (await Of(server.Url, TimeSpan.FromSeconds(1)).Scan(slow, Cancel)).ShouldBe(Verdict.Clean);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("stream: OK")] // cut off: it might have gone on
    [InlineData("stream: OK FOR NOW\0")]
    [InlineData("PONG\0")]
    [InlineData("\0")]
    [InlineData("stream:  FOUND\0")]
    [InlineData("stream: \u001b[2J FOUND\0")]
    [InlineData("stream: FOUND\0")]
    public async Task An_answer_that_is_none_is_no_verdict(string answer)
    {
        await using var odd = new Played(
            async (client, cancel) =>
            {
                await TakeAll(client, cancel);
                await client.WriteAsync(Encoding.ASCII.GetBytes(answer), cancel);
            }
        );

        (await Fault(Of(odd.Url).Scan(new Produced(Megabyte), Cancel))).Fault.ShouldBe(ScannerFault.Garbled);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_cut_short()
    {
        await using var endless = new Played(
            static async (client, cancel) =>
            {
                while (true)
                    await client.WriteAsync(
                        new byte[4096]
                            .Select(_ => (byte)'x')
                            .ToArray(),
                        cancel
                    );
            }
        );

        (await Fault(Of(endless.Url).Scan(new Produced(Megabyte), Cancel))).Fault.ShouldBe(ScannerFault.Garbled);
    }

    [Fact]
    public async Task What_is_called_clean_before_all_of_it_came_is_not_clean()
    {
        await using var hasty = new Played(
            static async (client, cancel) =>
            {
                await client.WriteAsync("stream: OK\0"u8.ToArray(), cancel);
                await TakeAll(client, cancel);
            }
        );
        var said = new Produced(4 * Megabyte, halfway: static () => Task.Delay(TimeSpan.FromMilliseconds(300), Cancel));

        (await Fault(Of(hasty.Url).Scan(said, Cancel))).Fault.ShouldBe(ScannerFault.Garbled);
    }

    [Fact]
    public async Task A_scan_that_failed_is_no_verdict_and_what_was_said_stays_there()
    {
        await using var full = new Played(
            static async (client, cancel) =>
            {
                await TakeAll(client, cancel);
                await client.WriteAsync("stream: Can't create /tmp/secret-place ERROR\0"u8.ToArray(), cancel);
            }
        );

        var fault = await Fault(Of(full.Url).Scan(new Produced(100), Cancel));

        fault.Fault.ShouldBe(ScannerFault.Failed);
        fault.ToString().ShouldNotContain("secret-place");
    }

    [Fact]
    public async Task A_caller_who_goes_ends_the_scan()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var ended = new TaskCompletionSource();
        await using var silent = new Played(
            async (client, cancel) =>
            {
                await TakeAll(client, cancel);
                await leaving.CancelAsync();
                await TakeAll(client, cancel); // until we close
                ended.SetResult();
            }
        );

        await Should.ThrowAsync<OperationCanceledException>(
            Of(silent.Url, TimeSpan.FromSeconds(60)).Scan(new Produced(Megabyte), leaving.Token)
        );

        await ended.Task.WaitAsync(Quickly, Cancel);
    }

    [Fact]
    public async Task Content_that_cannot_be_read_is_not_the_scanners_fault()
    {
        await server.Start();

        var broken = new Produced(4 * Megabyte, halfway: static () => throw new IOException("the store is away"));

        (await Should.ThrowAsync<IOException>(Of(server.Url).Scan(broken, Cancel))).Message.ShouldBe(
            "the store is away"
        );
    }

    private static Clamd Of(Uri url, TimeSpan? timeout = null) =>
        new(
            ServiceSettings
                .Read(
                    new Dictionary<string, string>
                    {
                        ["APP_ENV"] = "Development",
                        ["DATABASE_URL"] = "postgresql://u:p@localhost/d",
                        ["CLAMD_URL"] = url.OriginalString,
                    }
                )
                .Clamd! with
            {
                Timeout = timeout ?? TimeSpan.FromSeconds(20),
            }
        );

    private static Task<ScannerException> Fault(Task<Verdict> scan) => Should.ThrowAsync<ScannerException>(scan);

    /// <summary>Reads the command and its parts, as far as they come.</summary>
    private static async Task TakeAll(NetworkStream client, CancellationToken cancel)
    {
        var head = new byte["zINSTREAM\0".Length];
        if (await client.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancel) < head.Length)
            return;
        Encoding.ASCII.GetString(head).ShouldBe("zINSTREAM\0");
        var length = new byte[4];
        while (true)
        {
            await client.ReadExactlyAsync(length, cancel);
            if (BinaryPrimitives.ReadInt32BigEndian(length) is not (> 0 and var bytes))
                return;
            await client.ReadExactlyAsync(new byte[bytes], cancel);
        }
    }

    /// <summary>
    /// So many zeros and then <paramref name="tail"/>, made while they are read, at most <paramref name="most"/> at
    /// once at the end; something may happen halfway.
    /// </summary>
    private sealed class Produced(int bytes, byte[]? tail = null, int most = int.MaxValue, Func<Task>? halfway = null)
        : Stream
    {
        private readonly int length = bytes + (tail?.Length ?? 0);
        private int position;
        private bool isPast;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (!isPast && position >= length / 2 && halfway is not null)
            {
                isPast = true;
                await halfway();
            }
            if (position < bytes)
            {
                var zeros = Math.Min(buffer.Length, bytes - position);
                buffer.Span[..zeros].Clear();
                position += zeros;
                return zeros;
            }
            var rest = tail is null ? 0 : Math.Min(Math.Min(buffer.Length, most), length - position);
            tail.AsSpan(position - bytes, rest).CopyTo(buffer.Span);
            position += rest;
            return rest;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException("A thread would wait.");

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>A server that does to each client what a test says, and then ends the connection.</summary>
    private sealed class Played : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource stopping = new();
        private readonly Task playing;

        public Played(Func<NetworkStream, CancellationToken, Task> play)
        {
            listener.Start();
            playing = Play(play);
        }

        public Uri Url => new($"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await playing;
            listener.Dispose();
            stopping.Dispose();
        }

        private async Task Play(Func<NetworkStream, CancellationToken, Task> play)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                    try
                    {
                        await play(client.GetStream(), stopping.Token);
                    }
                    catch (IOException) // the other side went first
                    { }
                }
            }
            catch (OperationCanceledException) { }
        }
    }
}
