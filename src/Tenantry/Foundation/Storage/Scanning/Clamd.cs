using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage.Scanning;

/// <summary>
/// Scans content with ClamAV's daemon, by its INSTREAM command: chunks preceded by their length, a length of zero at
/// the end, one response. Each scan uses one connection and one buffer, whatever the size of the content.
/// </summary>
public sealed class Clamd(ClamdSettings settings)
{
    private const int PartBytes = 64 * 1024;
    private const int LengthBytes = 4;

    // Large enough for any signature name.
    private const int AnswerBytes = 1024;

    // The z: what both sides say ends with a zero byte, so that an answer that was cut off is not taken for a whole
    // one.
    private static readonly byte[] Command = "zINSTREAM\0"u8.ToArray();

    /// <exception cref="ScannerException">there is no verdict. What fails while <paramref name="content"/> is read
    /// comes through as it is</exception>
    public async Task<Verdict> Scan(Stream content, CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            silence.CancelAfter(settings.Timeout);
            await using var connection = await Connect(silence.Token);
            return await Ask(connection, content, silence, cancel);
        }
        catch (OperationCanceledException e) when (silence.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new ScannerException(ScannerFault.TimedOut, "clamd did not answer within CLAMD_TIMEOUT_SECONDS.", e);
        }
    }

    private async Task<NetworkStream> Connect(CancellationToken silence)
    {
        var socket =
            settings.Address is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(settings.Address, silence);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException)
                throw new ScannerException(ScannerFault.Away, "clamd cannot be reached at CLAMD_URL.", e);
            throw;
        }
    }

    private async Task<Verdict> Ask(
        NetworkStream connection,
        Stream content,
        CancellationTokenSource silence,
        CancellationToken cancel
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes + AnswerBytes);
        // Listens from the start: what is too large is answered while we still send, and the connection ended.
        var answer = Answer(connection, buffer.AsMemory(PartBytes, AnswerBytes), silence.Token);
        try
        {
            var isWhole = await Send(connection, content, buffer.AsMemory(0, PartBytes), answer, silence, cancel);
            return Judge(await answer, isWhole);
        }
        finally
        {
            // The buffer is returned only after no read can write into it any more.
            await connection.DisposeAsync();
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>whether the whole content was sent; if not, the answer contains the reason</returns>
    private async Task<bool> Send(
        NetworkStream connection,
        Stream content,
        Memory<byte> part,
        Task answer,
        CancellationTokenSource silence,
        CancellationToken cancel
    )
    {
        if (!await Write(connection, Command, silence.Token))
            return false;
        while (!answer.IsCompleted)
        {
            // The time that the content takes to arrive does not count against the timeout of clamd.
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
            var bytes = await content.ReadAsync(part[LengthBytes..], cancel);
            silence.CancelAfter(settings.Timeout);
            BinaryPrimitives.WriteInt32BigEndian(part.Span, bytes);
            if (!await Write(connection, part[..(LengthBytes + bytes)], silence.Token))
                return false;
            if (bytes == 0)
                return true;
        }
        return false;
    }

    private static async Task<bool> Write(
        NetworkStream connection,
        ReadOnlyMemory<byte> bytes,
        CancellationToken silence
    )
    {
        try
        {
            await connection.WriteAsync(bytes, silence);
            return true;
        }
        catch (IOException) // clamd closed the connection; it may have answered before
        {
            return false;
        }
    }

    private static async Task<string> Answer(NetworkStream connection, Memory<byte> room, CancellationToken silence)
    {
        var length = 0;
        try
        {
            while (length < room.Length && await connection.ReadAsync(room[length..], silence) is > 0 and var bytes)
            {
                length += bytes;
                if (room.Span[..length].IndexOf((byte)0) is >= 0 and var end)
                    return Encoding.Latin1.GetString(room.Span[..end]);
            }
        }
        catch (IOException e)
        {
            throw new ScannerException(ScannerFault.Away, "clamd closed the connection.", e);
        }
        throw length == 0
            ? new ScannerException(ScannerFault.Away, "clamd closed the connection without an answer.")
            : Garbled();
    }

    private static Verdict Judge(string answer, bool isWhole)
    {
        const string about = "stream: ",
            found = " FOUND";
        // A verdict for a part of the content does not make it clean.
        if (answer == "stream: OK" && isWhole)
            return Verdict.Clean;
        if (answer.StartsWith("INSTREAM size limit exceeded", StringComparison.Ordinal))
            throw new ScannerException(
                ScannerFault.TooLarge,
                "The content is larger than clamd accepts (StreamMaxLength in clamd.conf)."
            );
        if (answer.EndsWith("ERROR", StringComparison.Ordinal))
            throw new ScannerException(
                ScannerFault.Failed,
                "clamd could not scan the content. See the log of clamd for the reason."
            );
        // The name is displayed: control characters could manipulate a terminal.
        if (
            answer.Length > about.Length + found.Length
            && answer.StartsWith(about, StringComparison.Ordinal)
            && answer.EndsWith(found, StringComparison.Ordinal)
            && answer[about.Length..^found.Length] is var threat
            && threat.All(letter => letter is > ' ' and <= '~')
        )
            return Verdict.Infected(threat);
        throw Garbled();
    }

    private static ScannerException Garbled() =>
        new(ScannerFault.Garbled, "The server at CLAMD_URL does not respond like clamd.");
}
