using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Validation;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// All faults of a JSON body. The serializer stops at the first one, so the document is compared here with the members
/// of its type. What remains without the faulty members is read, and checked by the rules of the type.
/// </summary>
internal static class BodyFaults
{
    private const string Root = "body";

    public static async Task Add(HttpContext http, Endpoint endpoint, Type type, RequestFaults faults)
    {
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (await Read(http) is not { } bytes)
            return;
        using var document = Parse(bytes, json, faults);
        if (document is null)
            return;
        if (document.RootElement.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            if (!endpoint.Metadata.GetMetadata<IAcceptsMetadata>()!.IsOptional)
                faults.Add(Root, "is required: a JSON object");
            return;
        }
        var members = new MemberFaults(faults);
        var info = json.GetTypeInfo(type);
        if (
            !members.Find(document.RootElement, info, "")
            || faults.IsFull
            || members.Rest(document.RootElement, info) is not { } rest
        )
            return;
        await AddRules(rest, http, members, faults);
        AddChecks(rest, http, endpoint, members, faults);
    }

    /// <returns>Null: the body is too long or does not arrive. The layer that read it first reports why.</returns>
    private static async Task<byte[]?> Read(HttpContext http)
    {
        var body =
            http.Features.Get<IRequestBodyPipeFeature>() as RetainedBody ?? new RetainedBody(http.Request.BodyReader);
        try
        {
            return await body.ReadAgain(http.RequestAborted);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <returns>Null: the body is not JSON.</returns>
    private static JsonDocument? Parse(byte[] bytes, JsonSerializerOptions json, RequestFaults faults)
    {
        try
        {
            return JsonDocument.Parse(
                bytes.Length == 0 ? "null"u8.ToArray() : bytes,
                new JsonDocumentOptions { MaxDepth = json.MaxDepth }
            );
        }
        catch (JsonException e)
        {
            faults.Add(Root, ExceptionHandling.JsonFault(e).Message);
            return null;
        }
    }

#pragma warning disable ASP0029 // the framework's own filter uses the same types; an update that changes them is seen here
    /// <summary>Adds what the framework's validation finds.</summary>
    private static async Task AddRules(object body, HttpContext http, MemberFaults members, RequestFaults faults)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<ValidationOptions>>().Value;
        if (!options.TryGetValidatableTypeInfo(body.GetType(), out var rules))
            return;
        var context = new ValidateContext
        {
            ValidationOptions = options,
            ValidationContext = new ValidationContext(body, http.RequestServices, items: null),
        };
        await rules.ValidateAsync(body, context, http.RequestAborted);
        foreach (var (path, messages) in context.ValidationErrors ?? [])
        {
            var field = ValidationProblems.JsonPath(path);
            if (!members.IsOmitted(field))
                faults.Add(field, messages);
        }
    }

#pragma warning restore ASP0029

    private static void AddChecks(
        object body,
        HttpContext http,
        Endpoint endpoint,
        MemberFaults members,
        RequestFaults faults
    )
    {
        if (endpoint.Metadata.GetMetadata<BodyCheck>() is not { } operation)
            return;
        var errors = faults.Copy();
        operation.Check(body, http, errors);
        foreach (var (field, messages) in errors)
        {
            if (!members.IsOmitted(field))
                faults.Add(field, messages);
        }
    }
}
