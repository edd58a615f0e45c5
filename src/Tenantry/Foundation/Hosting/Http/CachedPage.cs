using System.Buffers;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// A <see cref="Page{T}"/> of items that are cached as JSON, because they are read often and change rarely.
/// </summary>
/// <param name="items">The items, each the JSON of a <typeparamref name="T"/>.</param>
/// <param name="nextCursor">The cursor, as in <see cref="Page{T}.NextCursor"/>.</param>
public sealed class CachedPage<T>(IReadOnlyList<byte[]> items, string? nextCursor)
    : IResult,
        IEndpointMetadataProvider,
        IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter((IBufferWriter<byte>)response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteStartArray("items"u8);
            foreach (var item in items)
                json.WriteRawValue(item, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteString("next_cursor"u8, nextCursor);
            json.WriteEndObject();
        }
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Page<T>), ["application/json"])
        );
}
