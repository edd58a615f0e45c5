using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Users;

/// <summary>
/// Imports users with the hashes of their passwords from a file of JSON Lines, one user for each line. It reports each
/// invalid line with its number. One transaction imports all users or none, unless the operator allows a partial
/// import. An untrusted file grants only roles that the operator names, and verifies no addresses.
/// </summary>
public sealed class ImportUsers(IDbContextFactory<TenantDb> contexts, ServiceSettings settings, TimeProvider clock)
{
    /// <summary>A line of the file.</summary>
    /// <param name="Email">The user's e-mail address. It is unique in the tenant, whatever its case.</param>
    /// <param name="PasswordHash">
    /// The hash of the user's password in a form of docs/authentication.md. A user without a hash requests a password reset.
    /// </param>
    /// <param name="FirstName">The user's first name.</param>
    /// <param name="LastName">The user's last name.</param>
    /// <param name="Phone">The user's telephone number in E.164 format.</param>
    /// <param name="EmailVerified">Whether the former system has verified the address.</param>
    /// <param name="IsActive">Whether the user is active. The default is true.</param>
    /// <param name="Role">The name of the user's role. The default is <c>User</c>.</param>
    /// <param name="CreatedAt">The time when the user was created in the former system.</param>
    public sealed record Line(
        [property: RequiredMember, Email] string? Email,
        string? PasswordHash,
        [property: ShortText(100)] string? FirstName,
        [property: ShortText(100)] string? LastName,
        [property: PhoneNumber] string? Phone,
        bool? EmailVerified,
        bool? IsActive,
        string? Role,
        DateTimeOffset? CreatedAt
    );

    /// <param name="Taken">The number of imported users.</param>
    /// <param name="Refused">The number of refused lines.</param>
    /// <param name="Unverified">
    /// The number of users whose address is verified according to the file, and who must verify it again.
    /// </param>
    /// <param name="Hashes">The imported hashes by scheme.</param>
    public sealed record Result(int Taken, int Refused, int Unverified, HashTally Hashes);

    /// <param name="IsPartial">Whether to import the valid lines although others are invalid.</param>
    /// <param name="IsTrusted">
    /// Whether the operator trusts the file: it may grant any role of the tenant, and contain verified addresses and
    /// costly hashes.
    /// </param>
    /// <param name="Roles">The roles that the file may grant, besides <c>User</c> and <c>Viewer</c>.</param>
    /// <param name="Hashes">What the hashes of passwords may be.</param>
    public sealed record Options(
        bool IsPartial,
        bool IsTrusted,
        IReadOnlyCollection<string> Roles,
        ImportedHash.Options Hashes
    )
    {
        public bool MayGive(string role) =>
            IsTrusted || role is SystemRoles.User or SystemRoles.Viewer || Roles.Contains(role, StringComparer.Ordinal);
    }

    private const int MaxLineBytes = 64 * 1024;

    private const int Batch = 500;

    /// <param name="tenant">The tenant of the new users.</param>
    /// <param name="file">JSON Lines in UTF-8.</param>
    /// <param name="terms">What the file may do.</param>
    /// <param name="refuse">Receives the number of each invalid line, from 1, and what is wrong with it.</param>
    /// <param name="json">The options by which the API reads bodies.</param>
    /// <param name="cancel">Rolls the import back.</param>
    /// <exception cref="LineTooLongException">A line is over 64 KiB. Nothing was imported.</exception>
    /// <exception cref="ImportOvertakenException">
    /// A concurrent request took an address. Nothing was imported.
    /// </exception>
    /// <exception cref="ImportOverQuotaException">The quota does not allow the users. Nothing was imported.</exception>
    public async Task<Result> Run(
        ResolvedTenant tenant,
        Stream file,
        Options terms,
        Action<int, string> refuse,
        JsonSerializerOptions json,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        await using var transaction = await db.Begin(cancel);
        var roles = await db.Set<Role>().ToDictionaryAsync(role => role.Name, role => role.Id, cancel);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var batch = new List<(int Number, Line Line, ImportedHash? Hash)>();
        var hashes = new HashTally();
        var (number, imported, refused, unverified) = (0, 0, 0, 0);

        await foreach (var text in BoundedLines.Of(file, MaxLineBytes, cancel))
        {
            number++;
            if (text.Span.IndexOfAnyExcept(" \t"u8) < 0)
                continue;
            if (Read(text.Span, roles, terms, json, out var line, out var hash) is { } fault)
                Refuse(number, fault);
            else if (!seen.TryAdd(User.Normalize(line!.Email!), number))
                Refuse(number, $"email is the same as in line {seen[User.Normalize(line.Email!)]}");
            else
                batch.Add((number, line, hash));
            if (batch.Count == Batch)
                await Save();
        }
        await Save();

        if (refused > 0 && !terms.IsPartial)
            return new Result(0, refused, 0, new HashTally()); // nothing is committed
        db.Add(
            new AuditEvent
            {
                TenantId = tenant.Id,
                OccurredAt = clock.GetUtcNow(),
                Action = "users.imported",
                Outcome = AuditTrail.Success,
                TargetId = tenant.Id,
            }
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new Result(imported, refused, unverified, hashes);

        void Refuse(int line, string fault)
        {
            refused++;
            refuse(line, fault);
        }

        async Task Save()
        {
            var addresses = batch.Select(entry => User.Normalize(entry.Line.Email!)).ToList();
            var present = (
                await db.Set<User>()
                    .Where(user => addresses.Contains(user.EmailNormalized))
                    .Select(user => user.EmailNormalized)
                    .ToListAsync(cancel)
            ).ToHashSet(StringComparer.Ordinal);
            var before = imported;
            foreach (var (lineNumber, line, hash) in batch)
            {
                if (present.Contains(User.Normalize(line.Email!)))
                {
                    Refuse(lineNumber, "email belongs to a user of the tenant");
                    continue;
                }
                imported++;
                if (hash is not null)
                    hashes.Add(hash);
                var isUnverified = line.EmailVerified == true && !terms.IsTrusted;
                unverified += isUnverified ? 1 : 0;
                Add(
                    db,
                    tenant.Id,
                    isUnverified ? line with { EmailVerified = false } : line,
                    hash?.ToStored(settings.PasswordCost),
                    roles[line.Role ?? SystemRoles.User]
                );
            }
            if (await UserQuota.Reserve(db, settings, tenant, imported - before, cancel) is { } overQuota)
                throw new ImportOverQuotaException(overQuota.Detail!);
            try
            {
                await db.SaveChangesAsync(cancel);
            }
            catch (DbUpdateException e)
                when (e.InnerException is PostgresException { ConstraintName: User.UniqueEmail })
            {
                throw new ImportOvertakenException();
            }
            db.ChangeTracker.Clear();
            batch.Clear();
        }
    }

    private void Add(TenantDb db, Guid tenant, Line line, string? hash, Guid role)
    {
        var now = clock.GetUtcNow();
        var user = new User
        {
            TenantId = tenant,
            Email = line.Email!,
            EmailNormalized = User.Normalize(line.Email!),
            PasswordHash = hash,
            FirstName = line.FirstName,
            LastName = line.LastName,
            Phone = line.Phone,
            EmailVerified = line.EmailVerified ?? false,
            IsActive = line.IsActive ?? true,
            CreatedAt = line.CreatedAt?.ToUniversalTime() ?? now,
            UpdatedAt = now,
        };
        db.Add(user);
        db.Add(
            new UserRole
            {
                TenantId = tenant,
                UserId = user.Id,
                RoleId = role,
                AssignedAt = now,
            }
        );
    }

    /// <returns>What is wrong with the line; null: it is valid.</returns>
    private static string? Read(
        ReadOnlySpan<byte> text,
        Dictionary<string, Guid> roles,
        Options terms,
        JsonSerializerOptions json,
        out Line? line,
        out ImportedHash? hash
    )
    {
        (line, hash) = (null, null);
        try
        {
            line = JsonSerializer.Deserialize<Line>(text, json);
        }
        catch (JsonException e)
        {
            var (field, message) = ExceptionHandling.JsonFault(e);
            return $"{field} {message}";
        }
        if (line is null)
            return "must be a JSON object";
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(line, new ValidationContext(line), faults, validateAllProperties: true))
            return string.Join(
                "; ",
                faults.Select(fault =>
                    $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.MemberNames.First())} {fault.ErrorMessage}"
                )
            );
        string? unusable = null;
        if (line.PasswordHash is not null)
            hash = ImportedHash.Read(line.PasswordHash, terms.Hashes, out unusable);
        if (unusable is not null)
            return $"password_hash {unusable}";
        return line.Role is not { } role ? null
            : !roles.ContainsKey(role)
                ? $"role must be one of {string.Join(", ", roles.Keys.Order(StringComparer.Ordinal))}"
            : terms.MayGive(role) ? null
            : $"role {role} cannot be granted by this file: allow it with --role, or trust the file with --trust";
    }
}

/// <summary>A concurrent request took one of the addresses. Nothing was imported.</summary>
public sealed class ImportOvertakenException()
    : Exception("A concurrent request took one of the addresses. Nothing was imported: run the import again.");

/// <summary>The quota of the tenant does not allow the users. Nothing was imported.</summary>
public sealed class ImportOverQuotaException(string detail)
    : Exception($"{detail} Nothing was imported: raise the tenant's tier or the quota first.");
