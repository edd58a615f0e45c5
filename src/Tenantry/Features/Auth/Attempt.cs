using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Auth;

/// <summary>
/// Slows down password guessing. After a number of free failures, each failure doubles the wait, from one second up,
/// and only one attempt at a time is checked. Attempts under way are limited too: otherwise a thousand parallel
/// guesses would all be free. A stranger cannot lock a user out: attempts of strangers do not count against the user's
/// own devices, and a password reset mail is always available.
/// </summary>
/// <param name="Kind">What the attempt is counted by.</param>
/// <param name="Subject">The account, address or device, as text of any length.</param>
public sealed record Attempt(AttemptKind Kind, string Subject)
{
    private byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Subject));

    /// <summary>
    /// The failures without a wait, the attempts under way meanwhile, the longest wait, and the time without attempts
    /// after which the count is reset.
    /// </summary>
    private (int Free, int AtOnce, TimeSpan LongestWait, TimeSpan ResetAfter) Limit =>
        Kind switch
        {
            // A short maximum, because a stranger can cause this wait for another user.
            AttemptKind.Account => (50, 200, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            // Many people may share one address.
            AttemptKind.Address => (30, 200, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)),
            AttemptKind.AddressOnAccount => (5, 64, TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)),
            AttemptKind.Device => (10, 16, TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)),
            _ => (5, 1, TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)),
        };

    /// <summary>Counts the attempts as under way. Call it before the password is checked.</summary>
    /// <returns>The time to wait; null: check the password, and then report the outcome.</returns>
    public static async Task<TimeSpan?> Begin(
        TenantDb db,
        IReadOnlyList<Attempt> attempts,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var limits = attempts.Select(attempt => attempt.Limit).ToList();
        var statement = new NpgsqlBatchCommand($"SELECT {DatabaseFunctions.BeginAttempt}($1, $2, $3, $4, $5, $6)")
        {
            Parameters =
            {
                Parameter(KindTexts(attempts)),
                Parameter(Hashes(attempts)),
                Parameter(limits.Select(limit => limit.Free).ToArray()),
                Parameter(limits.Select(limit => limit.AtOnce).ToArray()),
                Parameter(limits.Select(limit => limit.ResetAfter).ToArray()),
                Parameter(now),
            },
        };
        var heldUntil = (
            await db.Query(
                statement,
                static row => row.IsDBNull(0) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(0),
                cancel
            )
        )[0];
        return heldUntil is { } until ? until - now : null;
    }

    public static Task Failed(
        TenantDb db,
        IReadOnlyList<Attempt> attempts,
        DateTimeOffset now,
        CancellationToken cancel
    ) => End(db, attempts, failed: true, isProven: false, now, cancel);

    /// <summary>The password was right. Resets the counts of this client on this account.</summary>
    public static Task Succeeded(
        TenantDb db,
        IReadOnlyList<Attempt> attempts,
        DateTimeOffset now,
        CancellationToken cancel
    ) => End(db, attempts, failed: false, isProven: true, now, cancel);

    /// <summary>The password was not checked.</summary>
    public static Task Dropped(
        TenantDb db,
        IReadOnlyList<Attempt> attempts,
        DateTimeOffset now,
        CancellationToken cancel
    ) => End(db, attempts, failed: false, isProven: false, now, cancel);

    private static Task<int> End(
        TenantDb db,
        IReadOnlyList<Attempt> attempts,
        bool failed,
        bool isProven,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var ending = Ending.Of(attempts, isProven);
        return db.Database.ExecuteSqlRawAsync(
            $"SELECT {DatabaseFunctions.EndAttempt}({{0}}, {{1}}, {{2}}, {{3}}, {{4}}, {{5}}, {{6}})",
            [ending.Kinds, ending.Subjects, ending.Free, ending.LongestWait, failed, ending.Reset, now],
            cancel
        );
    }

    /// <summary>The parameters of the database function <c>end_attempt</c>.</summary>
    internal sealed record Ending(string[] Kinds, byte[][] Subjects, int[] Free, TimeSpan[] LongestWait, bool[] Reset)
    {
        public static Ending Of(IReadOnlyList<Attempt> attempts, bool isProven)
        {
            var limits = attempts.Select(attempt => attempt.Limit).ToList();
            return new(
                KindTexts(attempts),
                Hashes(attempts),
                [.. limits.Select(limit => limit.Free)],
                [.. limits.Select(limit => limit.LongestWait)],
                [
                    .. attempts.Select(attempt =>
                        isProven && attempt.Kind is not (AttemptKind.Account or AttemptKind.Address)
                    ),
                ]
            );
        }
    }

    private static string[] KindTexts(IReadOnlyList<Attempt> attempts) =>
        [.. attempts.Select(attempt => EnumText.ToText(attempt.Kind))];

    private static byte[][] Hashes(IReadOnlyList<Attempt> attempts) => [.. attempts.Select(attempt => attempt.Hash)];
}
