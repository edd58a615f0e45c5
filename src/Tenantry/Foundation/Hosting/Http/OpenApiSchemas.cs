using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>The schemas of bodies: their names, their rules and their examples.</summary>
internal static class OpenApiSchemas
{
    /// <summary>
    /// A nested <c>Login.Request</c> is <c>LoginRequest</c>, and a <c>Page</c> of <c>OwnSessions.Document</c> is
    /// <c>PageOfOwnSessionsDocument</c>: the short names would be the same for several types. JSON of any kind has no
    /// schema.
    /// </summary>
    public static string? NameOf(JsonTypeInfo type)
    {
        if (
            (Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement)
            || OpenApiOptions.CreateDefaultSchemaReferenceId(type) is not { } name
        )
            return null;
        if (type.Type.IsGenericType && type.Kind == JsonTypeInfoKind.Object)
            name =
                type.Type.Name.Split('`')[0]
                + "Of"
                + string.Concat(
                    type.Type.GetGenericArguments().Select(of => NameOf(type.Options.GetTypeInfo(of)) ?? of.Name)
                );
        return type.Type.DeclaringType is { } outer
            ? outer.Name.Replace("Endpoints", "", StringComparison.Ordinal) + name
            : name;
    }

    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        // The framework cannot see what a custom converter writes.
        if (
            (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type)
            == typeof(DateTimeOffset)
        )
            schema.Type =
                context.JsonPropertyInfo?.PropertyType == typeof(DateTimeOffset?)
                    ? JsonSchemaType.String | JsonSchemaType.Null
                    : JsonSchemaType.String;
        // A member that may be null states that itself. In the list of an enum, null would apply to every member that
        // refers to it.
        if (schema.Enum is { } names)
        {
            schema.Type ??= JsonSchemaType.String;
            schema.Enum = [.. names.Where(name => name is not null && !JsonNullSentinel.IsJsonNullSentinel(name))];
        }
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            DescribeObject(schema, context.JsonTypeInfo, context.ApplicationServices.GetRequiredService<BodyTypes>());
        if (context.JsonPropertyInfo is { } property)
            DescribeMember(schema, property);
        if (context.JsonPropertyInfo is not null || ExampleOf(context.JsonTypeInfo.Type) is not { } example)
            return Task.CompletedTask;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        schema.Examples = [JsonSerializer.SerializeToNode(example, context.JsonTypeInfo.Type, json)!];
        return Task.CompletedTask;
    }

    /// <summary>
    /// The quota of a problem is left out, and never null. Because it refers to another schema, the framework has added
    /// null after <see cref="Describe"/>.
    /// </summary>
    public static void RemoveNullOfLeftOut(OpenApiDocument document)
    {
        if (
            document.Components?.Schemas is { } schemas
            && schemas.TryGetValue(nameof(ProblemDocument), out var problem)
            && problem.Properties is { } members
            && members.TryGetValue("quota", out var quota)
            && quota.OneOf is [{ Type: JsonSchemaType.Null }, OpenApiSchemaReference reference]
        )
            members["quota"] = reference;
    }

    /// <summary>
    /// Adds the validation rules of a member, for generated clients. A record has them on the parameter of its
    /// constructor.
    /// </summary>
    private static void DescribeMember(OpenApiSchema schema, JsonPropertyInfo property)
    {
        if (AttributesOf<JsonShapeAttribute>(property).SingleOrDefault() is { } shape)
            shape.Describe(schema, property.PropertyType == typeof(JsonElement?));
        foreach (var rule in RulesOf(property))
        {
            if (rule is RequiredMemberAttribute)
                schema.Type &= ~JsonSchemaType.Null;
            (rule as ISchemaRule)?.Describe(schema);
        }
        if (IsLeftOut(property))
            schema.Type &= ~JsonSchemaType.Null;
        // An extension of Kiota: its exceptions use this member as their message. Other generators ignore it.
        if (property is { DeclaringType.Name: nameof(ProblemDocument), Name: "title" })
            (schema.Extensions ??= new Dictionary<string, IOpenApiExtension>())["x-ms-primary-error-message"] =
                new JsonNodeExtension(true);
    }

    /// <summary>
    /// A request refuses unknown members and lists its required ones. A response may get more members later.
    /// </summary>
    private static void DescribeObject(OpenApiSchema schema, JsonTypeInfo type, BodyTypes types)
    {
        schema.AdditionalPropertiesAllowed = !types.IsRead(type.Type);
        if (types.IsRead(type.Type))
            schema.Required = type
                .Properties.Where(IsNeeded)
                .Select(property => property.Name)
                .ToHashSet(StringComparer.Ordinal);
        else
            schema.Required?.ExceptWith(type.Properties.Where(IsLeftOut).Select(property => property.Name));
    }

    /// <summary>Whether a request without the member is refused.</summary>
    private static bool IsNeeded(JsonPropertyInfo property) =>
        RulesOf(property).OfType<RequiredMemberAttribute>().Any()
        || property is { PropertyType.IsValueType: false, IsSetNullable: false, AssociatedParameter.IsNullable: false };

    /// <summary>Whether the member is left out of a response instead of being null.</summary>
    private static bool IsLeftOut(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false)
            is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static IEnumerable<ValidationAttribute> RulesOf(JsonPropertyInfo property) =>
        AttributesOf<ValidationAttribute>(property);

    private static IEnumerable<TAttribute> AttributesOf<TAttribute>(JsonPropertyInfo property)
        where TAttribute : Attribute
    {
        var member = property.AttributeProvider as MemberInfo;
        var parameter = member
            ?.DeclaringType?.GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .FirstOrDefault(p => p.Name == member.Name);
        return parameter?.GetCustomAttributes<TAttribute>() ?? [];
    }

    private static object? ExampleOf(Type type) =>
        type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IExample<>))
            ? type.GetProperty("Example")!.GetValue(null)
            : null;
}
