using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Passwords;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Users;

/// <summary>
/// Takes users over from elsewhere, with the hashes of their passwords: JSON Lines, a user each. Every line that cannot be taken is told with its
/// number. All of them come in, in one transaction, or none; unless the good ones are wanted all the same.
/// </summary>
public sealed class ImportUsers(IDbContextFactory<TenantDb> contexts, ServiceSettings settings, TimeProvider clock)
{
    /// <param name="Email">Unique in the tenant, whatever its case.</param>
    /// <param name="PasswordHash">Argon2id as a PHC string, or bcrypt. Without one the user asks for a password by mail.</param>
    /// <param name="FirstName">As the user writes it.</param>
    /// <param name="LastName">As the user writes it.</param>
    /// <param name="Phone">E.164.</param>
    /// <param name="EmailVerified">Whether it is known that the user reads this address.</param>
    /// <param name="IsActive">False: comes in switched off.</param>
    /// <param name="Role">By name; <c>User</c> where none is given.</param>
    /// <param name="CreatedAt">When the user came to the former system.</param>
    public sealed record Line(
        [property: Needed, Email] string? Email, [property: KnownHash] string? PasswordHash,
        [property: ShortText(100)] string? FirstName, [property: ShortText(100)] string? LastName, [property: PhoneNumber] string? Phone,
        bool? EmailVerified, bool? IsActive, string? Role, DateTimeOffset? CreatedAt);

    public sealed record Result(int Taken, int Refused);

    private const int Batch = 500;

    /// <param name="tenant">whose users they become</param>
    /// <param name="lines">the file</param>
    /// <param name="isPartial">whether the good lines come in although there are bad ones</param>
    /// <param name="refuse">told of each bad line: its number, from 1, and what is wrong</param>
    /// <param name="json">how bodies are read</param>
    /// <param name="cancel">leaves the tenant as it was</param>
    public async Task<Result> Run(ResolvedTenant tenant, TextReader lines, bool isPartial, Action<int, string> refuse, JsonSerializerOptions json, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        await using var transaction = await db.Begin(cancel);
        var roles = await db.Set<Role>().ToDictionaryAsync(role => role.Name, role => role.Id, cancel);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var batch = new List<(int Number, Line Line)>();
        var (number, taken, refused) = (0, 0, 0);

        while (await lines.ReadLineAsync(cancel) is { } text)
        {
            number++;
            if (string.IsNullOrWhiteSpace(text))
                continue;
            if (Read(text, roles, json, out var line) is { } fault)
                Refuse(number, fault);
            else if (!seen.TryAdd(User.Normalize(line!.Email!), number))
                Refuse(number, $"email is that of line {seen[User.Normalize(line.Email!)]}");
            else
                batch.Add((number, line));
            if (batch.Count == Batch)
                await Save();
        }
        await Save();

        if (refused > 0 && !isPartial)
            return new Result(0, refused); // nothing is committed
        db.Add(new AuditEvent { TenantId = tenant.Id, OccurredAt = clock.GetUtcNow(), Action = "users.imported", Outcome = AuditTrail.Success, TargetId = tenant.Id });
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new Result(taken, refused);

        void Refuse(int of, string fault)
        {
            refused++;
            refuse(of, fault);
        }

        async Task Save()
        {
            var addresses = batch.Select(entry => User.Normalize(entry.Line.Email!)).ToList();
            var present = (await db.Set<User>().Where(user => addresses.Contains(user.EmailNormalized)).Select(user => user.EmailNormalized).ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
            var before = taken;
            foreach (var (of, line) in batch)
            {
                if (present.Contains(User.Normalize(line.Email!)))
                {
                    Refuse(of, "email is that of a user whom the tenant has already");
                    continue;
                }
                taken++;
                Add(db, tenant.Id, line, roles[line.Role ?? SystemRoles.User]);
            }
            if (await UserQuota.Take(db, settings, tenant, taken - before, cancel) is { } full)
                throw new ImportOverQuotaException(full.Detail!);
            try
            {
                await db.SaveChangesAsync(cancel);
            }
            catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: User.UniqueEmail })
            {
                throw new ImportOvertakenException();
            }
            db.ChangeTracker.Clear();
            batch.Clear();
        }
    }

    private void Add(TenantDb db, Guid tenant, Line line, Guid role)
    {
        var now = clock.GetUtcNow();
        var user = new User
        {
            TenantId = tenant,
            Email = line.Email!,
            EmailNormalized = User.Normalize(line.Email!),
            PasswordHash = line.PasswordHash,
            FirstName = line.FirstName,
            LastName = line.LastName,
            Phone = line.Phone,
            EmailVerified = line.EmailVerified ?? false,
            IsActive = line.IsActive ?? true,
            CreatedAt = line.CreatedAt?.ToUniversalTime() ?? now,
            UpdatedAt = now,
        };
        db.Add(user);
        db.Add(new UserRole { TenantId = tenant, UserId = user.Id, RoleId = role, AssignedAt = now });
    }

    /// <returns>what is wrong with the line; null: nothing</returns>
    private static string? Read(string text, Dictionary<string, Guid> roles, JsonSerializerOptions json, out Line? line)
    {
        line = null;
        try
        {
            line = JsonSerializer.Deserialize<Line>(text, json);
        }
        catch (JsonException e)
        {
            var (field, message) = ExceptionAnswers.JsonFault(e);
            return $"{field} {message}";
        }
        if (line is null)
            return "must be a JSON object";
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(line, new ValidationContext(line), faults, validateAllProperties: true))
            return string.Join("; ", faults.Select(fault => $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.MemberNames.First())} {fault.ErrorMessage}"));
        return line.Role is { } role && !roles.ContainsKey(role) ? $"role must be one of {string.Join(", ", roles.Keys.Order(StringComparer.Ordinal))}" : null;
    }
}

/// <summary>A hash that can be verified here, with parameters that are bounded.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KnownHashAttribute() : ValidationAttribute("must be an Argon2id PHC string ($argon2id$v=19$m=...,t=...,p=1$...) or a bcrypt hash ($2a$, $2b$, $2y$) of a cost from 4 to 15")
{
    public override bool IsValid(object? value) => value is not string hash || PhcString.TryParse(hash, out _) || BcryptHash.IsOne(hash);
}

/// <summary>Somebody took one of the addresses while the import ran; nothing came in.</summary>
public sealed class ImportOvertakenException() : Exception("One of the addresses was taken while the import ran. Nothing was imported: run it again.");

/// <summary>The tenant's subscription does not allow so many users; nothing came in.</summary>
public sealed class ImportOverQuotaException(string detail) : Exception($"{detail} Nothing was imported: raise the tenant's tier or the quota first.");
