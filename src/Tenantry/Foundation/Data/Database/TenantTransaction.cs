using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// A change: what was not committed when it is disposed has not happened. Inside a transaction that is open already (that of a retry key) it is a part of it, which
/// comes and goes by itself.
/// </summary>
public sealed class TenantTransaction : IAsyncDisposable
{
    private const string Savepoint = "change";

    private readonly TenantDb db;
    private readonly IDbContextTransaction transaction;
    private readonly bool isPart;
    private readonly Guid? tenant;
    private bool isOver;

    private TenantTransaction(TenantDb db, IDbContextTransaction transaction, bool isPart)
    {
        (this.db, this.transaction, this.isPart, tenant) = (db, transaction, isPart, db.Tenant);
        // What fails ends the change as a whole: no savepoint around each save, which would be two round trips more.
        db.Database.AutoSavepointsEnabled = false;
    }

    internal static async Task<TenantTransaction> Begin(TenantDb db, CancellationToken cancel)
    {
        if (db.Database.CurrentTransaction is not { } around)
            return new TenantTransaction(db, await db.Database.BeginTransactionAsync(cancel), isPart: false);
        await around.CreateSavepointAsync(Savepoint, cancel);
        return new TenantTransaction(db, around, isPart: true);
    }

    public async Task CommitAsync(CancellationToken cancel)
    {
        if (isPart)
            await transaction.ReleaseSavepointAsync(Savepoint, cancel);
        else
            await transaction.CommitAsync(cancel);
        isOver = true;
    }

    public async Task RollbackAsync(CancellationToken cancel)
    {
        isOver = true;
        if (isPart)
            await transaction.RollbackToSavepointAsync(Savepoint, cancel);
        else
            await transaction.RollbackAsync(cancel);
        db.BackAs(tenant); // the setting in the database went back with it
    }

    public async ValueTask DisposeAsync()
    {
        if (isPart && !isOver)
            await Undo();
        db.Database.AutoSavepointsEnabled = true;
        if (!isPart)
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
            // The connection is gone, and with it the transaction around: nothing is left to undo, and no commit comes through. What ended it is told by the exception that is under way, which this one would hide.
            db.BackAs(tenant);
        }
    }
}
