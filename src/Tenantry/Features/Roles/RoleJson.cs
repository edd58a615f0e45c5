using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Roles as JSON. Each role is serialised once for as long as its hierarchy is cached.</summary>
public sealed class RoleJson(IOptions<JsonOptions> json)
{
    // The entries are collected together with the hierarchy that they were serialised from.
    private readonly ConditionalWeakTable<RoleHierarchy, ConcurrentDictionary<Guid, Serialized>> serialized = [];

    public byte[] Of(Role role, RoleHierarchy roles) => SerializedOf(role, roles).Json;

    /// <summary>
    /// The entity tag covers the whole document: the name of a parent role is part of it, and can change alone.
    /// </summary>
    public EntityTagHeaderValue TagOf(Role role, RoleHierarchy roles) => SerializedOf(role, roles).Tag;

    private Serialized SerializedOf(Role role, RoleHierarchy roles) =>
        serialized
            .GetOrCreateValue(roles)
            .GetOrAdd(
                role.Id,
                static (_, source) =>
                {
                    var json = JsonSerializer.SerializeToUtf8Bytes(
                        RoleDocument.Of(source.role, source.roles),
                        source.SerializerOptions
                    );
                    return new Serialized(json, ETag.Of(source.role.Version, json));
                },
                (role, roles, json.Value.SerializerOptions)
            );

    private sealed record Serialized(byte[] Json, EntityTagHeaderValue Tag);
}
