using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// What a broken constraint means to the caller, said where the constraint is mapped. The database decides races that no
/// check before the write can; its refusal comes out as the same 409 that a check would have made.
/// </summary>
public sealed partial class ConstraintErrorMapper : IExceptionMapper
{
    private const string Field = "Tenantry:Field";
    private const string Meaning = "Tenantry:Meaning";

    /// <summary>As the triggers of <see cref="CallersJsonAttribute"/> call it.</summary>
    private const string BoundedJson = DatabaseFunctions.JsonIsBounded;

    private readonly Dictionary<string, (string Field, string Detail)> byConstraint;

    private readonly IHttpContextAccessor requests;
    private readonly ILogger<ConstraintErrorMapper> log;

    public ConstraintErrorMapper(
        IDbContextFactory<TenantDb> contexts,
        IHttpContextAccessor requests,
        ILogger<ConstraintErrorMapper> log
    )
    {
        (this.requests, this.log) = (requests, log);
        using var db = contexts.CreateDbContext();
        byConstraint = db
            .Model.GetEntityTypes()
            .SelectMany(entity => entity.GetIndexes())
            .Where(index => index.FindAnnotation(Meaning) is not null)
            .ToDictionary(
                index => index.GetDatabaseName()!,
                index => ((string)index[Field]!, (string)index[Meaning]!),
                StringComparer.Ordinal
            );
    }

    public Refusal? Of(Exception exception) =>
        exception switch
        {
            // Between the look at If-Match and the write.
            DbUpdateConcurrencyException when requests.HttpContext?.Request.Headers.IfMatch.Count > 0 => new Stale(),
            DbUpdateConcurrencyException => Problems.Conflicting("It was changed by somebody else at the same moment."),
            _ => Cause<UnstorableValueException>(exception) is { } unstorable ? OfValue(unstorable)
            : Cause<PostgresException>(exception) is { } postgres ? OfConstraint(postgres)
            : null,
        };

    /// <summary>However deep: EF wraps what a retry might help against once more.</summary>
    private static T? Cause<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
            exception = exception.InnerException;
        return (T?)exception;
    }

    private Invalid OfValue(Exception unstorable)
    {
        Unstorable(log, unstorable);
        return Problems.Invalid("request", Problems.Unstorable);
    }

    private Refusal? OfConstraint(PostgresException postgres) =>
        postgres.SqlState switch
        {
            // Values that PostgreSQL has no room for. What comes in is checked before: whatever arrives here is a gap to be closed.
            PostgresErrorCodes.CharacterNotInRepertoire
            or PostgresErrorCodes.UntranslatableCharacter
            or PostgresErrorCodes.NumericValueOutOfRange
            or PostgresErrorCodes.DatetimeFieldOverflow
            or PostgresErrorCodes.IntervalFieldOverflow => OfValue(postgres),
            PostgresErrorCodes.CheckViolation when postgres.ConstraintName == BoundedJson => Problems.Invalid(
                postgres.ColumnName ?? "request",
                "is too large as it is stored, or holds a number of more than 40 digits"
            ),
            ActingCaller.Revoked => Problems.Unauthenticated(Problems.TokenRevoked, Problems.TokenRevoked.When),
            ActingCaller.PermissionLost => Problems.Denied(
                Problems.PermissionDenied,
                "Your permissions changed while the request was under way. Send it again if you may still do it."
            ),
            ActingCaller.TenantOff => new Missing(Problems.TenantNotFound, Problems.TenantNotFound.When),
            PostgresErrorCodes.UniqueViolation
                when postgres.ConstraintName is { } name && byConstraint.TryGetValue(name, out var known) =>
                Problems.Conflicting(known.Detail, known.Field),
            PostgresErrorCodes.UniqueViolation => Problems.Conflicting("A value that must be unique is taken."),
            PostgresErrorCodes.ForeignKeyViolation => Problems.Conflicting(
                "It is still used, or what it names is gone."
            ),
            PostgresErrorCodes.ObjectNotInPrerequisiteState => Problems.Conflicting(
                "The tenant is being erased: it cannot be brought back or changed any more."
            ),
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => Problems.Conflicting(
                "Another change came first. Try again."
            ),
            _ => null,
        };

    [LoggerMessage(
        EventId = 1005,
        Level = LogLevel.Error,
        Message = "A value that cannot be stored came as far as a statement: it should have been refused where it came in"
    )]
    private static partial void Unstorable(ILogger log, Exception exception);

    internal static void Say<T>(IndexBuilder<T> index, string field, string meaning) =>
        index.HasAnnotation(Field, field).HasAnnotation(Meaning, meaning);
}

public static class ConstraintMapping
{
    /// <summary>A unique index, with what its violation means to the caller and which JSON member it concerns.</summary>
    public static IndexBuilder<T> UniqueOr409<T>(this IndexBuilder<T> index, string name, string field, string meaning)
    {
        index.IsUnique().HasDatabaseName(name);
        ConstraintErrorMapper.Say(index, field, meaning);
        return index;
    }
}
