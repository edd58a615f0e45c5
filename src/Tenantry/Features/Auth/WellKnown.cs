using System.Buffers.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>What applications need to verify our tokens by themselves, without sharing a secret.</summary>
public static class WellKnown
{
    /// <summary>A JSON Web Key Set (RFC 7517).</summary>
    public sealed record KeySet(IReadOnlyList<Key> Keys) : IExample<KeySet>
    {
        public static KeySet Example =>
            new([
                new Key(
                    "EC",
                    "sig",
                    "ES256",
                    "019a8f3e6c007d319f2a6d1c0e5b7a42",
                    "P-256",
                    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
                ),
            ]);
    }

    /// <summary>The public half of a signing key (RFC 7518, section 6.2).</summary>
    public sealed record Key(string Kty, string Use, string Alg, string Kid, string Crv, string X, string Y);

    public sealed record Configuration(
        string Issuer,
        string JwksUri,
        IReadOnlyList<string> IdTokenSigningAlgValuesSupported,
        IReadOnlyList<string> ResponseTypesSupported,
        IReadOnlyList<string> SubjectTypesSupported
    );

    public static Ok<KeySet> Keys(KeyRing ring, HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(new KeySet([.. ring.Verifying.Select(Published)]));
    }

    public static Ok<Configuration> Describe(ServiceSettings settings, HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(
            new Configuration(
                settings.JwtIssuer,
                new Uri(Home(settings), "/.well-known/jwks.json").ToString(),
                ["ES256"],
                ["token"],
                ["public"]
            )
        );
    }

    /// <summary>Where weaknesses are reported (RFC 9116), as <c>SECURITY_CONTACT</c> says it.</summary>
    public static Results<ContentHttpResult, Missing> Contact(ServiceSettings settings, TimeProvider clock) =>
        settings.SecurityContact is not { } contact
            ? Problems.Missing("This installation says nothing of it.")
            : TypedResults.Content(
                $"""
                Contact: {contact}
                Expires: {clock.GetUtcNow().UtcDateTime.Date.AddDays(180):yyyy-MM-dd}T00:00:00Z
                Canonical: {new Uri(settings.AppBaseUrl, "/.well-known/security.txt")}
                Preferred-Languages: en

                """,
                "text/plain; charset=utf-8"
            );

    /// <summary>Where the issuer is: an APP_BASE_URL of an application with pages of its own is somewhere else.</summary>
    private static Uri Home(ServiceSettings settings) =>
        Uri.TryCreate(settings.JwtIssuer, UriKind.Absolute, out var issuer) && issuer.Scheme is "http" or "https"
            ? issuer
            : settings.AppBaseUrl;

    private static Key Published(Microsoft.IdentityModel.Tokens.ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new Key(
            "EC",
            "sig",
            "ES256",
            key.KeyId,
            "P-256",
            Base64Url.EncodeToString(point.X),
            Base64Url.EncodeToString(point.Y)
        );
    }
}
