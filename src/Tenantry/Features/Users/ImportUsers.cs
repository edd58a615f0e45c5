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
/// Takes users over from elsewhere, with the hashes of their passwords: JSON Lines, a user each. Every line that cannot be taken is told with its
/// number. All of them come in, in one transaction, or none; unless the good ones are wanted all the same. A file from outside gives no role that the operator does not name, and verifies no
/// address.
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
        [property: Needed, Email] string? Email,
        [property: KnownHash] string? PasswordHash,
        [property: ShortText(100)] string? FirstName,
        [property: ShortText(100)] string? LastName,
        [property: PhoneNumber] string? Phone,
        bool? EmailVerified,
        bool? IsActive,
        string? Role,
        DateTimeOffset? CreatedAt
    );

    /// <param name="Taken">users who came in</param>
    /// <param name="Refused">lines that did not</param>
    /// <param name="Unverified">users whose address the file calls verified, and who have to verify it here</param>
    public sealed record Result(int Taken, int Refused, int Unverified);

    /// <param name="IsPartial">whether the good lines come in although there are bad ones</param>
    /// <param name="IsTrusted">the operator vouches for the file: any role of the tenant, verified addresses, costly hashes</param>
    /// <param name="Roles">that the file may give, besides <c>User</c> and <c>Viewer</c></param>
    public sealed record Terms(bool IsPartial, bool IsTrusted, IReadOnlyCollection<string> Roles)
    {
        public bool MayGive(string role) =>
            IsTrusted || role is SystemRoles.User or SystemRoles.Viewer || Roles.Contains(role, StringComparer.Ordinal);
    }

    /// <summary>Bytes of a line.</summary>
    private const int LongestLine = 64 * 1024;

    private const int Batch = 500;

    /// <param name="tenant">whose users they become</param>
    /// <param name="file">JSON Lines in UTF-8</param>
    /// <param name="terms">what the file may do</param>
    /// <param name="refuse">told of each bad line: its number, from 1, and what is wrong</param>
    /// <param name="json">how bodies are read</param>
    /// <param name="cancel">leaves the tenant as it was</param>
    /// <exception cref="LineTooLongException">a line is longer than any user; nothing came in</exception>
    public async Task<Result> Run(
        ResolvedTenant tenant,
        Stream file,
        Terms terms,
        Action<int, string> refuse,
        JsonSerializerOptions json,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        await using var transaction = await db.Begin(cancel);
        var roles = await db.Set<Role>().ToDictionaryAsync(role => role.Name, role => role.Id, cancel);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var batch = new List<(int Number, Line Line)>();
        var (number, taken, refused, unverified) = (0, 0, 0, 0);

        await foreach (var text in BoundedLines.Of(file, LongestLine, cancel))
        {
            number++;
            if (text.Span.IndexOfAnyExcept(" \t"u8) < 0)
                continue;
            if (Read(text.Span, roles, terms, json, out var line) is { } fault)
                Refuse(number, fault);
            else if (!seen.TryAdd(User.Normalize(line!.Email!), number))
                Refuse(number, $"email is that of line {seen[User.Normalize(line.Email!)]}");
            else
                batch.Add((number, line));
            if (batch.Count == Batch)
                await Save();
        }
        await Save();

        if (refused > 0 && !terms.IsPartial)
            return new Result(0, refused, 0); // nothing is committed
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
        return new Result(taken, refused, unverified);

        void Refuse(int of, string fault)
        {
            refused++;
            refuse(of, fault);
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
            var before = taken;
            foreach (var (of, line) in batch)
            {
                if (present.Contains(User.Normalize(line.Email!)))
                {
                    Refuse(of, "email is that of a user whom the tenant has already");
                    continue;
                }
                taken++;
                var isUnverified = line.EmailVerified == true && !terms.IsTrusted;
                unverified += isUnverified ? 1 : 0;
                Add(
                    db,
                    tenant.Id,
                    isUnverified ? line with { EmailVerified = false } : line,
                    roles[line.Role ?? SystemRoles.User]
                );
            }
            if (await UserQuota.Take(db, settings, tenant, taken - before, cancel) is { } full)
                throw new ImportOverQuotaException(full.Detail!);
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

    /// <returns>what is wrong with the line; null: nothing</returns>
    private static string? Read(
        ReadOnlySpan<byte> text,
        Dictionary<string, Guid> roles,
        Terms terms,
        JsonSerializerOptions json,
        out Line? line
    )
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
            return string.Join(
                "; ",
                faults.Select(fault =>
                    $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.MemberNames.First())} {fault.ErrorMessage}"
                )
            );
        if (line.PasswordHash is { } hash && KnownHashAttribute.Fault(hash, terms.IsTrusted) is { } costly)
            return $"password_hash {costly}";
        return line.Role is not { } role ? null
            : !roles.ContainsKey(role)
                ? $"role must be one of {string.Join(", ", roles.Keys.Order(StringComparer.Ordinal))}"
            : terms.MayGive(role) ? null
            : $"role {role} is not one that the file may give: name it with --role, or say --trust";
    }
}

/// <summary>A hash that can be verified here, with parameters that are bounded.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KnownHashAttribute() : ValidationAttribute(Form)
{
    private const string Form =
        "must be an Argon2id PHC string ($argon2id$v=19$m=...,t=...,p=1$...) or a bcrypt hash ($2a$, $2b$, $2y$) of a cost from 4 to 15";

    /// <summary>What is wrong with a hash from outside. One that takes long to check holds up everybody who signs in meanwhile.</summary>
    /// <param name="hash">as it is kept</param>
    /// <param name="isTrusted">whoever made it is known to mean no harm: it may cost what can be parsed</param>
    /// <returns>completes a sentence that begins with its name; null: nothing</returns>
    public static string? Fault(string hash, bool isTrusted) =>
        BcryptHash.IsOne(hash) ? null
        : !PhcString.TryParse(hash, out var phc) ? Form
        : isTrusted || phc.IsAffordable ? null
        : "costs more than a sign-in may: 256 MiB at most, and memory times passes of 1 GiB";

    public override bool IsValid(object? value) =>
        value is not string hash || PhcString.TryParse(hash, out _) || BcryptHash.IsOne(hash);
}

/// <summary>Somebody took one of the addresses while the import ran; nothing came in.</summary>
public sealed class ImportOvertakenException()
    : Exception("One of the addresses was taken while the import ran. Nothing was imported: run it again.");

/// <summary>The tenant's subscription does not allow so many users; nothing came in.</summary>
public sealed class ImportOverQuotaException(string detail)
    : Exception($"{detail} Nothing was imported: raise the tenant's tier or the quota first.");
