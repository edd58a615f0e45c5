using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Access;

namespace Tenantry.Features.Roles;

/// <summary>Roles as JSON, each written once for as long as they are cached.</summary>
public sealed class WrittenRoles(IOptions<JsonOptions> json)
{
    // They go with the hierarchy that they were written from.
    private readonly ConditionalWeakTable<RoleHierarchy, ConcurrentDictionary<Guid, byte[]>> written = [];

    public byte[] Of(Role role, RoleHierarchy roles) => written.GetOrCreateValue(roles).GetOrAdd(role.Id, static (_, ask) =>
        JsonSerializer.SerializeToUtf8Bytes(RoleDocument.Of(ask.role, ask.roles), ask.SerializerOptions), (role, roles, json.Value.SerializerOptions));
}
