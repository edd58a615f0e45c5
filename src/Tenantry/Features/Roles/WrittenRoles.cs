using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Roles as JSON, each written once for as long as they are cached.</summary>
public sealed class WrittenRoles(IOptions<JsonOptions> json)
{
    // They go with the hierarchy that they were written from.
    private readonly ConditionalWeakTable<RoleHierarchy, ConcurrentDictionary<Guid, Text>> written = [];

    public byte[] Of(Role role, RoleHierarchy roles) => TextOf(role, roles).Json;

    /// <summary>Of all that is shown, the names of the roles below among it: another of them is another document.</summary>
    public EntityTagHeaderValue TagOf(Role role, RoleHierarchy roles) => TextOf(role, roles).Tag;

    private Text TextOf(Role role, RoleHierarchy roles) =>
        written
            .GetOrCreateValue(roles)
            .GetOrAdd(
                role.Id,
                static (_, ask) =>
                {
                    var json = JsonSerializer.SerializeToUtf8Bytes(
                        RoleDocument.Of(ask.role, ask.roles),
                        ask.SerializerOptions
                    );
                    return new Text(json, ETag.Of(ask.role.Version, json));
                },
                (role, roles, json.Value.SerializerOptions)
            );

    private sealed record Text(byte[] Json, EntityTagHeaderValue Tag);
}
