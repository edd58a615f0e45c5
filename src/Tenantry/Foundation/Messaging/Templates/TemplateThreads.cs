using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// A few threads whose stack is known, on which alone texts of tenants are parsed. However many come at once, the
/// others wait their turn; each is done within milliseconds, since the guard has bounded it.
/// </summary>
internal static class TemplateThreads
{
    /// <summary>Bytes. They are addresses only until they are used: what is used is less than a sixtieth, and if every
    /// tag were nested in the one before it still would be only half.</summary>
    public const int Stack = 8 * 1024 * 1024;

    private static readonly BlockingCollection<Action> Work = Start();

    /// <summary>Does it on one of the threads, and waits. What it throws, this throws.</summary>
    public static T Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        try
        {
            done.Task.Wait();
        }
        catch (AggregateException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }
        return done.Task.Result;
    }

    private static BlockingCollection<Action> Start()
    {
        var work = new BlockingCollection<Action>();
        for (var i = 0; i < Math.Clamp(Environment.ProcessorCount, 1, 4); i++)
        {
            new Thread(
                () =>
                {
                    foreach (var one in work.GetConsumingEnumerable())
                        one();
                },
                Stack
            )
            {
                IsBackground = true,
                Name = "template parser",
            }.Start();
        }
        return work;
    }
}
