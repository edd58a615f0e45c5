using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tenantry.Tests.Harness;

/// <summary>
/// Waits for a condition, and fails with its text when it does not hold within <see cref="Patience.Of"/>.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <param name="condition">asked again and again until it is true</param>
    /// <param name="text">of the condition, for the failure</param>
    public static Task Is(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Is(() => Task.FromResult(condition()), text);

    /// <inheritdoc cref="Is(Func{bool}, string)"/>
    public static Task Is(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Is(condition, seen: () => Task.FromResult($"It never became true: {text}"));

    /// <summary>The same, with what there was instead in the failure.</summary>
    public static async Task Is(Func<Task<bool>> condition, Func<Task<string>> seen)
    {
        for (var watch = Stopwatch.StartNew(); !await condition(); await Task.Delay(Pause, Cancel))
        {
            if (watch.Elapsed >= Patience.Of)
                Assert.Fail(await seen());
        }
    }

    /// <param name="find">asked again and again until it returns something</param>
    /// <param name="text">of the search, for the failure</param>
    /// <returns>what was found</returns>
    public static async Task<T> Find<T>(Func<Task<T?>> find, [CallerArgumentExpression(nameof(find))] string text = "")
        where T : class
    {
        T? found = null;
        await Is(async () => (found = await find()) is not null, text);
        return found!;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
