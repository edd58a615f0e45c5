using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.AuditEvents;

/// <summary>A hash that was signed for a position of a chain.</summary>
/// <param name="Hash">of the link at this position</param>
/// <param name="At">when the head was signed</param>
internal readonly record struct SignedHash(byte[] Hash, DateTimeOffset At);

/// <summary>
/// Verifies the signed heads of one tenant in the database. The newest head is verified with its key. Each earlier head
/// is verified by the hash of it that the next head contains: its own key may have left the key ring.
/// </summary>
internal static class HeadVerification
{
    /// <returns>the signed hash of each position that must still be in the chain</returns>
    public static async Task<SortedDictionary<long, SignedHash>> Verify(
        VerificationRun run,
        TenantDb db,
        KeyRing ring,
        Guid tenant,
        CancellationToken cancel
    )
    {
        var signed = new SortedDictionary<long, SignedHash>();
        var (expected, oldest) = ((string?)null, DateTimeOffset.MaxValue);
        await foreach (
            var head in db.Set<AuditHead>()
                .AsNoTracking()
                .OrderByDescending(head => head.Id)
                .AsAsyncEnumerable()
                .WithCancellation(cancel)
        )
        {
            run.Heads++;
            var claims = AuditHead.Read(head.Jws);
            if (
                claims is null
                || claims.TenantId != tenant
                || claims.Position != head.Position
                || !claims.HashBytes.AsSpan().SequenceEqual(head.Hash)
            )
            {
                run.Report(tenant, head.Position, null, "the head at this position is not what was signed");
                continue;
            }
            if (FaultOf(head.Jws, expected, ring) is { } fault)
                run.Report(tenant, head.Position, null, fault);
            (expected, oldest) = (claims.Prev, DateTimeOffset.FromUnixTimeSeconds(claims.Iat));
            // This head was the end of the chain when it was signed. If it was signed within the retained months, its
            // link still exists.
            if (oldest >= run.FirstRetained)
                signed[head.Position] = new SignedHash(head.Hash, oldest);
            if (expected is null)
                break;
        }
        if (expected is not null && oldest - VerificationRun.ClockSkew > run.FirstRetained)
            run.Report(
                tenant,
                null,
                null,
                $"the heads before {oldest:u} are missing: the oldest head refers to an earlier one"
            );
        return signed;
    }

    /// <param name="jws">the head</param>
    /// <param name="expected">the hash of it in the next head; null: it is the newest</param>
    /// <param name="ring">the keys by which the newest head is verified</param>
    private static string? FaultOf(string jws, string? expected, KeyRing ring) =>
        expected is not null
            ? expected == AuditHead.Print(jws)
                ? null
                : "the head at this position is not the one that the next head refers to"
            : AuditHead.SignatureOf(jws, ring) switch
            {
                AuditHead.Signature.Good => null,
                AuditHead.Signature.Wrong => "the newest head has an invalid signature",
                _ =>
                    "the newest head is signed by a key that is not in the key ring any more; the service signs a new head within an hour",
            };
}
