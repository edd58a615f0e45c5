using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Tenancy;

/// <summary>The tenant reaches PostgreSQL with each statement, and nothing stays behind on the connection.</summary>
public sealed class TenantContextTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_tenant_there_are_no_rows()
    {
        await service.At().NewUser();
        await using var db = service.Contexts.CreateDbContext().WithoutTenant();

        (await db.Set<User>().CountAsync(Cancel)).ShouldBe(0);
        (await db.Set<Role>().CountAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_tenant_nothing_can_be_written()
    {
        var (_, id, _) = await service.NewTenant();
        await using var db = service.Contexts.CreateDbContext().WithoutTenant();
        db.Add(NewUser(id));

        var refusal = await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync(Cancel));

        ((PostgresException)refusal.InnerException!).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task In_Development_a_forgotten_tenant_is_explained()
    {
        await using var db = service.Contexts.CreateDbContext();

        var explained = await Should.ThrowAsync<InvalidOperationException>(() => db.Set<User>().ToListAsync(Cancel));

        explained.Message.ShouldContain("A statement has no tenant");
    }

    [Fact]
    public async Task In_Production_a_forgotten_tenant_sees_no_rows()
    {
        await using var production = await cluster.Start(
            service.Database,
            variables => variables["APP_ENV"] = "Production"
        );
        await using var db = production.Contexts.CreateDbContext();

        (await db.Set<User>().CountAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_of_another_tenant_cannot_be_added()
    {
        var (own, other) = (await service.NewTenant(), await service.NewTenant());
        await using var db = service.Contexts.CreateDbContext().For(own.Id);
        db.Add(NewUser(other.Id));

        var refusal = await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync(Cancel));

        ((PostgresException)refusal.InnerException!).MessageText.ShouldContain("row-level security");
    }

    [Fact]
    public async Task A_row_cannot_point_into_another_tenant()
    {
        var (own, other) = (await service.NewTenant(), await service.NewTenant());
        var foreignRole = await service.Ask<Guid>($"SELECT id FROM roles WHERE tenant_id = '{other.Id}' LIMIT 1");
        await using var db = service.Contexts.CreateDbContext().For(own.Id);
        var user = NewUser(own.Id);
        db.AddRange(
            user,
            new UserRole
            {
                TenantId = own.Id,
                UserId = user.Id,
                RoleId = foreignRole,
                AssignedAt = DateTimeOffset.UtcNow,
            }
        );

        var refusal = await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync(Cancel));

        ((PostgresException)refusal.InnerException!).SqlState.ShouldBe(PostgresErrorCodes.ForeignKeyViolation);
    }

    [Fact]
    public async Task A_thousand_turns_of_tenants_on_one_connection_never_mix()
    {
        var (a, b) = (await service.NewTenant(), await service.NewTenant());
        await using var dataSource = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(service.Settings.Database.ConnectionString)
            {
                MaxPoolSize = 1,
                NoResetOnClose = true,
            }
        );
        var options = new DbContextOptionsBuilder<TenantDb>();
        DatabaseServices.Configure(options, dataSource, explainMissingTenant: true);
        var contexts = new Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<TenantDb>(
            options.Options,
            poolSize: 4
        );

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1000),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (turn, cancel) =>
            {
                switch (turn % 4)
                {
                    case 0:
                        await SeesOnly(a.Id);
                        break;
                    case 1:
                        await SeesOnly(b.Id);
                        break;
                    case 2:
                        await SeesOnlyInTransaction(turn % 8 == 2 ? a.Id : b.Id);
                        break;
                    default:
                        await SeesNothing();
                        break;
                }

                async Task SeesOnly(Guid tenant)
                {
                    await using var db = contexts.CreateDbContext().For(tenant);
                    (await db.Set<User>().Select(user => user.TenantId).Distinct().ToListAsync(cancel)).ShouldBe([
                        tenant,
                    ]);
                }

                async Task SeesOnlyInTransaction(Guid tenant)
                {
                    await using var db = contexts.CreateDbContext().For(tenant);
                    await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                    (await db.Set<User>().Select(user => user.TenantId).Distinct().ToListAsync(cancel)).ShouldBe([
                        tenant,
                    ]);
                    if (turn % 3 == 0)
                        await transaction.CommitAsync(cancel);
                    else
                        await transaction.RollbackAsync(cancel);
                }

                async Task SeesNothing()
                {
                    await using var db = contexts.CreateDbContext().WithoutTenant();
                    (await db.Set<User>().CountAsync(cancel)).ShouldBe(0);
                }
            }
        );
    }

    [Fact]
    public async Task The_setting_is_gone_when_the_statement_is_over()
    {
        var (_, id, _) = await service.NewTenant();
        await using var connection = await service.DataSource.OpenConnectionAsync(Cancel);
        await using (var batch = connection.CreateBatch())
        {
            batch.BatchCommands.Add(TenantStatement.For(id));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT count(*) FROM users"));
            await using var reader = await batch.ExecuteReaderAsync(Cancel);
            await reader.NextResultAsync(Cancel);
            await reader.ReadAsync(Cancel);
            reader.GetInt64(0).ShouldBe(1);
        }

        await using var after = new NpgsqlCommand("SELECT current_setting('app.current_tenant_id', true)", connection);
        (await after.ExecuteScalarAsync(Cancel)).ShouldBe("");
    }

    [Fact]
    public async Task A_rollback_to_a_savepoint_keeps_the_tenant()
    {
        var (_, id, _) = await service.NewTenant();
        await using var db = service.Contexts.CreateDbContext().For(id);
        await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
        await transaction.CreateSavepointAsync("here", Cancel);
        await db.Set<User>().CountAsync(Cancel);
        await transaction.RollbackToSavepointAsync("here", Cancel);

        (await db.Set<User>().CountAsync(Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Updates_and_deletes_without_loading_count_their_own_rows()
    {
        var (_, id, _) = await service.NewTenant();
        await using var db = service.Contexts.CreateDbContext().For(id);

        var changed = await db.Set<User>()
            .ExecuteUpdateAsync(user => user.SetProperty(u => u.LastName, "Hopper"), Cancel);

        changed.ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_update_is_noticed()
    {
        var (_, id, _) = await service.NewTenant();
        await using var first = service.Contexts.CreateDbContext().For(id);
        await using var second = service.Contexts.CreateDbContext().For(id);
        (await first.Set<User>().SingleAsync(Cancel)).LastName = "One";
        (await second.Set<User>().SingleAsync(Cancel)).LastName = "Two";
        await first.SaveChangesAsync(Cancel);

        await Should.ThrowAsync<DbUpdateConcurrencyException>(() => second.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task A_row_that_is_gone_cannot_be_deleted_once_more()
    {
        var (_, id, _) = await service.NewTenant();
        await using var first = service.Contexts.CreateDbContext().For(id);
        await using var second = service.Contexts.CreateDbContext().For(id);
        first.Remove(await first.Set<Session>().SingleAsync(Cancel));
        second.Remove(await second.Set<Session>().SingleAsync(Cancel));
        await first.SaveChangesAsync(Cancel);

        // Here the provider counts rows by the statement's place in its batch: a statement in front would hide the
        // loss.
        await Should.ThrowAsync<DbUpdateConcurrencyException>(() => second.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task A_context_that_went_back_to_the_pool_forgot_its_tenant()
    {
        var (_, id, _) = await service.NewTenant();
        for (var i = 0; i < 50; i++)
        {
            await using (var db = service.Contexts.CreateDbContext().For(id))
                await db.Set<User>().CountAsync(Cancel);
            await using var next = service.Contexts.CreateDbContext();
            next.Tenant.ShouldBeNull();
        }
    }

    private static User NewUser(Guid tenant) =>
        new()
        {
            TenantId = tenant,
            Email = "x@example.com",
            EmailNormalized = $"{Guid.NewGuid():N}@example.com",
            CreatedAt = DateTimeOffset.UtcNow,
            UpdatedAt = DateTimeOffset.UtcNow,
        };
}
