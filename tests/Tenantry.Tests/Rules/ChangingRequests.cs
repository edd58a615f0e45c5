using System.Security.Cryptography;
using System.Text.Json;
using Tenantry.Features.Files;
using Tenantry.Features.Files.Links;
using Tenantry.Features.Files.Uploads;
using Tenantry.Features.Notifications.Devices;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Features.Tenants;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>A request that a caller may make.</summary>
/// <param name="Path">below <c>/api/v1/</c></param>
/// <param name="Body">null: none</param>
/// <param name="Type">of the body</param>
/// <param name="Headers">beside those that every request has</param>
internal sealed record ChangingRequest(
    string Path,
    byte[]? Body = null,
    string Type = "application/json",
    params (string Name, string Value)[] Headers
)
{
    public static ChangingRequest Json(string path, object body) =>
        new(path, JsonSerializer.SerializeToUtf8Bytes(body));
}

/// <summary>
/// A tenant of its own with a caller who may do everything in it, and the things that a request is about. All of it
/// is written to the database directly: no password is hashed for it.
/// </summary>
internal sealed class Scene
{
    private readonly Service service;
    private readonly string hash;
    private IReadOnlyDictionary<string, Guid> roles = new Dictionary<string, Guid>();

    private Scene(Service service, string hash) => (this.service, this.hash) = (service, hash);

    public Guid Tenant { get; private set; }
    public Guid User { get; private set; }
    public Guid Session { get; private set; }
    public Guid Role { get; private set; }
    public string Token { get; private set; } = "";
    public Visitor Caller => service.At(Tenant.ToString()).With(Token);

    /// <param name="service">that is asked</param>
    /// <param name="hash">of <see cref="Service.Password"/></param>
    /// <param name="isPlatform">whether the caller is an administrator of the platform, rather than the Admin of a
    /// new tenant</param>
    public static async Task<Scene> Make(Service service, string hash, bool isPlatform)
    {
        var scene = new Scene(service, hash);
        if (isPlatform)
        {
            scene.Tenant = await service.Ask<Guid>("SELECT id FROM tenants WHERE slug = 'platform'");
            scene.Role = await service.Ask<Guid>(
                $"SELECT id FROM roles WHERE tenant_id = '{scene.Tenant}' AND name = '{SystemRoles.PlatformAdministrator}'"
            );
        }
        else
        {
            (scene.Tenant, scene.roles) = await scene.NewTenant();
            scene.Role = scene.roles[SystemRoles.Admin];
            await scene.Joined(scene.Role); // so that the caller is not the last Admin
        }
        (scene.User, scene.Session) = await scene.Joined(scene.Role);
        var permissions = SystemRoles.OfEveryTenant.SelectMany(role => role.Adds).ToHashSet(StringComparer.Ordinal);
        scene.Token = service
            .Services.GetRequiredService<AccessTokens>()
            .Issue(new Caller(scene.Tenant, scene.User, scene.Session, SystemRoles.Admin, permissions));
        return scene;
    }

    public async Task<(Guid Tenant, IReadOnlyDictionary<string, Guid> Roles)> NewTenant(
        DateTimeOffset? deletedAt = null,
        bool hasDomain = false
    )
    {
        var (id, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        var tenant = new Tenant
        {
            Id = id,
            Name = "Scene",
            Slug = $"s{Guid.NewGuid():N}",
            IsActive = deletedAt is null,
            DeletedAt = deletedAt,
            CustomDomain = hasDomain ? $"d{id:N}.test" : null,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var db = (await service.Contexts.CreateDbContextAsync()).For(id);
        var made = await global::Tenantry.Features.Tenants.NewTenant.Add(db, tenant, CancellationToken.None);
        await db.SaveChangesAsync();
        return (id, made);
    }

    public async Task<(Guid User, Guid Session)> Joined(Guid? role = null, bool isInvited = false)
    {
        var (now, email) = (DateTimeOffset.UtcNow, $"{Guid.NewGuid():N}@scene.example");
        var user = new User
        {
            TenantId = Tenant,
            Email = email,
            EmailNormalized = email,
            PasswordHash = isInvited ? null : hash,
            FirstName = "Ada",
            EmailVerified = true,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var session = new Session
        {
            TenantId = Tenant,
            UserId = user.Id,
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        await Add(
            user,
            session,
            new UserRole
            {
                TenantId = Tenant,
                UserId = user.Id,
                RoleId = role ?? roles[SystemRoles.User],
                AssignedAt = now,
            }
        );
        return (user.Id, session.Id);
    }

    public async Task<Guid> OwnSession()
    {
        var now = DateTimeOffset.UtcNow;
        var session = new Session
        {
            TenantId = Tenant,
            UserId = User,
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        await Add(session);
        return session.Id;
    }

    /// <summary>One that holds <c>users:read</c>.</summary>
    public async Task<(Guid Role, Guid Permission)> OwnRole()
    {
        var now = DateTimeOffset.UtcNow;
        var role = new Role
        {
            TenantId = Tenant,
            Name = $"Role {Guid.NewGuid():N}",
            CreatedAt = now,
            UpdatedAt = now,
        };
        var permission = await service.Ask<Guid>("SELECT id FROM permissions WHERE name = 'users:read'");
        await Add(
            role,
            new RolePermission
            {
                TenantId = Tenant,
                RoleId = role.Id,
                PermissionId = permission,
            }
        );
        return (role.Id, permission);
    }

    public Guid SystemRole(string name) => roles[name];

    public async Task<Guid> Message(NotificationStatus status)
    {
        var now = DateTimeOffset.UtcNow;
        var message = new Notification
        {
            TenantId = Tenant,
            SentBy = Guid.CreateVersion7(), // nobody cancels what the service sends by itself
            Type = Channel.Email,
            Recipient = "to@scene.example",
            Subject = "Subject",
            Body = "Text",
            Status = status,
            IsReady = false,
            DueAt = now.AddDays(1),
            SendAt = now.AddDays(1),
            CreatedAt = now,
        };
        await Add(message);
        return message.Id;
    }

    public async Task<Guid> Template()
    {
        var now = DateTimeOffset.UtcNow;
        var template = new Template
        {
            TenantId = Tenant,
            Name = $"t{Guid.NewGuid():N}",
            Type = Channel.Email,
            Locale = "en",
            Subject = "Subject",
            Body = "Text",
            Translations = JsonElement.Parse("{}"),
            Variables = JsonElement.Parse("[]"),
            CreatedAt = now,
            UpdatedAt = now,
        };
        await Add(template, TemplateVersion.Of(template, User));
        return template.Id;
    }

    public async Task<Guid> Suppression()
    {
        var row = new Suppression
        {
            TenantId = Tenant,
            Type = Channel.Email,
            Recipient = "gone@scene.example",
            Reason = SuppressionReason.Manual,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        await Add(row);
        return row.Id;
    }

    public async Task<Guid> Device()
    {
        var row = new Device
        {
            TenantId = Tenant,
            UserId = User,
            Token = $"token-{Guid.NewGuid():N}",
            CreatedAt = DateTimeOffset.UtcNow,
            UpdatedAt = DateTimeOffset.UtcNow,
        };
        await Add(row);
        return row.Id;
    }

    public async Task<Guid> File()
    {
        var now = DateTimeOffset.UtcNow;
        var row = new StoredFile
        {
            TenantId = Tenant,
            UserId = User,
            FileKey = StoredFile.NewKey(Tenant),
            FileName = "a.txt",
            MimeType = "text/plain",
            FileSize = 0,
            Sha256 = new byte[32],
            Scan = Scan.Clean,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await Add(row);
        return row.Id;
    }

    public async Task<Guid> Link()
    {
        var row = new FileLink
        {
            TenantId = Tenant,
            FileId = await File(),
            TokenHash = OpaqueToken.Create(OpaqueToken.FilePrefix, Tenant).Hash,
            ExpiresAt = DateTimeOffset.UtcNow.AddDays(1),
            CreatedBy = User,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        await Add(row);
        return row.Id;
    }

    /// <summary>Announced, and all its bytes have arrived.</summary>
    public async Task<Guid> Announced()
    {
        var (bytes, now, key) = ("Hello"u8.ToArray(), DateTimeOffset.UtcNow, StoredFile.NewKey(Tenant));
        using var content = new MemoryStream(bytes);
        await service
            .Services.GetRequiredService<IObjectStore>()
            .Put(key, content, FileType.Unknown, CancellationToken.None);
        var row = new FileUpload
        {
            TenantId = Tenant,
            UserId = User,
            ObjectKey = key,
            Parts = 0,
            FileName = "a.bin",
            MimeType = FileType.Unknown,
            FileSize = bytes.Length,
            Sha256 = SHA256.HashData(bytes),
            CreatedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        await Add(row);
        return row.Id;
    }

    public async Task<Guid> Resumable()
    {
        var now = DateTimeOffset.UtcNow;
        var row = new ResumableUpload
        {
            TenantId = Tenant,
            UserId = User,
            FileName = "a.bin",
            FileSize = 10,
            CreatedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        await Add(row);
        return row.Id;
    }

    /// <summary>A statement about the caller.</summary>
    public string In(string sql) =>
        sql.Replace("{user}", $"{User}", StringComparison.Ordinal)
            .Replace("{session}", $"{Session}", StringComparison.Ordinal)
            .Replace("{role}", $"{Role}", StringComparison.Ordinal)
            .Replace("{tenant}", $"{Tenant}", StringComparison.Ordinal);

    public Task SendsSms() => Add(new NotificationSettings { TenantId = Tenant, DefaultRegion = "CH" });

    private async Task Add(params object[] rows)
    {
        await using var db = (await service.Contexts.CreateDbContextAsync()).For(Tenant);
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }
}

/// <summary>For each operation by which a signed-in caller changes something: a request that succeeds.</summary>
internal static class ChangingRequests
{
    private static readonly byte[] Bytes = "0123456789"u8.ToArray();
    private static readonly (string, string) Tus = ("Tus-Resumable", "1.0.0");
    private static readonly object EmptySettings = new
    {
        locale = "en",
        redact_bodies = true,
        default_region = "CH",
        sms_countries = Array.Empty<string>(),
        sms_per_number_per_day = 1,
        sms_per_country_per_day = 1,
        sms_per_day = 1,
    };

    public static readonly IReadOnlyDictionary<string, Func<Scene, Task<ChangingRequest>>> All = new Dictionary<
        string,
        Func<Scene, Task<ChangingRequest>>
    >(StringComparer.Ordinal)
    {
        ["POST notifications/email"] = Now(_ =>
            ChangingRequest.Json(
                "notifications/email",
                new
                {
                    recipient = "to@scene.example",
                    subject = "Hello",
                    body = "Hello",
                    send_at = DateTimeOffset.UtcNow.AddDays(1),
                }
            )
        ),
        ["POST notifications/sms"] = async scene =>
        {
            await scene.SendsSms();
            return ChangingRequest.Json(
                "notifications/sms",
                new
                {
                    recipient = "+41791234567",
                    body = "Hello",
                    send_at = DateTimeOffset.UtcNow.AddDays(1),
                }
            );
        },
        ["POST notifications/push"] = async scene =>
            ChangingRequest.Json(
                "notifications/push",
                new
                {
                    recipient = await scene.Device(),
                    body = "Hello",
                    send_at = DateTimeOffset.UtcNow.AddDays(1),
                }
            ),
        ["POST notifications/{id}/retry"] = async scene =>
            new($"notifications/{await scene.Message(NotificationStatus.Failed)}/retry"),
        ["POST notifications/{id}/cancel"] = async scene =>
            new($"notifications/{await scene.Message(NotificationStatus.Queued)}/cancel"),
        ["PUT notifications/settings"] = Now(_ => ChangingRequest.Json("notifications/settings", EmptySettings)),
        ["POST notifications/templates"] = Now(_ =>
            ChangingRequest.Json(
                "notifications/templates",
                new
                {
                    name = $"t{Guid.NewGuid():N}",
                    type = "email",
                    locale = "en",
                    subject = "Hello",
                    body = "Hello",
                }
            )
        ),
        ["PUT notifications/templates/{id}"] = async scene =>
            ChangingRequest.Json(
                $"notifications/templates/{await scene.Template()}",
                new
                {
                    locale = "en",
                    subject = "Changed",
                    body = "Changed",
                }
            ),
        ["DELETE notifications/templates/{id}"] = async scene =>
            new($"notifications/templates/{await scene.Template()}"),
        ["POST notifications/templates/{id}/versions/{revision}/restore"] = async scene =>
            new($"notifications/templates/{await scene.Template()}/versions/1/restore"),
        ["POST notifications/suppressions"] = Now(_ =>
            ChangingRequest.Json(
                "notifications/suppressions",
                new { channel = "email", recipient = "gone@scene.example" }
            )
        ),
        ["DELETE notifications/suppressions/{id}"] = async scene =>
            new($"notifications/suppressions/{await scene.Suppression()}"),
        ["POST notifications/devices"] = Now(_ =>
            ChangingRequest.Json("notifications/devices", new { token = $"token-{Guid.NewGuid():N}" })
        ),
        ["DELETE notifications/devices/{id}"] = async scene => new($"notifications/devices/{await scene.Device()}"),
        ["POST auth/email-change"] = Now(_ =>
            ChangingRequest.Json(
                "auth/email-change",
                new { email = $"{Guid.NewGuid():N}@scene.example", password = Service.Password }
            )
        ),
        ["POST auth/password-change"] = Now(_ =>
            ChangingRequest.Json(
                "auth/password-change",
                new { current_password = Service.Password, new_password = "a longer horse and two batteries" }
            )
        ),
        ["DELETE auth/sessions"] = async scene =>
        {
            await scene.OwnSession();
            return new("auth/sessions");
        },
        ["DELETE auth/sessions/{id}"] = async scene => new($"auth/sessions/{await scene.OwnSession()}"),
        ["PATCH auth/me"] = Now(_ => ChangingRequest.Json("auth/me", new { first_name = "Changed" })),
        ["DELETE auth/me"] = Now(_ => ChangingRequest.Json("auth/me", new { password = Service.Password })),
        ["POST files/upload"] = Now(_ => new("files/upload", Bytes, "text/plain")),
        ["POST files/uploads"] = Now(_ =>
            ChangingRequest.Json(
                "files/uploads",
                new
                {
                    file_name = "a.txt",
                    file_size = 5,
                    sha256 = new string('a', 64),
                }
            )
        ),
        ["POST files/uploads/{id}/complete"] = async scene => new($"files/uploads/{await scene.Announced()}/complete"),
        ["DELETE files/uploads/{id}"] = async scene => new($"files/uploads/{await scene.Announced()}"),
        ["PUT files/settings"] = Now(_ =>
            ChangingRequest.Json("files/settings", new { refused_types = new[] { "video/*" } })
        ),
        ["PATCH files/{id}"] = async scene =>
            ChangingRequest.Json($"files/{await scene.File()}", new { file_name = "b.txt" }),
        ["POST files/{id}/scan"] = async scene => new($"files/{await scene.File()}/scan"),
        ["DELETE files/{id}"] = async scene => new($"files/{await scene.File()}"),
        ["POST files/{id}/links"] = async scene =>
            ChangingRequest.Json($"files/{await scene.File()}/links", new { expires_in = 3600 }),
        ["DELETE files/links/{id}"] = async scene => new($"files/links/{await scene.Link()}"),
        ["POST files/tus"] = Now(_ => new("files/tus", null, "", Tus, ("Upload-Length", "10"))),
        ["PATCH files/tus/{id}"] = async scene =>
            new(
                $"files/tus/{await scene.Resumable()}",
                Bytes,
                "application/offset+octet-stream",
                Tus,
                ("Upload-Offset", "0")
            ),
        ["DELETE files/tus/{id}"] = async scene => new($"files/tus/{await scene.Resumable()}", null, "", Tus),
        ["POST roles"] = Now(_ =>
            ChangingRequest.Json(
                "roles",
                new { name = $"Role {Guid.NewGuid():N}", permissions = new[] { "users:read" } }
            )
        ),
        ["PUT roles/{id}"] = async scene =>
            ChangingRequest.Json(
                $"roles/{(await scene.OwnRole()).Role}",
                new { name = $"Role {Guid.NewGuid():N}", permissions = new[] { "roles:read" } }
            ),
        ["DELETE roles/{id}"] = async scene => new($"roles/{(await scene.OwnRole()).Role}"),
        ["POST roles/{id}/permissions"] = async scene =>
            ChangingRequest.Json(
                $"roles/{(await scene.OwnRole()).Role}/permissions",
                new { permission = "roles:read" }
            ),
        ["DELETE roles/{id}/permissions/{permissionId}"] = async scene =>
            await scene.OwnRole() is var (role, permission) ? new($"roles/{role}/permissions/{permission}") : null!,
        ["POST users"] = Now(_ =>
            ChangingRequest.Json("users", new { email = $"{Guid.NewGuid():N}@scene.example", role = "Admin" })
        ),
        ["POST users/invitations"] = async scene =>
            ChangingRequest.Json(
                "users/invitations",
                new { user_ids = new[] { (await scene.Joined(isInvited: true)).User } }
            ),
        ["PUT users/{id}"] = async scene =>
            ChangingRequest.Json($"users/{(await scene.Joined()).User}", new { first_name = "Changed" }),
        ["DELETE users/{id}"] = async scene => new($"users/{(await scene.Joined()).User}"),
        ["POST users/{id}/deactivate"] = async scene => new($"users/{(await scene.Joined()).User}/deactivate"),
        ["POST users/{id}/activate"] = async scene => new($"users/{(await scene.Joined()).User}/activate"),
        ["POST users/{id}/roles"] = async scene =>
            ChangingRequest.Json(
                $"users/{(await scene.Joined()).User}/roles",
                new { role_id = scene.SystemRole(SystemRoles.Viewer) }
            ),
        ["DELETE users/{id}/roles/{roleId}"] = async scene =>
            new($"users/{(await scene.Joined()).User}/roles/{scene.SystemRole(SystemRoles.User)}"),
        ["DELETE users/{id}/sessions"] = async scene => new($"users/{(await scene.Joined()).User}/sessions"),
        ["POST users/{id}/invitation"] = async scene =>
            new($"users/{(await scene.Joined(isInvited: true)).User}/invitation"),
        ["DELETE users/{id}/invitation"] = async scene =>
            new($"users/{(await scene.Joined(isInvited: true)).User}/invitation"),
        ["POST tenants"] = Now(_ =>
            ChangingRequest.Json(
                "tenants",
                new
                {
                    name = "New",
                    slug = $"n{Guid.NewGuid():N}",
                    admin = new { email = "admin@scene.example", first_name = "Grace" },
                }
            )
        ),
        ["PUT tenants/{id}"] = Now(scene => ChangingRequest.Json($"tenants/{scene.Tenant}", new { name = "Changed" })),
        ["DELETE tenants/{id}"] = async scene => new($"tenants/{(await scene.NewTenant()).Tenant}"),
        ["POST tenants/{id}/restore"] = async scene =>
            new($"tenants/{(await scene.NewTenant(DateTimeOffset.UtcNow.AddMinutes(-1))).Tenant}/restore"),
        ["POST tenants/{id}/verify-domain"] = async scene =>
            new($"tenants/{(await scene.NewTenant(hasDomain: true)).Tenant}/verify-domain"),
    };

    private static Func<Scene, Task<ChangingRequest>> Now(Func<Scene, ChangingRequest> make) =>
        scene => Task.FromResult(make(scene));
}

/// <summary>A zone in which the domain of a <see cref="Scene"/> is proven: its name says whose it is.</summary>
internal sealed class ProvenDomains(ServiceSettings settings) : ITxtRecords
{
    public Task<IReadOnlyList<string>> Of(string name, CancellationToken cancel)
    {
        var domain = name["_tenantry.".Length..];
        return Task.FromResult<IReadOnlyList<string>>([
            DomainProof.Of(settings, Guid.Parse(domain[1..33]), domain).Value,
        ]);
    }
}
