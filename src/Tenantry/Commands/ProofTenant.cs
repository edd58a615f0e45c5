using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files;
using Tenantry.Features.Files.Links;
using Tenantry.Features.Files.Uploads;
using Tenantry.Features.Notifications.Devices;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Features.Tenants;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Traffic.Metering;

namespace Tenantry.Commands;

/// <summary>A tenant that is made to be attacked, or to attack, and erased afterwards: users of every role, a role of its own, sessions.</summary>
public sealed class ProofTenant
{
    public const string Password = "a proof needs a password too";

    public required Guid Id { get; init; }
    public required string Slug { get; init; }

    /// <summary>A thing of each kind, by the name that stands before its id in a path.</summary>
    public required IReadOnlyDictionary<string, Guid> Ids { get; init; }

    /// <summary>Who signs in with which role.</summary>
    public required IReadOnlyDictionary<string, string> Emails { get; init; }

    /// <summary>What filters can be asked for, by the filter's name.</summary>
    public required IReadOnlyDictionary<string, string> Words { get; init; }

    /// <summary>Texts and ids that are in no other tenant: wherever one comes up, something has leaked.</summary>
    public required IReadOnlyList<string> Marks { get; init; }

    public static async Task<ProofTenant> Make(IServiceProvider services, string name, CancellationToken cancel)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var mark = $"{name}-{Guid.NewGuid():N}"[..24];
        var tenant = new Tenant
        {
            Name = $"Proof {mark}",
            Slug = mark,
            Registration = Registration.Closed,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var db = (
            await services.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContextAsync(cancel)
        ).For(tenant.Id);
        var roles = await NewTenant.Add(db, tenant, cancel);
        var own = new Role
        {
            TenantId = tenant.Id,
            Name = $"Role {mark}",
            ParentId = roles[SystemRoles.Viewer],
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Add(own);

        using var turn =
            await services.GetRequiredService<PasswordHashing>().Turn(tenant.Id, cancel)
            ?? throw new OperatorException("The service is too busy to make a proof.");
        var hash = turn.Hash(Password);
        var users = SystemRoles
            .OfEveryTenant.Select(role => (Role: roles[role.Name], role.Name))
            .Append((Role: own.Id, own.Name))
            .ToDictionary(
                role => role.Name,
                role =>
                {
                    var email = $"{role.Name.ToLowerInvariant().Replace(' ', '-')}@{mark}.example";
                    var user = new User
                    {
                        TenantId = tenant.Id,
                        Email = email,
                        EmailNormalized = email,
                        PasswordHash = hash,
                        FirstName = $"First {mark}",
                        LastName = $"Last {mark}",
                        CreatedAt = now,
                        UpdatedAt = now,
                    };
                    db.Add(user);
                    db.Add(
                        new UserRole
                        {
                            TenantId = tenant.Id,
                            UserId = user.Id,
                            RoleId = role.Role,
                            AssignedAt = now,
                        }
                    );
                    return user;
                },
                StringComparer.Ordinal
            );
        var target = users[own.Name];
        var session = new Session
        {
            TenantId = tenant.Id,
            UserId = target.Id,
            UserAgent = $"Browser {mark}",
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + TimeSpan.FromDays(1),
        };
        db.Add(session);
        var (message, template) = Messages(db, tenant.Id, target, mark, now);
        var suppression = new Suppression
        {
            TenantId = tenant.Id,
            Type = Channel.Email,
            Recipient = $"gone@{mark}.example",
            Reason = SuppressionReason.Manual,
            CreatedAt = now,
        };
        var device = new Device
        {
            TenantId = tenant.Id,
            UserId = target.Id,
            Token = $"token-{mark}",
            Name = $"Device {mark}",
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.AddRange(suppression, device);
        var (file, link) = Files(db, tenant.Id, target, mark, now);
        var upload = new FileUpload
        {
            TenantId = tenant.Id,
            UserId = target.Id,
            ObjectKey = StoredFile.NewKey(tenant.Id),
            Parts = 0,
            FileName = $"{mark}.bin",
            MimeType = FileType.Unknown,
            FileSize = 1,
            Sha256 = new byte[32],
            CreatedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        db.Add(upload);
        var resumable = new ResumableUpload
        {
            TenantId = tenant.Id,
            UserId = target.Id,
            FileName = $"{mark}.iso",
            FileSize = 1,
            CreatedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        db.Add(resumable);
        // Of something that no other request of the proof names: one that is refused leaves the id in the caller's own log.
        var told = new AuditEvent
        {
            TenantId = tenant.Id,
            OccurredAt = now,
            Action = "user.changed",
            Outcome = AuditTrail.Success,
            ActorId = target.Id,
            TargetId = Guid.CreateVersion7(),
            UserAgent = $"Browser {mark}",
        };
        db.Add(told);
        await db.SaveChangesAsync(cancel);

        var permission = await db.Set<Permission>()
            .Where(p => p.Name == Permissions.ReportsView)
            .Select(p => p.Id)
            .SingleAsync(cancel);
        var ids = new Dictionary<string, Guid>(StringComparer.Ordinal)
        {
            ["tenants"] = tenant.Id,
            ["users"] = target.Id,
            ["roles"] = own.Id,
            ["sessions"] = session.Id,
            ["notifications"] = message.Id,
            ["templates"] = template.Id,
            ["suppressions"] = suppression.Id,
            ["devices"] = device.Id,
            ["files"] = file.Id,
            ["links"] = link.Id,
            ["uploads"] = upload.Id,
            ["tus"] = resumable.Id,
            ["audit-events"] = told.Id,
            ["targets"] = told.TargetId.Value,
        };
        return new ProofTenant
        {
            Id = tenant.Id,
            Slug = mark,
            // A permission is everybody's: it is no secret, and stands in no list of marks.
            Ids = new Dictionary<string, Guid>(ids, StringComparer.Ordinal) { ["permissions"] = permission },
            Emails = users
                .Where(user => user.Key != own.Name)
                .ToDictionary(user => user.Key, user => user.Value.Email, StringComparer.Ordinal),
            Words = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["q"] = mark,
                ["email"] = target.Email,
                ["role"] = own.Name,
                ["name"] = own.Name,
                ["slug"] = mark,
                ["recipient"] = target.Email,
                ["template_name"] = template.Name,
            },
            Marks =
            [
                mark,
                .. ids.Values.Select(id => id.ToString()),
                .. users.Values.Select(user => user.Id.ToString()),
                .. roles.Values.Select(id => id.ToString()),
            ],
        };
    }

    /// <summary>One that has been sent, so that nobody gets it, and a template.</summary>
    private static (Notification, Template) Messages(TenantDb db, Guid tenant, User to, string mark, DateTimeOffset now)
    {
        var message = new Notification
        {
            TenantId = tenant,
            UserId = to.Id,
            Type = Channel.Email,
            Recipient = to.Email,
            Subject = $"Subject {mark}",
            Body = $"Text {mark}",
            Status = NotificationStatus.Sent,
            IsReady = false,
            DueAt = now,
            CreatedAt = now,
        };
        var nothing = JsonElement.Parse("[]");
        var template = new Template
        {
            TenantId = tenant,
            Name = $"template-{mark}",
            Type = Channel.Email,
            Locale = "en",
            Subject = $"Subject {mark}",
            Body = $"Text {mark}",
            Translations = JsonElement.Parse("{}"),
            Variables = nothing,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.AddRange(message, template, TemplateVersion.Of(template, to.Id));
        return (message, template);
    }

    /// <summary>One without bytes, and a link to it.</summary>
    private static (StoredFile, FileLink) Files(TenantDb db, Guid tenant, User by, string mark, DateTimeOffset now)
    {
        var file = new StoredFile
        {
            TenantId = tenant,
            UserId = by.Id,
            FileKey = StoredFile.NewKey(tenant),
            FileName = $"{mark}.txt",
            MimeType = "text/plain",
            FileSize = 0,
            Sha256 = new byte[32],
            CreatedAt = now,
            UpdatedAt = now,
        };
        var link = new FileLink
        {
            TenantId = tenant,
            FileId = file.Id,
            TokenHash = OpaqueToken.Create(OpaqueToken.FilePrefix, tenant).Hash,
            ExpiresAt = now.AddDays(1),
            CreatedBy = by.Id,
            CreatedAt = now,
        };
        db.AddRange(file, link);
        return (file, link);
    }

    /// <summary>All rows of the tenant, in one value: another value means that something was changed.</summary>
    public async Task<string> Fingerprint(IServiceProvider services, CancellationToken cancel)
    {
        await using var db = (
            await services.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContextAsync(cancel)
        ).For(Id);
        var prints = new List<string>();
        // But for the counts of requests: naming the tenant without a token is a request like any other.
        var counts = db.Model.FindEntityType(typeof(RequestDay))!.GetTableName()!;
        foreach (var table in TenantErasure.Tables(db.Model).Append("tenants").Where(table => table != counts))
#pragma warning disable EF1002 // the table's name is the model's
            prints.Add(
                await db
                    .Database.SqlQueryRaw<string>(
                        $"SELECT '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS \"Value\" FROM {table} t"
                    )
                    .SingleAsync(cancel)
            );
#pragma warning restore EF1002
        return string.Join('\n', prints);
    }

    /// <summary>
    /// Deletes it. With the owner's connection at hand it is erased at once, as if it had been deleted long ago. Without, it is off, and the worker erases it
    /// after the days of grace: the role that serves cannot shorten them.
    /// </summary>
    public async Task Erase(IServiceProvider services, CancellationToken cancel)
    {
        var settings = services.GetRequiredService<ServiceSettings>();
        await using (
            var db = (
                await services.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContextAsync(cancel)
            ).For(Id)
        )
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            await db.Set<Tenant>()
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(tenant => tenant.IsActive, false).SetProperty(tenant => tenant.DeletedAt, now),
                    cancel
                );
        }
        services.GetRequiredService<TenantDirectory>().Forget(Id);
        if (settings.MigrationDatabase.Host is null)
            return;
        await using (var owner = DatabaseServices.DataSource(settings.MigrationDatabase))
        {
            await owner.RowsAs(
                Id,
                new(
                    $"UPDATE tenants SET deleted_at = now() - greatest({DatabaseFunctions.TenantGrace}(), $2) - interval '1 day' WHERE id = $1 RETURNING id"
                )
                {
                    Parameters = { QueryAsTenant.Parameter(Id), QueryAsTenant.Parameter(settings.TenantGrace) },
                },
                static row => row.GetGuid(0),
                cancel
            );
        }
        while (await services.GetRequiredService<TenantErasure>().One(cancel)) { }
    }
}
