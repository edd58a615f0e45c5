namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Walks an exception and its causes. Libraries wrap the exception that matters, some of them several times.
/// </summary>
public static class ExceptionChain
{
    /// <summary>
    /// The exception and its inner exceptions, from the outside in. Of an <see cref="AggregateException"/>, which has
    /// several, the first is followed.
    /// </summary>
    /// <param name="exception">The outermost exception; null yields an empty sequence.</param>
    public static IEnumerable<Exception> Chain(this Exception? exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
