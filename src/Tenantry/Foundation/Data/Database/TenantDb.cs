using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// The database as one tenant sees it. The tenant is set when the context is handed out, and each statement sets it in
/// the database. Without a tenant a statement sees no rows and cannot write.
/// </summary>
public sealed class TenantDb(DbContextOptions<TenantDb> options) : DbContext(options)
{
    /// <summary>The tenant whose rows are visible. Null: no rows are.</summary>
    public Guid? Tenant { get; private set; }

    /// <summary>
    /// The signed-in caller whose changes are checked. Null: the work of the process itself, or an anonymous request.
    /// </summary>
    internal ActingCaller? Caller { get; private set; }

    /// <summary>Whether only tables of the platform are used, on purpose.</summary>
    internal bool IsWithoutTenant { get; private set; }

    /// <summary>
    /// Whether a statement failed so that its connection must be cleaned; see <see cref="FailedStatements"/>.
    /// </summary>
    internal bool HasFailed { get; set; }

    /// <summary>Reads and writes the rows of <paramref name="tenant"/> from now on.</summary>
    public TenantDb For(Guid tenant)
    {
        if (Database.CurrentTransaction is not null)
            throw new InvalidOperationException("The tenant is fixed for the length of a transaction; see ActAs.");
        Tenant = tenant;
        IsWithoutTenant = false;
        return this;
    }

    /// <summary>Checks <paramref name="caller"/> at every change from now on. Other statements cannot write.</summary>
    public TenantDb WithCaller(ActingCaller? caller)
    {
        Caller = caller;
        return this;
    }

    /// <summary>Uses tables of the platform alone: rows of tenants are not visible.</summary>
    public TenantDb WithoutTenant()
    {
        if (Database.CurrentTransaction is not null)
            throw new InvalidOperationException("The tenant is fixed for the length of a transaction.");
        Tenant = null;
        IsWithoutTenant = true;
        return this;
    }

    /// <summary>
    /// A context over another server. It does not come from the pool: a pooled context would keep its connection for
    /// the next user.
    /// </summary>
    public static TenantDb Over(NpgsqlDataSource server, DbContextOptions<TenantDb> options) =>
        new TenantDb(options).ConnectTo(server);

    /// <summary>Connects a context that <see cref="Over"/> created to another server from now on.</summary>
    internal TenantDb ConnectTo(NpgsqlDataSource server)
    {
        Database.SetDbConnection(server.CreateConnection(), contextOwnsConnection: true);
        return this;
    }

    /// <summary>
    /// Changes the tenant inside an open transaction (docs/isolation.md), so that a change can write its audit event in
    /// the caller's own tenant. Only platform administration calls it, after its permission was checked.
    /// </summary>
    public async Task ActAs(Guid tenant, CancellationToken cancel)
    {
        if (Database.CurrentTransaction is null)
            throw new InvalidOperationException("ActAs needs an open transaction; see For.");
        if (ChangeTracker.HasChanges())
            throw new InvalidOperationException(
                "Changes of one tenant would be written as another tenant. Save them first."
            );
        Tenant = tenant;
        await Database.ExecuteSqlAsync(TenantStatement.Of(tenant), cancel);
    }

    /// <summary>Begins a transaction.</summary>
    public Task<TenantTransaction> Begin(CancellationToken cancel) => TenantTransaction.Begin(this, cancel);

    /// <summary>
    /// Locks rows that decide about the caller's own rights, and then checks the caller again, in the same round trip.
    /// The transaction that had the lock may have revoked a right, and a change of the caller's own roles hides that
    /// from the check at COMMIT. Call it before the change writes.
    /// </summary>
    /// <param name="rows">A <c>SELECT … FOR UPDATE</c>.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task Lock(FormattableString rows, CancellationToken cancel)
    {
        if (Database.CurrentTransaction is null)
            throw new InvalidOperationException("A lock needs an open transaction; see Begin.");
        return Database.ExecuteSqlAsync(
            Caller is { } caller && Tenant is { } tenant ? caller.BeginAfter(rows, tenant) : rows,
            cancel
        );
    }

    /// <summary>Sets the tenant to the one before <see cref="ActAs"/>, after a rollback.</summary>
    internal void RestoreTenant(Guid? tenant) => Tenant = tenant;

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
        // The provider counts affected rows by the position of a statement in its batch, so the statement that sets the
        // tenant cannot come before a write. It follows BEGIN instead, and so every write has a transaction of its own.
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    // A disposed context returns to the pool. It must not keep its tenant.
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

    // Each entity is in the folder of its feature, with its mapping: this class does not refer to them.
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(TenantDb).Assembly);
        var shown = modelBuilder
            .HasDbFunction(typeof(TenantDb).GetMethod(nameof(ShownJson))!)
            .HasName(DatabaseFunctions.ShownJson)
            .HasStoreType("jsonb");
        shown.HasParameter("value").HasStoreType("jsonb");
        modelBuilder
            .HasDbFunction(typeof(TenantDb).GetMethod(nameof(SearchKey))!)
            .HasName(DatabaseFunctions.SearchKey)
            .HasStoreType("text");
    }

    /// <summary>
    /// In a query: returns stored JSON, or a marker where it is larger than <paramref name="most"/> bytes. The database
    /// decides, so that a value that is too large is never read.
    /// </summary>
    public static JsonElement ShownJson(JsonElement value, int most) =>
        throw new InvalidOperationException("This function can only be used in a query.");

    /// <summary>In a query: returns the form of a text in which it is searched.</summary>
    public static string SearchKey(string value) =>
        throw new InvalidOperationException("This function can only be used in a query.");

    private void Forget()
    {
        Tenant = null;
        Caller = null;
        IsWithoutTenant = false;
    }
}
