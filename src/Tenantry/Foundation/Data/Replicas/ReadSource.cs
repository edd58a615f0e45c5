using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>From where the statements of a request read: the primary, unless its endpoint may be stale and a replica has all that it must see.</summary>
public sealed class ReadSource(NpgsqlDataSource primary)
{
    private TenantDb? context;

    /// <summary>Null: the primary.</summary>
    public Replica? Replica { get; private set; }

    public NpgsqlDataSource Database => Replica?.DataSource ?? primary;

    public void TurnTo(Replica replica) => Replica = replica;

    /// <summary>After it failed: with all that has been handed out already.</summary>
    public void TurnToPrimary()
    {
        Replica = null;
        context?.TurnTo(primary);
    }

    /// <summary>The request's own, over the replica.</summary>
    public TenantDb Context(DbContextOptions<TenantDb> options) => context = TenantDb.Over(Database, options);
}
