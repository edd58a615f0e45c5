using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>The caller's user was deleted after the access token was verified, by a concurrent request.</summary>
public sealed class CallerDeletedException : Exception;

/// <summary>Returns the response that a request a moment later would get.</summary>
public sealed class CallerDeletedMapper : IExceptionMapper
{
    public Refusal? Map(Exception exception) =>
        exception is CallerDeletedException
            ? Problems.Unauthenticated(Problems.TokenRevoked, "The user of this token was deleted.")
            : null;
}

public static class OwnRow
{
    /// <summary>Reads a row of the caller, which existed when the access token was verified.</summary>
    /// <exception cref="CallerDeletedException">The row no longer exists.</exception>
    public static async Task<T> OfCaller<T>(this IQueryable<T> rows, CancellationToken cancel)
        where T : class => await rows.SingleOrDefaultAsync(cancel) ?? throw new CallerDeletedException();
}
