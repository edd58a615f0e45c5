using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Tenantry.Foundation.Http;

namespace Tenantry.Foundation.Database;

/// <summary>
/// What a broken constraint means to the caller, said where the constraint is mapped. The database decides races that no
/// check before the write can; its refusal comes out as the same 409 that a check would have made.
/// </summary>
public sealed class ConstraintMeanings : IExceptionMeaning
{
    private const string Field = "Tenantry:Field";
    private const string Meaning = "Tenantry:Meaning";

    private readonly Dictionary<string, (string Field, string Detail)> byConstraint;

    private readonly IHttpContextAccessor requests;

    public ConstraintMeanings(IDbContextFactory<TenantDb> contexts, IHttpContextAccessor requests)
    {
        this.requests = requests;
        using var db = contexts.CreateDbContext();
        byConstraint = db.Model.GetEntityTypes()
            .SelectMany(entity => entity.GetIndexes())
            .Where(index => index.FindAnnotation(Meaning) is not null)
            .ToDictionary(index => index.GetDatabaseName()!, index => ((string)index[Field]!, (string)index[Meaning]!), StringComparer.Ordinal);
    }

    public Refusal? Of(Exception exception) => exception switch
    {
        // Between the look at If-Match and the write.
        DbUpdateConcurrencyException when requests.HttpContext?.Request.Headers.IfMatch.Count > 0 => new Stale(),
        DbUpdateConcurrencyException => Problems.Conflicting("It was changed by somebody else at the same moment."),
        _ => Cause(exception) is { } postgres ? OfConstraint(postgres) : null,
    };

    /// <summary>However deep: EF wraps what a retry might help against once more.</summary>
    private static PostgresException? Cause(Exception? exception)
    {
        while (exception is not (null or PostgresException))
            exception = exception.InnerException;
        return (PostgresException?)exception;
    }

    private Refusal? OfConstraint(PostgresException postgres) => postgres.SqlState switch
    {
        // U+0000, or half a surrogate pair in JSON: text that PostgreSQL has no room for.
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => Problems.Invalid("request", Problems.Unstorable),
        ActingCaller.Revoked => Problems.Unauthenticated(Problems.TokenRevoked, Problems.TokenRevoked.When),
        ActingCaller.PermissionLost => Problems.Denied(Problems.PermissionDenied, "Your permissions changed while the request was under way. Send it again if you may still do it."),
        ActingCaller.TenantOff => new Missing(Problems.TenantNotFound, Problems.TenantNotFound.When),
        PostgresErrorCodes.UniqueViolation when postgres.ConstraintName is { } name && byConstraint.TryGetValue(name, out var known) =>
            Problems.Conflicting(known.Detail, known.Field),
        PostgresErrorCodes.UniqueViolation => Problems.Conflicting("A value that must be unique is taken."),
        PostgresErrorCodes.ForeignKeyViolation => Problems.Conflicting("It is still used, or what it names is gone."),
        PostgresErrorCodes.ObjectNotInPrerequisiteState => Problems.Conflicting("The tenant is being erased: it cannot be brought back or changed any more."),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => Problems.Conflicting("Another change came first. Try again."),
        _ => null,
    };

    internal static void Say<T>(IndexBuilder<T> index, string field, string meaning) => index.HasAnnotation(Field, field).HasAnnotation(Meaning, meaning);
}

public static class ConstraintMapping
{
    /// <summary>A unique index, with what its violation means to the caller and which JSON member it concerns.</summary>
    public static IndexBuilder<T> UniqueOr409<T>(this IndexBuilder<T> index, string name, string field, string meaning)
    {
        index.IsUnique().HasDatabaseName(name);
        ConstraintMeanings.Say(index, field, meaning);
        return index;
    }
}
