using System.Buffers.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>Publishes what applications need to verify access tokens without a shared secret.</summary>
public static class WellKnown
{
    /// <summary>A JSON Web Key Set (RFC 7517).</summary>
    /// <param name="Keys">The public keys of the key ring.</param>
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

    /// <summary>The public part of a signing key (RFC 7518, section 6.2).</summary>
    /// <param name="Kty">The key type: <c>EC</c>.</param>
    /// <param name="Use">The use of the key: <c>sig</c>.</param>
    /// <param name="Alg">The algorithm: <c>ES256</c>.</param>
    /// <param name="Kid">The key id, as in the header of an access token.</param>
    /// <param name="Crv">The curve: <c>P-256</c>.</param>
    /// <param name="X">The x coordinate, base64url.</param>
    /// <param name="Y">The y coordinate, base64url.</param>
    public sealed record Key(string Kty, string Use, string Alg, string Kid, string Crv, string X, string Y);

    /// <summary>The metadata of the issuer, in the form of OpenID Connect Discovery 1.0.</summary>
    /// <param name="Issuer">The <c>iss</c> claim of access tokens.</param>
    /// <param name="JwksUri">The address of the key set.</param>
    /// <param name="IdTokenSigningAlgValuesSupported">The signature algorithms of tokens.</param>
    /// <param name="ResponseTypesSupported">The supported response types.</param>
    /// <param name="SubjectTypesSupported">The supported subject types.</param>
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
        return TypedResults.Ok(new KeySet([.. ring.Verifying.Select(PublicKey)]));
    }

    public static Ok<Configuration> Describe(ServiceSettings settings, HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(
            new Configuration(
                settings.JwtIssuer,
                new Uri(IssuerAddress(settings), "/.well-known/jwks.json").ToString(),
                ["ES256"],
                ["token"],
                ["public"]
            )
        );
    }

    /// <summary>Where to report vulnerabilities (RFC 9116), from <c>SECURITY_CONTACT</c>.</summary>
    public static Results<ContentHttpResult, Missing> Contact(ServiceSettings settings, TimeProvider clock) =>
        settings.SecurityContact is not { } contact
            ? Problems.Missing(
                "This installation has no security contact. Its operator sets one with SECURITY_CONTACT."
            )
            : TypedResults.Content(
                $"""
                Contact: {contact}
                Expires: {clock.GetUtcNow().UtcDateTime.Date.AddDays(180):yyyy-MM-dd}T00:00:00Z
                Canonical: {new Uri(settings.AppBaseUrl, "/.well-known/security.txt")}
                Preferred-Languages: en

                """,
                "text/plain; charset=utf-8"
            );

    // Not APP_BASE_URL where the issuer is a URL: an application with its own pages has another address.
    private static Uri IssuerAddress(ServiceSettings settings) =>
        Uri.TryCreate(settings.JwtIssuer, UriKind.Absolute, out var issuer) && issuer.Scheme is "http" or "https"
            ? issuer
            : settings.AppBaseUrl;

    private static Key PublicKey(Microsoft.IdentityModel.Tokens.ECDsaSecurityKey key)
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
