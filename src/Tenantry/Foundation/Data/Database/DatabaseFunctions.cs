namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// The names of the database functions that the service calls. Each is defined in
/// <c>Foundation/Data/Functions/AREA/NAME.sql</c> alone.
/// </summary>
public static class DatabaseFunctions
{
    /// <summary>
    /// Returns the name of a user's most derived role and the user's effective permissions: those of the assigned roles
    /// and of all their parent roles.
    /// </summary>
    public const string AccessOfUser = "access_of_user";

    /// <summary>
    /// Calls access_of_user with a new snapshot. A statement that waited for a lock would otherwise see the roles as of
    /// its own start.
    /// </summary>
    public const string AccessOfUserNow = "access_of_user_now";

    /// <summary>
    /// Begins a change: checks that the caller may still make it, and sets caller and tenant of the transaction.
    /// </summary>
    public const string BeginChange = "begin_change";

    /// <summary>
    /// Raises an error unless session, user and tenant of the caller are active and the user still has the permissions
    /// that admitted the request.
    /// </summary>
    public const string DemandCaller = "demand_caller";

    /// <summary>
    /// Creates the partitions of the audit log for the coming months and drops those past the retention period, but
    /// none younger than 90 days.
    /// </summary>
    public const string KeepAuditMonths = "door_keep_audit_months";

    /// <summary>Appends an audit event to its tenant's hash chain when its transaction commits.</summary>
    public const string LinkAudit = "door_link_audit";

    /// <summary>Deletes the links and signed heads of a tenant whose events are past the retention period.</summary>
    public const string TrimAudit = "door_trim_audit";

    /// <summary>
    /// Claims one tenant whose grace period has ended, under a lease: no other instance gets it until the lease ends.
    /// Tenants whose erasure never failed come first.
    /// </summary>
    public const string ClaimErasure = "claim_erasure";

    /// <summary>Deletes the row of a tenant after its other rows are erased.</summary>
    public const string PurgeTenant = "door_purge_tenant";

    /// <summary>
    /// Erases a batch of rows of one table, of a tenant whose grace period has ended. References between rows of the
    /// same table are set to NULL first.
    /// </summary>
    public const string EraseRows = "erase_rows";

    /// <summary>
    /// Returns which erasures of the given tenants failed, the reason, and the time of the next attempt. Rows are
    /// returned for the tenant of the transaction itself, or for all where that is the tenant platform.
    /// </summary>
    public const string FailedErasures = "failed_erasures";

    /// <summary>Counts tenants that are due for erasure, and those whose erasure failed.</summary>
    public const string MeasureErasures = "measure_erasures";

    /// <summary>
    /// Records why an erasure failed. The pause before the next attempt is one minute, and doubles each time up to one
    /// hour.
    /// </summary>
    public const string RecordErasureFailure = "record_erasure_failure";

    /// <summary>
    /// Claims entries of a queue of stored objects (removals, scans) under a lease, one of each tenant in turn. The
    /// tenant is the part of the object key before the slash.
    /// </summary>
    public const string ClaimObjectWork = "claim_object_work";

    /// <summary>Deletes announced and resumable uploads that were not completed in time, in batches.</summary>
    public const string SweepUploads = "door_sweep_uploads";

    /// <summary>
    /// Returns whether the text of a JSON value has at most the given number of bytes and each of its numbers at most
    /// 40 digits. It does not print a huge number to find out.
    /// </summary>
    public const string JsonIsBounded = "json_is_bounded";

    /// <summary>Returns a JSON value for an answer, or a marker where the value is larger than allowed.</summary>
    public const string ShownJson = "shown_json";

    /// <summary>
    /// Claims requests for e-mails under a lease, one of each tenant in turn. The worker then acts as that tenant.
    /// </summary>
    public const string ClaimMailRequests = "claim_mail_requests";

    /// <summary>Claims due messages of a channel under a lease, of each tenant in turn.</summary>
    public const string ClaimMessages = "door_claim_messages";

    /// <summary>Returns the channels that have messages to send.</summary>
    public const string DueChannels = "door_due_channels";

    /// <summary>
    /// Returns whether a message to a recipient has not been delivered to the development mailbox yet.
    /// </summary>
    public const string MailboxWaits = "door_mailbox_waits";

    /// <summary>Returns the number of due messages of each channel, and the age of the oldest.</summary>
    public const string MeasureQueue = "door_measure_queue";

    /// <summary>Deletes finished messages past the retention period, in batches.</summary>
    public const string SweepMessages = "door_sweep_messages";

    /// <summary>Returns the newest messages in the development mailbox, and none of another transport.</summary>
    public const string ReadDevelopmentMailbox = "read_development_mailbox";

    /// <summary>
    /// Returns the form in which texts are searched: without case and accents, whatever the collation of the database.
    /// </summary>
    public const string SearchKey = "search_key";

    /// <summary>Deletes expired tokens, ended sessions and old sign-in attempts of all tenants, in batches.</summary>
    public const string Sweep = "door_sweep";

    /// <summary>
    /// Returns for each work queue the number of due and of failed entries, and the age of the oldest due entry.
    /// </summary>
    public const string MeasureWorkQueues = "measure_work_queues";

    /// <summary>
    /// Deletes entries of the queues mail_requests, object_removals and object_scans that failed before a given time,
    /// in batches.
    /// </summary>
    public const string SweepFailedWork = "sweep_failed_work";

    /// <summary>
    /// Counts an attempt for each of its subjects (account, address) before the password is verified. Returns the time
    /// until which attempts are refused; null: the attempt may continue.
    /// </summary>
    public const string BeginAttempt = "begin_attempt";

    /// <summary>Ends an attempt: a failure extends the wait of its subjects, a success resets it.</summary>
    public const string EndAttempt = "end_attempt";

    /// <summary>
    /// Rotates a refresh token (RFC 9700, section 4.14.2): marks the presented token as used and stores its successor.
    /// Reuse after the leeway revokes the session. Returns the outcome, the user, and the access for the new access
    /// token.
    /// </summary>
    public const string RotateRefreshToken = "rotate_refresh_token";

    /// <summary>Returns whether any tenant lists an origin: a CORS preflight does not name its tenant.</summary>
    public const string IsAllowedOrigin = "door_is_allowed_origin";

    /// <summary>
    /// Lists tenants, newest first, by cursor. Returns rows only while the transaction acts in the tenant platform.
    /// </summary>
    public const string ListTenants = "door_list_tenants";

    /// <summary>
    /// Returns the ids of tenants after a given id, in order, so that background work can page through all tenants.
    /// </summary>
    public const string NextTenants = "door_next_tenants";

    /// <summary>Finds a tenant by slug, verified custom domain or id, before a caller is authenticated.</summary>
    public const string ResolveTenant = "door_resolve_tenant";

    /// <summary>
    /// Returns how long a deleted tenant is kept before it may be erased. "tenantry migrate" sets the value from
    /// TENANT_PURGE_AFTER_DAYS. The serving role cannot change it.
    /// </summary>
    public const string TenantGrace = "tenant_grace";
}
