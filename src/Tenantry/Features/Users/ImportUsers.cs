using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users.Importing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>
/// Imports users with the hashes of their passwords from the export of another system. It reports each invalid record
/// with its line and all its faults. One transaction imports all users or none, unless the operator allows a partial
/// import. An untrusted file grants only roles that the operator names, and verifies no addresses.
/// </summary>
public sealed class ImportUsers(IDbContextFactory<TenantDb> contexts, ServiceSettings settings, TimeProvider clock)
{
    private const int ProgressStep = 5_000;

    /// <param name="tenant">The tenant of the new users.</param>
    /// <param name="file">The export, read once as a stream.</param>
    /// <param name="options">What the file may do.</param>
    /// <param name="refuse">Receives the line of each invalid record, from 1, and what is wrong with it.</param>
    /// <param name="progress">Receives the number of records that were read, every few thousand.</param>
    /// <param name="cancel">Rolls the import back.</param>
    /// <exception cref="ImportStoppedException">
    /// The file cannot be read to its end, or the quota does not allow the users. The message states what was imported.
    /// </exception>
    public async Task<ImportResult> Run(
        ResolvedTenant tenant,
        Stream file,
        ImportOptions options,
        Action<int, string> refuse,
        Action<int> progress,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        var roles = await db.Set<Role>().ToDictionaryAsync(role => role.Name, role => role.Id, cancel);
        ImportFile opened;
        try
        {
            opened = await ImportFile.Open(
                file,
                options.Format is { } format ? ImportSource.ByName(format) : null,
                options.Map,
                cancel
            );
        }
        catch (UnreadableFileException e)
        {
            throw Stopped(e, 0);
        }
        var now = clock.GetUtcNow();
        var check = new UserCheck(opened.Source, options, tenant, roles, now);
        await using var run = new ImportRun(db, tenant, settings, options, opened.Source.Name, roles, now, refuse);
        var (read, skipped) = (0, 0);
        try
        {
            await foreach (var record in opened.Records)
            {
                if (check.Check(record, out var faults) is { } user)
                    await run.Add(user, cancel);
                else if (faults.Count > 0)
                    run.Refuse(record.Line, string.Join("; ", faults));
                else
                    skipped++;
                if (++read % ProgressStep == 0)
                    progress(read);
            }
            await run.Finish(cancel);
        }
        catch (UnreadableFileException e)
        {
            if (options is { IsPartial: true, IsDryRun: false })
                await run.Finish(cancel); // the records before it are valid
            throw Stopped(e, run.Committed);
        }
        catch (ImportStoppedException e)
        {
            throw Stopped(e, run.Committed);
        }
        return new ImportResult(
            $"{opened.Source.Name}, {opened.Container}",
            run.Refused > 0 && !options.IsPartial ? 0 : run.Taken,
            run.Already,
            run.Refused,
            skipped,
            check.Unverified,
            check.WithoutHash,
            run.Hashes
        );
    }

    private static ImportStoppedException Stopped(Exception e, int committed) =>
        new(
            (
                e is UnreadableFileException
                    ? $"The file cannot be imported: {e.Message.TrimEnd('.')}. "
                    : e.Message + " "
            ) + (committed == 0 ? "Nothing was imported." : $"{committed} users were imported before.")
        );
}
