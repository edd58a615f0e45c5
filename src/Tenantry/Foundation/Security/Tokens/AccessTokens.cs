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
/// Issues and verifies access tokens: JWTs signed ES256, in the profile of RFC 9068. The elliptic check costs about 75 µs,
/// more than the rest of a request together, so a token that passed is remembered by its hash until it expires.
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
    private const string PermissionsClaim = "permissions";
    private const string OmittedClaim = "permissions_omitted";

    /// <summary>A header has 8 kB in many proxies; with so many permissions the token stays under 2.</summary>
    private const int MostPermissions = 50;

    private readonly JsonWebTokenHandler handler = new()
    {
        SetDefaultTimesOnTokenCreation = false,
        MapInboundClaims = false,
    };

    // Only tokens that we signed come in here, but a signed-in client can ask for many.
    private readonly MemoryCache remembered = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    public TimeSpan Lifetime => settings.AccessTokenLifetime;

    public string Issue(Caller caller)
    {
        var now = clock.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sub] = caller.UserId.ToString(),
            [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7().ToString(),
            [JwtRegisteredClaimNames.Sid] = caller.SessionId.ToString(),
            ["tenant_id"] = caller.TenantId.ToString(),
            ["role"] = caller.Role,
            [PermissionsClaim] = caller.Permissions.Count <= MostPermissions ? caller.SortedPermissions : [],
            ["token_type"] = TokenType,
        };
        if (caller.Permissions.Count > MostPermissions)
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

    /// <returns>who the token speaks for, or the problem with it</returns>
    public async ValueTask<(Caller? Caller, ProblemKind? Problem)> Verify(
        ReadOnlyMemory<char> token,
        CancellationToken cancel
    )
    {
        var hash = TokenHash.Of(token.Span);
        if (!remembered.TryGetValue(hash, out Remembered? known))
        {
            ProblemKind? problem;
            (known, problem) = await Check(token.ToString(), cancel);
            if (known is null)
                return (null, problem);
        }
        if (known!.ExpiresAt <= clock.GetUtcNow())
            return (null, Problems.TokenExpired);
        if (keys.Find(known.KeyId) is null)
            return (null, Problems.AuthenticationFailed); // its key was dropped meanwhile

        // First sight on this instance, or something that it rests on may have changed since: the rows are asked.
        if (revocations.MayHaveChanged(known.Caller, known.AskedAt))
        {
            var now = revocations.Now;
            var standing = await revocations.Ask(known.Caller, cancel);
            known = known with { AskedAt = now, Holds = standing is not null, Caller = standing ?? known.Caller };
            remembered.Set(
                hash,
                known,
                new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Lifetime }
            );
        }
        return known.Holds ? (known.Caller, null) : (null, Problems.TokenRevoked);
    }

    public void Dispose() => remembered.Dispose();

    private async ValueTask<(Remembered?, ProblemKind?)> Check(string token, CancellationToken cancel)
    {
        if (token.Length > 16 * 1024 || !IsCompact(token))
            return (null, Problems.AuthenticationFailed);
        var result = await Validate(token);
        // Another instance may have signed it with a key that is new.
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
            new Remembered(
                caller,
                ((JsonWebToken)result.SecurityToken).Kid,
                new DateTimeOffset(result.SecurityToken.ValidTo),
                AskedAt: default,
                Holds: false
            ),
            null
        );
    }

    /// <summary>Three parts, each in its one spelling: the library reads padding and loose last bits, too.</summary>
    private static bool IsCompact(string token)
    {
        var parts = 0;
        foreach (var part in token.AsSpan().Split('.'))
        {
            if (++parts > 3 || part.Start.Equals(part.End) || !TokenText.Is(token.AsSpan(part)))
                return false;
        }
        return parts == 3;
    }

    private Task<TokenValidationResult> Validate(string token) =>
        handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                // Pinned: 'none' has no signature, and HS256 would take our public key for a shared secret.
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
            || !token.TryGetPayloadValue<string>("tenant_id", out var tenantText)
            || !Guid.TryParse(tenantText, out var tenant)
            || !token.TryGetPayloadValue<string>(JwtRegisteredClaimNames.Sid, out var sessionText)
            || !Guid.TryParse(sessionText, out var session)
            || !token.TryGetPayloadValue<string>("role", out var role)
            || !token.TryGetPayloadValue<string[]>(PermissionsClaim, out _)
        )
            return false;
        // What the caller may do comes from the rows. The token says it for applications that verify it by themselves.
        caller = new Caller(tenant, user, session, role, FrozenSet<string>.Empty);
        return true;
    }

    /// <param name="Caller">whom it speaks for, with what they may do by the rows</param>
    /// <param name="KeyId">what it is signed with</param>
    /// <param name="ExpiresAt">after it nothing else counts</param>
    /// <param name="AskedAt">when the rows that it rests on were asked, as <see cref="TokenStateCache.Now"/> tells time</param>
    /// <param name="Holds">what they said</param>
    private sealed record Remembered(
        Caller Caller,
        string KeyId,
        DateTimeOffset ExpiresAt,
        (int? Period, long Change) AskedAt,
        bool Holds
    );

    /// <summary>SHA-256 of a token: what is remembered cannot be used to sign in.</summary>
    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
    {
        public static TokenHash Of(ReadOnlySpan<char> token)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            // Of two kilobytes as a rule, and the same for each request.
            var most = Encoding.UTF8.GetMaxByteCount(token.Length);
            var rented = ArrayPool<byte>.Shared.Rent(most);
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
