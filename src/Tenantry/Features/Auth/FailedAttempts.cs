using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

namespace Tenantry.Features.Auth;

/// <summary>What failed guesses are counted by. In this order they are locked, so that two sign-ins never wait for each other in a circle.</summary>
public enum AttemptKind
{
    /// <summary>Everybody who tries one account, but for its own devices and the addresses it was used from.</summary>
    Account,

    /// <summary>One address, whichever account of the tenant it tries.</summary>
    Address,

    /// <summary>One address that tries one account.</summary>
    AddressOnAccount,

    /// <summary>A device that the user signed in on before. Nobody else counts here.</summary>
    Device,

    /// <summary>Somebody who is signed in and must say the password once more.</summary>
    Session,
}

/// <summary>Guesses that failed within a day, and until when the next must wait. Kept by a hash: addresses of people do not lie about in it.</summary>
public sealed class AttemptCount : ITenantOwned
{
    public Guid TenantId { get; init; }
    public AttemptKind Kind { get; init; }
    public required byte[] Subject { get; init; }
    public int Failures { get; init; }

    /// <summary>Begun, and neither right nor wrong yet.</summary>
    public int UnderWay { get; init; }
    public DateTimeOffset LastAt { get; init; }
    public DateTimeOffset HeldUntil { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<AttemptCount>
    {
        public void Configure(EntityTypeBuilder<AttemptCount> count)
        {
            count.ToTable("sign_in_attempts");
            count.HasKey(c => new
            {
                c.TenantId,
                c.Kind,
                c.Subject,
            });
            count
                .Property(c => c.Kind)
                .HasConversion(kind => EnumText.Of(kind), text => EnumText.To<AttemptKind>(text));
            count.HasIndex(c => c.LastAt).HasDatabaseName("ix_sign_in_attempts_last_at");
        }
    }
}

/// <summary>
/// Slows guessing down. Past a number of free failures each one doubles the wait, from a second up, and one at a time is looked at. What is under way
/// is bounded too, so that a thousand guesses at once are not a thousand free ones. Nobody is locked out by a stranger: what strangers do
/// is not counted against the user's own devices, and the mail for a new password always comes.
/// </summary>
/// <param name="Kind">what is counted by</param>
/// <param name="Subject">whom or what, in words of any length</param>
public sealed record Attempt(AttemptKind Kind, string Subject)
{
    private byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Subject));

    /// <summary>So many are free, so many may be under way at once while they are, and after a quiet while all is forgotten.</summary>
    private (int Free, int AtOnce, TimeSpan Longest, TimeSpan Remembered) Limit =>
        Kind switch
        {
            // Short at the longest: it is the one that a stranger can set off against somebody.
            AttemptKind.Account => (50, 200, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            // Many people may share one address.
            AttemptKind.Address => (30, 200, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)),
            AttemptKind.AddressOnAccount => (5, 64, TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)),
            AttemptKind.Device => (10, 16, TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)),
            _ => (5, 1, TimeSpan.FromMinutes(15), TimeSpan.FromDays(1)),
        };

    /// <summary>Before the password is looked at.</summary>
    /// <returns>how long to wait; null: go ahead, and say how it ended</returns>
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
                Parameter(Words(attempts)),
                Parameter(Hashes(attempts)),
                Parameter(limits.Select(limit => limit.Free).ToArray()),
                Parameter(limits.Select(limit => limit.AtOnce).ToArray()),
                Parameter(limits.Select(limit => limit.Remembered).ToArray()),
                Parameter(now),
            },
        };
        var held = (
            await db.Rows(
                statement,
                static row => row.IsDBNull(0) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(0),
                cancel
            )
        )[0];
        return held is { } until ? until - now : null;
    }

    public static Task Failed(
        TenantDb db,
        IReadOnlyList<Attempt> attempts,
        DateTimeOffset now,
        CancellationToken cancel
    ) => End(db, attempts, failed: true, isProven: false, now, cancel);

    /// <summary>The password was right: what was tried before from here on this account is forgotten.</summary>
    public static Task Succeeded(
        TenantDb db,
        IReadOnlyList<Attempt> attempts,
        DateTimeOffset now,
        CancellationToken cancel
    ) => End(db, attempts, failed: false, isProven: true, now, cancel);

    /// <summary>The password was not looked at in the end.</summary>
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
        var ended = Ended.Of(attempts, isProven);
        return db.Database.ExecuteSqlRawAsync(
            $"SELECT {DatabaseFunctions.EndAttempt}({{0}}, {{1}}, {{2}}, {{3}}, {{4}}, {{5}}, {{6}})",
            [ended.Kinds, ended.Subjects, ended.Free, ended.Longest, failed, ended.Forget, now],
            cancel
        );
    }

    /// <summary>Attempts as <c>end_attempt</c> takes them.</summary>
    internal sealed record Ended(string[] Kinds, byte[][] Subjects, int[] Free, TimeSpan[] Longest, bool[] Forget)
    {
        public static Ended Of(IReadOnlyList<Attempt> attempts, bool isProven)
        {
            var limits = attempts.Select(attempt => attempt.Limit).ToList();
            return new(
                Words(attempts),
                Hashes(attempts),
                [.. limits.Select(limit => limit.Free)],
                [.. limits.Select(limit => limit.Longest)],
                [
                    .. attempts.Select(attempt =>
                        isProven && attempt.Kind is not (AttemptKind.Account or AttemptKind.Address)
                    ),
                ]
            );
        }
    }

    private static string[] Words(IReadOnlyList<Attempt> attempts) =>
        [.. attempts.Select(attempt => EnumText.Of(attempt.Kind))];

    private static byte[][] Hashes(IReadOnlyList<Attempt> attempts) => [.. attempts.Select(attempt => attempt.Hash)];
}
