using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage.Scanning;

/// <summary>
/// Asks ClamAV's daemon about content by its INSTREAM command: parts with their length before them, a length of zero at the end, one answer. A connection
/// for each scan, and one buffer, whatever the size.
/// </summary>
public sealed class Clamd(ClamdSettings settings)
{
    private const int PartBytes = 64 * 1024;
    private const int LengthBytes = 4;

    // A name of a signature fits many times.
    private const int AnswerBytes = 1024;

    // The z: what both sides say ends with a zero byte, so that an answer that was cut off is not taken for a whole one.
    private static readonly byte[] Command = "zINSTREAM\0"u8.ToArray();

    /// <exception cref="ScannerException">there is no verdict. What fails while <paramref name="content"/> is read comes through as it is</exception>
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
            throw new ScannerException(ScannerFault.TimedOut, "clamd said nothing within CLAMD_TIMEOUT_SECONDS.", e);
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
            // The buffer may be another's only when nothing is read into it any more.
            await connection.DisposeAsync();
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>whether all of it was sent; if not, the answer says why</returns>
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
            // What the content takes to come is not the silence of clamd.
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
        catch (IOException) // it ended the connection; its answer may have come before that
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
            throw new ScannerException(ScannerFault.Away, "clamd ended the connection.", e);
        }
        throw length == 0
            ? new ScannerException(ScannerFault.Away, "clamd ended the connection without an answer.")
            : Garbled();
    }

    private static Verdict Judge(string answer, bool isWhole)
    {
        const string about = "stream: ",
            found = " FOUND";
        // Clean is what it calls all of the content, never a part.
        if (answer == "stream: OK" && isWhole)
            return Verdict.Clean;
        if (answer.StartsWith("INSTREAM size limit exceeded", StringComparison.Ordinal))
            throw new ScannerException(
                ScannerFault.TooLarge,
                "The content is larger than clamd takes (StreamMaxLength in its clamd.conf)."
            );
        if (answer.EndsWith("ERROR", StringComparison.Ordinal))
            throw new ScannerException(ScannerFault.Failed, "clamd could not scan the content; its log says why.");
        // The name is shown to people: nothing that moves a cursor.
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
        new(ScannerFault.Garbled, "What answers at CLAMD_URL does not speak as clamd does.");
}
