namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// The names of the database functions that the service calls. Each is defined in <c>Foundation/Data/Functions/AREA/NAME.sql</c>, and nowhere else.
/// </summary>
public static class DatabaseFunctions
{
    /// <summary>Returns a user's role names and effective permissions: those of the roles and of the roles below them, to a depth of 16.</summary>
    public const string AccessOfUser = "access_of_user";

    /// <summary>Calls access_of_user as of this moment. A statement that waited for a lock would otherwise see the roles as they were when it began.</summary>
    public const string AccessOfUserNow = "access_of_user_now";

    /// <summary>Opens a change: sets the tenant of the transaction, and demands that the caller may still make the change.</summary>
    public const string BeginChange = "begin_change";

    /// <summary>Raises an error unless the session, the user and the tenant of the caller are live and the user holds the permissions that the request was admitted with.</summary>
    public const string DemandCaller = "demand_caller";

    /// <summary>Creates the partitions of the audit log for the coming months and drops those past the retention, never one younger than 90 days.</summary>
    public const string KeepAuditMonths = "door_keep_audit_months";

    /// <summary>Appends an audit event to its tenant's hash chain when its transaction commits.</summary>
    public const string LinkAudit = "door_link_audit";

    /// <summary>Deletes a tenant's links and signed heads whose events are past the retention.</summary>
    public const string TrimAudit = "door_trim_audit";

    /// <summary>Hands one tenant whose grace is over to an instance. No other instance gets it until the lease ends; tenants whose erasure never failed come first.</summary>
    public const string ClaimErasure = "claim_erasure";

    /// <summary>Deletes the row of a tenant whose rows are erased.</summary>
    public const string PurgeTenant = "door_purge_tenant";

    /// <summary>Erases a batch of rows of a tenant whose grace is over from one table. Rows that refer to rows of the same table are detached first.</summary>
    public const string EraseRows = "erase_rows";

    /// <summary>Returns which of the given tenants' erasures failed, why, and when they are tried again: for the tenant itself, or while the transaction acts in the tenant platform.</summary>
    public const string FailedErasures = "failed_erasures";

    /// <summary>Counts tenants that are due for erasure, and those whose erasure failed.</summary>
    public const string MeasureErasures = "measure_erasures";

    /// <summary>Records why an erasure failed. The next attempt comes after a minute, then after twice as long each time, at most an hour.</summary>
    public const string RecordErasureFailure = "record_erasure_failure";

    /// <summary>Claims entries of a queue of stored objects (removals, scans) under a lease, one of each tenant in turn. The tenant is the part of the object key before the slash.</summary>
    public const string ClaimObjectWork = "claim_object_work";

    /// <summary>Deletes announced and resumable uploads that were not completed in time, in batches.</summary>
    public const string SweepUploads = "door_sweep_uploads";

    /// <summary>Returns whether the text of a JSON value has at most so many bytes and each of its numbers at most 40 characters, without writing a huge number out.</summary>
    public const string JsonIsBounded = "json_is_bounded";

    /// <summary>Returns a JSON value for an answer; a mark in its place where the value is larger than it may be.</summary>
    public const string ShownJson = "shown_json";

    /// <summary>Claims requests for mails under a lease, one of each tenant in turn. The worker then acts as the tenant of each.</summary>
    public const string ClaimMailRequests = "claim_mail_requests";

    /// <summary>Claims due messages of a channel for a worker, tenant by tenant in turns, under a lease.</summary>
    public const string ClaimMessages = "door_claim_messages";

    /// <summary>Returns whether a message to a recipient is still on its way into the development mailbox.</summary>
    public const string MailboxWaits = "door_mailbox_waits";

    /// <summary>Returns how many messages of each channel are due, and the age of the oldest.</summary>
    public const string MeasureQueue = "door_measure_queue";

    /// <summary>Deletes finished messages past the retention, in batches.</summary>
    public const string SweepMessages = "door_sweep_messages";

    /// <summary>Returns the newest messages that the development mailbox holds. It sees no message of another transport.</summary>
    public const string ReadDevelopmentMailbox = "read_development_mailbox";

    /// <summary>Deletes expired tokens, ended sessions and old sign-in attempts of all tenants, in batches.</summary>
    public const string Sweep = "door_sweep";

    /// <summary>Returns how many entries of each queue of work are due or have failed, and the age of the oldest.</summary>
    public const string MeasureWorkQueues = "measure_work_queues";

    /// <summary>Deletes entries of the queues mail_requests, object_removals and object_scans that failed before a given time, in batches.</summary>
    public const string SweepFailedWork = "sweep_failed_work";

    /// <summary>Counts an attempt against each of its subjects (account, address) before the password is verified. Returns until when further attempts are refused; null: go on.</summary>
    public const string BeginAttempt = "begin_attempt";

    /// <summary>Ends an attempt: a failed one lengthens the wait of its subjects, a successful one forgets them.</summary>
    public const string EndAttempt = "end_attempt";

    /// <summary>Rotates a refresh token (RFC 9700, section 4.14.2): the presented token is used up, its successor stored, reuse after the leeway ends the session. Returns the outcome with the user and the access that the new access token states.</summary>
    public const string RotateRefreshToken = "rotate_refresh_token";

    /// <summary>Returns whether any live tenant lists an origin: a CORS preflight does not name its tenant.</summary>
    public const string IsAllowedOrigin = "door_is_allowed_origin";

    /// <summary>Lists tenants, newest first, by cursor. Returns rows only while the transaction acts in the tenant platform.</summary>
    public const string ListTenants = "door_list_tenants";

    /// <summary>Returns the ids of tenants after a given id, in order: background work walks all tenants by it.</summary>
    public const string NextTenants = "door_next_tenants";

    /// <summary>Finds a tenant by slug, verified custom domain or id, before anybody has signed in.</summary>
    public const string ResolveTenant = "door_resolve_tenant";

    /// <summary>Returns how long a deleted tenant is kept before it may be erased. "tenantry migrate" sets the value from TENANT_PURGE_AFTER_DAYS; the serving role cannot change it.</summary>
    public const string TenantGrace = "tenant_grace";
}
