using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// A link of a tenant's audit chain: the content of an event, hashed together with the link before. The trigger
/// <c>door_link_audit</c> creates it at commit, after all other locks, so that two events of a tenant wait for each
/// other only during a commit. It has no foreign key to its event: the deletion of an event must be detectable.
/// </summary>
public sealed class AuditLink : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>From 1, without a gap.</summary>
    public required long Position { get; init; }
    public required Guid EventId { get; init; }

    /// <summary>SHA-256 of <see cref="Text"/> of the event.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>
    /// SHA-256 of the previous link's hash, the event's id and its digest. It can be verified after the event's
    /// retention has ended.
    /// </summary>
    public required byte[] Hash { get; init; }

    /// <summary>The columns that are hashed, as text, in their order. The trigger has the same list.</summary>
    public static readonly string Columns = string.Join(
        ", ",
        "e.tenant_id::text",
        "e.id::text",
        "(extract(epoch FROM e.occurred_at) * 1000000)::bigint::text",
        "e.action",
        "e.outcome",
        "e.actor_id::text",
        "e.actor_tenant_id::text",
        "e.on_behalf_of::text",
        "e.target_id::text",
        "e.changes::text",
        "e.details::text",
        "host(e.address)",
        "e.user_agent",
        "e.trace_id"
    );

    public const int ColumnCount = 14;

    /// <param name="row">has <see cref="Columns"/></param>
    /// <param name="first">of these columns</param>
    public static byte[] DigestOf(NpgsqlDataReader row, int first) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(Text(row, first)));

    /// <param name="before">hash of the link before; empty for the first</param>
    /// <param name="id">of the event</param>
    /// <param name="digest">of the event</param>
    public static byte[] HashOf(byte[] before, Guid id, byte[] digest) =>
        SHA256.HashData([.. before, .. id.ToByteArray(bigEndian: true), .. digest]);

    /// <summary>
    /// Each value is preceded by its length, so that no character can be moved from one column to the next.
    /// </summary>
    private static string Text(NpgsqlDataReader row, int first)
    {
        var text = new StringBuilder();
        for (var column = first; column < first + ColumnCount; column++)
        {
            if (row.IsDBNull(column))
                text.Append('-');
            else
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{Encoding.UTF8.GetByteCount(row.GetString(column))}:{row.GetString(column)}"
                );
        }
        return text.ToString();
    }

    private sealed class Mapping : IEntityTypeConfiguration<AuditLink>
    {
        public void Configure(EntityTypeBuilder<AuditLink> link)
        {
            link.ToTable("audit_links").GrantToServingRole("SELECT");
            link.HasKey(l => new { l.TenantId, l.Position });
        }
    }
}
