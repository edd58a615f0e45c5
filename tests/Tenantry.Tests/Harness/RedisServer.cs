using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A Redis of a test's own, that can be killed, paused and started anew. ./test makes sure that nothing of it stays
/// behind.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>As scripts/redis.sh looks for it.</summary>
    private static readonly string? Program = new[] { "redis-server", "valkey-server" }.FirstOrDefault(name =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, name)))
    );

    private readonly int port = FreePort.Find();
    private Process? process;

    private readonly Authority? authority;

    private RedisServer(Authority? authority) => this.authority = authority;

    public string Url => authority is null ? $"redis://127.0.0.1:{port}/0" : $"rediss://localhost:{port}/0";

    /// <summary>Skips the test where there is no Redis.</summary>
    /// <param name="authority">whose certificate it shows, for <c>localhost</c>; null: it speaks in the clear</param>
    public static async Task<RedisServer> Begin(Authority? authority = null)
    {
        if (Program is null)
            Assert.Skip("redis-server is missing. Run:  sudo apt-get install -y redis-server");
        var server = new RedisServer(authority);
        await server.Start();
        return server;
    }

    public async Task Start()
    {
        string[] listen = authority is null
            ? ["--port", $"{port}"]
            :
            [
                "--port",
                "0",
                "--tls-port",
                $"{port}",
                "--tls-cert-file",
                authority.CertificateFile,
                "--tls-key-file",
                authority.KeyFile,
                "--tls-ca-cert-file",
                authority.RootFile,
                "--tls-auth-clients",
                "no",
            ];
        process = Process.Start(
            new ProcessStartInfo(
                Program!,
                [.. listen, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            }
        )!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        if (Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } folder)
            await File.WriteAllTextAsync(Path.Combine(folder, $"{process.Id}"), "");
        using var deadline = new CancellationTokenSource(Patience.Of);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), deadline.Token);
            }
        }
    }

    /// <summary>As by <c>kill -9</c>: all that it held is gone.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public Task Pause() => Signal("STOP");

    public Task Continue() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
            await Kill();
        process?.Dispose();
    }

    private async Task Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process!.Id}"]);
        await kill.WaitForExitAsync();
    }
}
