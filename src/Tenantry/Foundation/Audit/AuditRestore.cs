using Tenantry.Foundation.Tokens;

namespace Tenantry.Foundation.Audit;

/// <summary>
/// Says, signed as heads are, that a tenant's log was put back to an earlier end by a restore: heads of what came after that end, signed until then, are of a log that is gone. It stands in
/// the store beside the heads, where the rights to the database do not reach.
/// </summary>
public static class AuditRestore
{
    private const string Type = "audit-restore+jwt";

    /// <param name="Iss">the installation</param>
    /// <param name="TenantId">whose chain</param>
    /// <param name="Position">of its last link, once it was put back; 0: it begins anew</param>
    /// <param name="Iat">seconds since 1970</param>
    public sealed record Claims(string Iss, Guid TenantId, long Position, long Iat)
    {
        /// <summary>Whether the head is of what is gone.</summary>
        public bool Explains(AuditHead.Claims head) => head.TenantId == TenantId && head.Position > Position && head.Iat <= Iat;
    }

    /// <returns>a JWS in compact form</returns>
    public static string Sign(KeyRing ring, string issuer, Guid tenant, long position, DateTimeOffset now) =>
        AuditHead.Signed(ring, Type, new Claims(issuer, tenant, position, now.ToUnixTimeSeconds()));

    /// <returns>null: it is something else</returns>
    public static Claims? Read(string jws) => AuditHead.Read<Claims>(jws, Type);
}
