using Npgsql;

namespace Tenantry.Foundation.Replicas;

/// <summary>From where the statements of a request read: the primary, unless its endpoint may be stale and a replica has all that it must see.</summary>
public sealed class ReadSource(NpgsqlDataSource primary)
{
    /// <summary>Null: the primary.</summary>
    public Replica? Replica { get; set; }

    public NpgsqlDataSource Database => Replica?.DataSource ?? primary;
}
