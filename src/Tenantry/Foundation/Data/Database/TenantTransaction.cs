using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// A transaction as a tenant. Disposing it without a commit rolls it back. Inside an open transaction (that of an
/// idempotency key) it is a savepoint, which is released or rolled back by itself.
/// </summary>
public sealed class TenantTransaction : IAsyncDisposable
{
    private const string Savepoint = "change";

    private readonly TenantDb db;
    private readonly IDbContextTransaction transaction;
    private readonly bool isNested;
    private readonly Guid? tenant;
    private bool isEnded;

    private TenantTransaction(TenantDb db, IDbContextTransaction transaction, bool isNested)
    {
        (this.db, this.transaction, this.isNested, tenant) = (db, transaction, isNested, db.Tenant);
        // A failure ends the whole change, so a savepoint around each save is not needed: it would cost two round
        // trips.
        db.Database.AutoSavepointsEnabled = false;
    }

    internal static async Task<TenantTransaction> Begin(TenantDb db, CancellationToken cancel)
    {
        if (db.Database.CurrentTransaction is not { } outer)
            return new TenantTransaction(db, await db.Database.BeginTransactionAsync(cancel), isNested: false);
        await outer.CreateSavepointAsync(Savepoint, cancel);
        return new TenantTransaction(db, outer, isNested: true);
    }

    public async Task CommitAsync(CancellationToken cancel)
    {
        if (isNested)
            await transaction.ReleaseSavepointAsync(Savepoint, cancel);
        else
            await transaction.CommitAsync(cancel);
        isEnded = true;
    }

    public async Task RollbackAsync(CancellationToken cancel)
    {
        isEnded = true;
        if (isNested)
            await transaction.RollbackToSavepointAsync(Savepoint, cancel);
        else
            await transaction.RollbackAsync(cancel);
        db.RestoreTenant(tenant); // the rollback restored the setting in the database
    }

    public async ValueTask DisposeAsync()
    {
        if (isNested && !isEnded)
            await Undo();
        db.Database.AutoSavepointsEnabled = true;
        if (!isNested)
            await transaction.DisposeAsync();
    }

    private async Task Undo()
    {
        try
        {
            await RollbackAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is lost, and the outer transaction with it: nothing is left to undo, and a commit fails.
            // This exception would hide the one that is being thrown, which states the reason.
            db.RestoreTenant(tenant);
        }
    }
}
