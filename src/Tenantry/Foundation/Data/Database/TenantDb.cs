using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// The database as one tenant sees it. The tenant is set when the context is handed out and travels with each statement;
/// without one there are no rows and no writes.
/// </summary>
public sealed class TenantDb(DbContextOptions<TenantDb> options) : DbContext(options)
{
    /// <summary>Whose rows are seen. Null: nobody's.</summary>
    public Guid? Tenant { get; private set; }

    /// <summary>Whose request it serves, where that is somebody signed in: their changes are checked. Null: the process's own work, or a request that needs nobody.</summary>
    internal ActingCaller? Caller { get; private set; }

    /// <summary>Said on purpose: only tables of the platform are touched.</summary>
    internal bool IsWithoutTenant { get; private set; }

    /// <summary>A statement has failed in a way that its connection must not take back to the pool; see <see cref="FailedStatements"/>.</summary>
    internal bool HasFailed { get; set; }

    /// <summary>Sees and writes the rows of <paramref name="tenant"/> from here on.</summary>
    public TenantDb For(Guid tenant)
    {
        if (Database.CurrentTransaction is not null)
            throw new InvalidOperationException("The tenant is fixed for the length of a transaction; see ActAs.");
        Tenant = tenant;
        IsWithoutTenant = false;
        return this;
    }

    /// <summary>Every change from here on is made by <paramref name="caller"/>, and what is no change cannot write.</summary>
    public TenantDb By(ActingCaller? caller)
    {
        Caller = caller;
        return this;
    }

    /// <summary>For tables that belong to the platform: the rows of tenants stay out of sight.</summary>
    public TenantDb WithoutTenant()
    {
        if (Database.CurrentTransaction is not null)
            throw new InvalidOperationException("The tenant is fixed for the length of a transaction.");
        Tenant = null;
        IsWithoutTenant = true;
        return this;
    }

    /// <summary>A context over another server. It is no pool's: one from the pool would keep its connection, and take it along to whoever gets it next.</summary>
    public static TenantDb Over(NpgsqlDataSource server, DbContextOptions<TenantDb> options) =>
        new TenantDb(options).TurnTo(server);

    /// <summary>Of a context that <see cref="Over"/> made: from here on it is over that server.</summary>
    internal TenantDb TurnTo(NpgsqlDataSource server)
    {
        Database.SetDbConnection(server.CreateConnection(), contextOwnsConnection: true);
        return this;
    }

    /// <summary>
    /// A door (docs/isolation.md): changes the tenant inside an open transaction, so that one change can leave its audit row with
    /// the tenant of the one who made it. Only platform administration calls it, after its permission was checked.
    /// </summary>
    public async Task ActAs(Guid tenant, CancellationToken cancel)
    {
        if (Database.CurrentTransaction is null)
            throw new InvalidOperationException("ActAs needs an open transaction; see For.");
        if (ChangeTracker.HasChanges())
            throw new InvalidOperationException("Changes of one tenant would be written as another: save them first.");
        Tenant = tenant;
        await Database.ExecuteSqlAsync(TenantStatement.Of(tenant), cancel);
    }

    /// <summary>Begins a change: all of it, or nothing.</summary>
    public Task<TenantTransaction> Begin(CancellationToken cancel) => TenantTransaction.Begin(this, cancel);

    /// <summary>
    /// Locks rows that the caller's own rights rest on, and then decides about the caller again, in the same round trip:
    /// whoever held the lock may have taken a right, and a change of the caller's own roles hides that from the check at
    /// COMMIT. To be called before the change writes.
    /// </summary>
    /// <param name="rows">a <c>SELECT … FOR UPDATE</c></param>
    /// <param name="cancel">stops waiting</param>
    public Task Lock(FormattableString rows, CancellationToken cancel)
    {
        if (Database.CurrentTransaction is null)
            throw new InvalidOperationException("A lock needs an open transaction; see Begin.");
        return Database.ExecuteSqlAsync(
            Caller is { } caller && Tenant is { } tenant ? caller.BeginBehind(rows, tenant) : rows,
            cancel
        );
    }

    /// <summary>After a change of <see cref="ActAs"/> was rolled back.</summary>
    internal void BackAs(Guid? tenant) => Tenant = tenant;

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        // The provider counts affected rows by a statement's place in its batch, so a write's tenant cannot travel in front
        // of it: it goes with BEGIN instead, and so every write has a transaction of its own.
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    // A disposed context goes back to the pool. It must not take its tenant along.
    public override void Dispose()
    {
        Forget();
        base.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        Forget();
        return base.DisposeAsync();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Conventions.Remove<KeyDiscoveryConvention>();
        configurationBuilder.Conventions.Add(_ => new OwnershipConvention());
    }

    // Entities stand in the rooms that they belong to, each with its mapping: this room need not know them.
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(TenantDb).Assembly);
        var shown = modelBuilder
            .HasDbFunction(typeof(TenantDb).GetMethod(nameof(ShownJson))!)
            .HasName(DatabaseFunctions.ShownJson)
            .HasStoreType("jsonb");
        shown.HasParameter("value").HasStoreType("jsonb");
    }

    /// <summary>For lists: JSON of a caller, or a mark where what is stored is larger. It is decided in the database, so that what is too large is never read.</summary>
    public static JsonElement ShownJson(JsonElement value, int most) =>
        throw new InvalidOperationException("It is a function of the database.");

    private void Forget()
    {
        Tenant = null;
        Caller = null;
        IsWithoutTenant = false;
    }
}
