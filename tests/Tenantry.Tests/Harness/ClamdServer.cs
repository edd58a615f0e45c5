using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A real clamd of a test class's own, with one signature: it knows EICAR's test file and nothing else. It listens on a
/// port and on a socket. Started by the first test that asks for it. ./test makes sure that nothing of it stays behind.
/// </summary>
public sealed class ClamdServer : IAsyncDisposable
{
    /// <summary>
    /// What it calls EICAR's test file; clamd adds the ending to all signatures that are not its maker's.
    /// </summary>
    public const string Threat = "Eicar-Test.UNOFFICIAL";

    /// <summary>More than that in one stream is refused.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    // In two halves: scanners that look over this repository know it too.
    public static readonly byte[] Eicar = Encoding.ASCII.GetBytes(
        @"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    );

    /// <summary>As scripts/clamd.sh looks for it.</summary>
    private static readonly string? Program = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin"
        .Split(':')
        .Select(folder => Path.Combine(folder, "clamd"))
        .FirstOrDefault(File.Exists);

    private readonly int port = FreePort.Find();
    private readonly ConcurrentQueue<string> said = new();
    private string? folder;
    private Process? process;

    public Uri Url => new($"tcp://127.0.0.1:{port}");

    public Uri SocketUrl => new($"unix://{folder}/socket");

    /// <summary>Skips the test where there is no clamd. One that runs goes on.</summary>
    public async Task Start()
    {
        if (Program is null)
            Assert.Skip("clamd is missing. Run:  sudo apt-get install -y clamav-daemon");
        if (process is { HasExited: false })
            return;
        folder ??= MakeFolder();
        process?.Dispose();
        process = Process.Start(
            new ProcessStartInfo(Program, [$"--config-file={folder}/clamd.conf"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } notes)
            await File.WriteAllTextAsync(Path.Combine(notes, $"{process.Id}"), "");
        using var deadline = new CancellationTokenSource(Patience.Of);
        while (!process.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
            }
        }
        throw new InvalidOperationException("clamd does not start:\n" + string.Join('\n', said));
    }

    /// <summary>As by <c>kill -9</c>.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
            await Kill();
        process?.Dispose();
        if (folder is not null)
            Directory.Delete(folder, recursive: true);
    }

    private string MakeFolder()
    {
        // Inside what ./test removes, so that it goes even where the tests were killed.
        var made = Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } notes
            ? Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(notes)!, $"clamd-{port}")).FullName
            : Directory.CreateTempSubdirectory("tenantry-clamd-").FullName;
        var database = Directory.CreateDirectory(Path.Combine(made, "database"));
        // Name, any type of file, any place in it, the bytes.
        File.WriteAllText(
            Path.Combine(database.FullName, "eicar.ndb"),
            $"{Threat.Split('.')[0]}:0:*:{Convert.ToHexStringLower(Eicar)}\n"
        );
        // No user is set: it stays who started it, who can read this folder.
        File.WriteAllText(
            Path.Combine(made, "clamd.conf"),
            $"""
            Foreground yes
            TCPAddr 127.0.0.1
            TCPSocket {port}
            LocalSocket {made}/socket
            DatabaseDirectory {database.FullName}
            TemporaryDirectory {made}
            StreamMaxLength {MostBytes}
            MaxThreads 2
            SelfCheck 0

            """
        );
        return made;
    }
}
