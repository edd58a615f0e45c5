using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// Issues and verifies access tokens: JWTs signed with ES256, in the profile of RFC 9068. Verifying an ES256 signature
/// costs about 75 µs, more than all other work of a request, so a verified token is cached by its hash until it
/// expires.
/// </summary>
public sealed class AccessTokens(
    KeyRing keys,
    TokenStateCache revocations,
    ServiceSettings settings,
    TimeProvider clock
) : IDisposable
{
    private const string MediaType = "at+jwt";
    private const string TokenType = "access";
    internal const string TenantClaim = "tenant_id";
    internal const string RoleClaim = "role";
    private const string PermissionsClaim = "permissions";
    private const string OmittedClaim = "permissions_omitted";

    /// <summary>Many proxies limit a header to 8 kB. With this many permissions, a token stays below 2 kB.</summary>
    private const int MaxPermissions = 50;

    private readonly JsonWebTokenHandler handler = new()
    {
        SetDefaultTimesOnTokenCreation = false,
        MapInboundClaims = false,
    };

    // Only tokens that we signed are cached, but a signed-in client can obtain many of them.
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    public TimeSpan Lifetime => settings.AccessTokenLifetime;

    public string Issue(Caller caller)
    {
        var now = clock.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sub] = caller.UserId.ToString(),
            [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7().ToString(),
            [JwtRegisteredClaimNames.Sid] = caller.SessionId.ToString(),
            [TenantClaim] = caller.TenantId.ToString(),
            [RoleClaim] = caller.Role,
            [PermissionsClaim] = caller.Permissions.Count <= MaxPermissions ? caller.SortedPermissions : [],
            ["token_type"] = TokenType,
        };
        if (caller.Permissions.Count > MaxPermissions)
            claims[OmittedClaim] = true;
        return handler.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = MediaType,
                Issuer = settings.JwtIssuer,
                Audience = settings.JwtAudience,
                IssuedAt = now.UtcDateTime,
                Expires = now.Add(Lifetime).UtcDateTime,
                SigningCredentials = keys.Signing,
                Claims = claims,
            }
        );
    }

    /// <returns>the caller that the token identifies, or the problem with the token</returns>
    public async ValueTask<(VerifiedCaller? Caller, ProblemKind? Problem)> Verify(
        ReadOnlyMemory<char> token,
        CancellationToken cancel
    )
    {
        var hash = TokenHash.Of(token.Span);
        if (!cache.TryGetValue(hash, out VerifiedToken? verified))
        {
            ProblemKind? problem;
            (verified, problem) = await CheckSignature(token.ToString(), cancel);
            if (verified is null)
                return (null, problem);
        }
        if (verified!.ExpiresAt <= clock.GetUtcNow())
            return (null, Problems.TokenExpired);
        if (keys.Find(verified.KeyId) is null)
            return (null, Problems.AuthenticationFailed); // its signing key was deleted after the first verification

        // The token is new to this instance, or a row that it depends on may have changed: query the rows.
        if (revocations.MayHaveChanged(verified.Claimed, verified.QueriedAt))
        {
            var now = revocations.Now;
            var caller = await revocations.Query(verified.Claimed, cancel);
            verified = verified with { QueriedAt = now, Caller = caller is null ? null : new VerifiedCaller(caller) };
            cache.Set(
                hash,
                verified,
                new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Lifetime }
            );
        }
        return verified.Caller is { } active ? (active, null) : (null, Problems.TokenRevoked);
    }

    public void Dispose() => cache.Dispose();

    private async ValueTask<(VerifiedToken?, ProblemKind?)> CheckSignature(string token, CancellationToken cancel)
    {
        if (token.Length > 16 * 1024 || !IsCompact(token))
            return (null, Problems.AuthenticationFailed);
        var result = await Validate(token);
        // Another instance may have signed the token with a new key that this instance has not loaded yet.
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && await keys.LookAgain(cancel))
            result = await Validate(token);
        if (!result.IsValid)
            return (
                null,
                result.Exception is SecurityTokenExpiredException
                    ? Problems.TokenExpired
                    : Problems.AuthenticationFailed
            );
        if (!TryRead((JsonWebToken)result.SecurityToken, out var caller))
            return (null, Problems.AuthenticationFailed);
        return (
            new VerifiedToken(
                caller,
                ((JsonWebToken)result.SecurityToken).Kid,
                new DateTimeOffset(result.SecurityToken.ValidTo),
                QueriedAt: default,
                Caller: null
            ),
            null
        );
    }

    /// <summary>
    /// Three parts, each in its only valid base64url spelling. The library also accepts padding and non-zero trailing
    /// bits, with which one token would have several spellings.
    /// </summary>
    private static bool IsCompact(string token)
    {
        var parts = 0;
        foreach (var part in token.AsSpan().Split('.'))
        {
            if (++parts > 3 || part.Start.Equals(part.End) || !TokenText.IsValid(token.AsSpan(part)))
                return false;
        }
        return parts == 3;
    }

    private Task<TokenValidationResult> Validate(string token) =>
        handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                // Pinned: 'none' has no signature, and HS256 would use our public key as a shared secret.
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                ValidTypes = [MediaType],
                ValidIssuer = settings.JwtIssuer,
                ValidAudience = settings.JwtAudience,
                RequireExpirationTime = true,
                IssuerSigningKeyResolver = (_, _, keyId, _) =>
                    keyId is not null && keys.Find(keyId) is { } key ? [key] : [],
                LifetimeValidator = (_, expires, _, _) =>
                    expires is { } end
                    && (end > clock.GetUtcNow().UtcDateTime ? true : throw new SecurityTokenExpiredException()),
            }
        );

    private static bool TryRead(JsonWebToken token, [NotNullWhen(true)] out Caller? caller)
    {
        caller = null;
        if (
            !token.TryGetPayloadValue<string>("token_type", out var type)
            || type != TokenType
            || !Guid.TryParse(token.Subject, out var user)
            || !token.TryGetPayloadValue<string>(TenantClaim, out var tenantText)
            || !Guid.TryParse(tenantText, out var tenant)
            || !token.TryGetPayloadValue<string>(JwtRegisteredClaimNames.Sid, out var sessionText)
            || !Guid.TryParse(sessionText, out var session)
            || !token.TryGetPayloadValue<string>(RoleClaim, out var role)
            || !token.TryGetPayloadValue<string[]>(PermissionsClaim, out _)
        )
            return false;
        // Permissions are read from the database. The token lists them for applications that verify it themselves.
        caller = new Caller(tenant, user, session, role, FrozenSet<string>.Empty);
        return true;
    }

    /// <param name="Claimed">the caller that the claims name; what identifies its rows does not change</param>
    /// <param name="KeyId">the key that signed the token</param>
    /// <param name="ExpiresAt">the token is invalid from this time on, whatever the rows say</param>
    /// <param name="QueriedAt">when the rows were last queried, as <see cref="TokenStateCache.Now"/> counts</param>
    /// <param name="Caller">the caller with the role and permissions of the rows; null: the token is revoked</param>
    private sealed record VerifiedToken(
        Caller Claimed,
        string KeyId,
        DateTimeOffset ExpiresAt,
        (int? Period, long Change) QueriedAt,
        VerifiedCaller? Caller
    );

    /// <summary>
    /// SHA-256 of a token. The cache contains no token, so a memory dump of it cannot be used to sign in.
    /// </summary>
    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
    {
        public static TokenHash Of(ReadOnlySpan<char> token)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            // Usually two kilobytes, needed on each request: rented, not allocated.
            var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(token.Length));
            SHA256.HashData(rented.AsSpan(0, Encoding.UTF8.GetBytes(token, rented)), hash);
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            return new TokenHash(
                BitConverter.ToUInt64(hash),
                BitConverter.ToUInt64(hash[8..]),
                BitConverter.ToUInt64(hash[16..]),
                BitConverter.ToUInt64(hash[24..])
            );
        }
    }
}
