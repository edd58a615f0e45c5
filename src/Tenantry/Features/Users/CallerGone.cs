using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>The caller's own user was deleted after the token was looked at: by another request of theirs, or by somebody else.</summary>
public sealed class CallerGoneException : Exception;

/// <summary>To the caller it is as if they had come a moment later.</summary>
public sealed class CallerGoneMapper : IExceptionMapper
{
    public Refusal? Of(Exception exception) =>
        exception is CallerGoneException
            ? Problems.Unauthenticated(Problems.TokenRevoked, "The account that the token is of is gone.")
            : null;
}

public static class OwnRow
{
    /// <summary>What is there of the caller, who was there a moment ago.</summary>
    /// <exception cref="CallerGoneException">and is not any more</exception>
    public static async Task<T> OfCaller<T>(this IQueryable<T> rows, CancellationToken cancel)
        where T : class => await rows.SingleOrDefaultAsync(cancel) ?? throw new CallerGoneException();
}
