using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files;
using Tenantry.Features.Files.Links;
using Tenantry.Features.Files.Uploads;
using Tenantry.Features.Notifications.Devices;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Features.Tenants;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Commands;

/// <summary>Creates a tenant of the isolation proof with a record of each kind.</summary>
internal static class CreateProofTenant
{
    public static async Task<ProofTenant> Run(IServiceProvider services, string name, CancellationToken cancel)
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
            await services.GetRequiredService<PasswordHashing>().Enter(tenant.Id, cancel)
            ?? throw new OperatorException("The service is too busy for the proof. Try again later.");
        var hash = turn.Hash(ProofTenant.Password);
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
        // Its target is in no other request of the proof: a refused request leaves its id in the caller's own audit
        // log.
        var auditEvent = new AuditEvent
        {
            TenantId = tenant.Id,
            OccurredAt = now,
            Action = "user.changed",
            Outcome = AuditTrail.Success,
            ActorId = target.Id,
            TargetId = Guid.CreateVersion7(),
            UserAgent = $"Browser {mark}",
        };
        db.Add(auditEvent);
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
            ["audit-events"] = auditEvent.Id,
            ["targets"] = auditEvent.TargetId.Value,
        };
        return new ProofTenant
        {
            Id = tenant.Id,
            Slug = mark,
            // All tenants share the permissions, so a permission's id is no sign of a leak.
            Ids = new Dictionary<string, Guid>(ids, StringComparer.Ordinal) { ["permissions"] = permission },
            Emails = users
                .Where(user => user.Key != own.Name)
                .ToDictionary(user => user.Key, user => user.Value.Email, StringComparer.Ordinal),
            FilterValues = new Dictionary<string, string>(StringComparer.Ordinal)
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

    /// <summary>A message that counts as sent, so that no worker sends it, and a template.</summary>
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

    /// <summary>A file without an object, and a share link to it.</summary>
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
}
