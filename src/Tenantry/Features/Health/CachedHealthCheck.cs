namespace Tenantry.Features.Health;

/// <summary>
/// Something that the instance needs. It is asked within <see cref="Patience"/>, and all who want to know within <paramref name="goodFor"/> of each other get one answer: health is anybody's to ask, as often
/// as they like. What does not do its work is asked again after a second.
/// </summary>
/// <param name="name">as reports call it</param>
/// <param name="goodFor">how long a good answer is believed</param>
/// <param name="without">what the instance is without it</param>
/// <param name="ask">throws where it does not do its work</param>
/// <param name="log">told when it stops working and when it works again</param>
/// <param name="clock">by which answers grow old</param>
public sealed partial class Part(
    string name,
    TimeSpan goodFor,
    PartHealth without,
    Func<CancellationToken, Task> ask,
    ILogger log,
    TimeProvider clock
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BadFor = TimeSpan.FromSeconds(1);

    private readonly Lock turn = new();
    private Task<PartHealth>? latest;
    private long askedAt;
    private PartHealth told = PartHealth.Ok;

    public string Name => name;

    public Task<PartHealth> Ask()
    {
        lock (turn)
        {
            if (
                latest is null
                || (latest.IsCompleted && clock.GetElapsedTime(askedAt) > (told == PartHealth.Ok ? goodFor : BadFor))
            )
                (latest, askedAt) = (Task.Run(AskNow), clock.GetTimestamp());
            return latest;
        }
    }

    private async Task<PartHealth> AskNow()
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await ask(deadline.Token).WaitAsync(deadline.Token);
            if (told != PartHealth.Ok)
                Back(log, name);
            return told = PartHealth.Ok;
        }
        catch (Exception e) // whatever it is, it does not do its work
        {
            if (told == PartHealth.Ok)
                Away(log, name, e);
            return told = without;
        }
    }

    [LoggerMessage(EventId = 1801, Level = LogLevel.Error, Message = "Health: {Part} does not do its work")]
    private static partial void Away(ILogger log, string part, Exception exception);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Information, Message = "Health: {Part} does its work again")]
    private static partial void Back(ILogger log, string part);
}
