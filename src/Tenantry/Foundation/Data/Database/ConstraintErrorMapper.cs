using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Maps a violated constraint to the answer for the caller. The mapping of the constraint states its meaning. The
/// database decides races that no check before the write can decide; the answer is the same 409 as that of a check.
/// </summary>
public sealed partial class ConstraintErrorMapper : IExceptionMapper
{
    private const string Field = "Tenantry:Field";
    private const string Meaning = "Tenantry:Meaning";

    /// <summary>The constraint that the triggers of <see cref="CallersJsonAttribute"/> name in their error.</summary>
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

    public Refusal? Map(Exception exception) =>
        exception switch
        {
            // The row changed between the check of If-Match and the write.
            DbUpdateConcurrencyException when requests.HttpContext?.Request.Headers.IfMatch.Count > 0 => new Stale(),
            DbUpdateConcurrencyException => Problems.Conflicting("Another request changed it at the same time."),
            _ => exception.Chain().OfType<UnstorableValueException>().FirstOrDefault() is { } unstorable
                ? OfValue(unstorable)
            : exception.Chain().OfType<PostgresException>().FirstOrDefault() is { } postgres ? OfConstraint(postgres)
            : null,
        };

    private Invalid OfValue(Exception unstorable)
    {
        LogUnstorable(log, unstorable);
        return Problems.Invalid("request", Problems.Unstorable);
    }

    private Refusal? OfConstraint(PostgresException postgres) =>
        postgres.SqlState switch
        {
            // Values that PostgreSQL cannot store. Input is checked before: a value that arrives here shows a gap in
            // these checks.
            PostgresErrorCodes.CharacterNotInRepertoire
            or PostgresErrorCodes.UntranslatableCharacter
            or PostgresErrorCodes.NumericValueOutOfRange
            or PostgresErrorCodes.DatetimeFieldOverflow
            or PostgresErrorCodes.IntervalFieldOverflow => OfValue(postgres),
            PostgresErrorCodes.CheckViolation when postgres.ConstraintName == BoundedJson => Problems.Invalid(
                postgres.ColumnName ?? "request",
                "is too large as it is stored, or contains a number of more than 40 digits"
            ),
            ActingCaller.Revoked => Problems.Unauthenticated(Problems.TokenRevoked, Problems.TokenRevoked.Description),
            ActingCaller.PermissionLost => Problems.Denied(
                Problems.PermissionDenied,
                "Your permissions changed while the request was processed. Repeat it if you still have the permission."
            ),
            ActingCaller.TenantOff => new Missing(Problems.TenantNotFound, Problems.TenantNotFound.Description),
            PostgresErrorCodes.UniqueViolation
                when postgres.ConstraintName is { } name && byConstraint.TryGetValue(name, out var mapped) =>
                Problems.Conflicting(mapped.Detail, mapped.Field),
            PostgresErrorCodes.UniqueViolation => Problems.Conflicting(
                "A value that must be unique is already in use."
            ),
            PostgresErrorCodes.ForeignKeyViolation => Problems.Conflicting(
                "The record is still referenced, or refers to a record that no longer exists."
            ),
            PostgresErrorCodes.ObjectNotInPrerequisiteState => Problems.Conflicting(
                "The tenant is being erased. It can no longer be restored or changed."
            ),
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => Problems.Conflicting(
                "A concurrent change was committed first. Repeat the request."
            ),
            _ => null,
        };

    [LoggerMessage(
        EventId = 1005,
        Level = LogLevel.Error,
        Message = "A statement had a value that PostgreSQL cannot store: the check of the input should have refused it"
    )]
    private static partial void LogUnstorable(ILogger log, Exception exception);

    internal static void Annotate<T>(IndexBuilder<T> index, string field, string meaning) =>
        index.HasAnnotation(Field, field).HasAnnotation(Meaning, meaning);
}

public static class ConstraintMapping
{
    /// <summary>Makes an index unique, and states the answer to a violation.</summary>
    /// <param name="index">The index.</param>
    /// <param name="name">Its name in the database.</param>
    /// <param name="field">The JSON member that the violation concerns.</param>
    /// <param name="meaning">The detail of the problem document.</param>
    public static IndexBuilder<T> IsUniqueWithConflict<T>(
        this IndexBuilder<T> index,
        string name,
        string field,
        string meaning
    )
    {
        index.IsUnique().HasDatabaseName(name);
        ConstraintErrorMapper.Annotate(index, field, meaning);
        return index;
    }
}
