using System.Text.Json;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// The hashes that a system stores in several members, as one text. Whether a text is a hash that can be verified is
/// decided later, for all systems alike.
/// </summary>
internal static class SourceHash
{
    /// <param name="user">The user, with the hash in a form that <see cref="ImportedHash"/> reads.</param>
    /// <param name="options">What the operator permits and knows about the hashes.</param>
    /// <param name="fault">The validation message, which continues the field name.</param>
    /// <returns>The hash. Null: the user has none, or it cannot be imported.</returns>
    public static ImportedHash? Read(ImportedUser user, ImportedHash.Options options, out string? fault)
    {
        fault = null;
        return user.PasswordHash is not { } hash ? null
            : user.PasswordSalt is { } salt ? ImportedHash.ReadFirebase(hash, salt, options, out fault)
            : ImportedHash.Read(hash, options, out fault);
    }

    /// <summary>The password of a user's credentials. Keycloak stores its parts as JSON within texts.</summary>
    public static string? Keycloak(FieldReader user)
    {
        if (user.Derived("password_hash", (string?)null) is { } mapped)
            return mapped;
        if (user.Find("credentials") is not { ValueKind: JsonValueKind.Array } credentials)
            return null;
        foreach (var credential in credentials.EnumerateArray())
        {
            if (TextOf(credential, "type") == "password")
                return Keycloak(credential) ?? "a Keycloak credential that is not complete";
        }
        return null;
    }

    private static string? Keycloak(JsonElement credential)
    {
        if (
            Part(credential, "secretData") is not { } secret
            || Part(credential, "credentialData") is not { } data
            || TextOf(secret, "value") is not { } hash
            || TextOf(secret, "salt") is not { } salt
            || !data.TryGetProperty("hashIterations", out var rounds)
            || !rounds.TryGetInt32(out var passes)
        )
            return null;
        var (plainHash, plainSalt) = (hash.TrimEnd('='), salt.TrimEnd('='));
        return TextOf(data, "algorithm") switch
        {
            "argon2" =>
                $"$argon2{Parameter(data, "type")}$v={Version(Parameter(data, "version"))}$m={Parameter(data, "memory")},t={passes},p={Parameter(data, "parallelism")}${plainSalt}${plainHash}",
            "pbkdf2" => $"$pbkdf2-sha1$i={passes}${plainSalt}${plainHash}",
            "pbkdf2-sha256" => $"$pbkdf2-sha256$i={passes}${plainSalt}${plainHash}",
            "pbkdf2-sha512" => $"$pbkdf2-sha512$i={passes}${plainSalt}${plainHash}",
            _ => null,
        };
    }

    private static string Version(string? version) => version == "1.0" ? "16" : "19";

    /// <summary>An additional parameter: a list with one text.</summary>
    private static string? Parameter(JsonElement data, string name) =>
        data.TryGetProperty("additionalParameters", out var all)
        && all.ValueKind == JsonValueKind.Object
        && all.TryGetProperty(name, out var values)
        && values.ValueKind == JsonValueKind.Array
        && values.GetArrayLength() > 0
        && values[0].ValueKind == JsonValueKind.String
            ? values[0].GetString()
            : null;

    private static JsonElement? Part(JsonElement credential, string name) =>
        credential.ValueKind == JsonValueKind.Object && credential.TryGetProperty(name, out var part)
            ? FieldReader.ObjectOf(part)
            : null;

    private static string? TextOf(JsonElement json, string name)
    {
        try
        {
            return
                json.ValueKind == JsonValueKind.Object
                && json.TryGetProperty(name, out var text)
                && text.ValueKind == JsonValueKind.String
                ? text.GetString()
                : null;
        }
        catch (InvalidOperationException) // half of a surrogate pair
        {
            return null;
        }
    }
}
