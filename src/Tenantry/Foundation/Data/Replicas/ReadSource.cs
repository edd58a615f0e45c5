using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>
/// The server that the statements of a request read from: the primary, or a replica where the endpoint allows stale
/// reads and the replica has the tenant's last change.
/// </summary>
public sealed class ReadSource(NpgsqlDataSource primary)
{
    private TenantDb? context;

    /// <summary>The replica; null: the primary.</summary>
    public Replica? Replica { get; private set; }

    public NpgsqlDataSource Database => Replica?.DataSource ?? primary;

    /// <summary>Reads from a replica from now on.</summary>
    public void UseReplica(Replica replica) => Replica = replica;

    /// <summary>
    /// Reads from the primary from now on, after the replica failed. Also changes the context in use.
    /// </summary>
    public void UsePrimary()
    {
        Replica = null;
        context?.ConnectTo(primary);
    }

    /// <summary>Creates the context of the request over the replica.</summary>
    public TenantDb Context(DbContextOptions<TenantDb> options) => context = TenantDb.Over(Database, options);
}
