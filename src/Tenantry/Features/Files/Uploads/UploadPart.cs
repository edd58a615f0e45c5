using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Stores one part of a direct upload on the disk of the service, as a bucket does with a signed request. The signature
/// fixes what may be sent. The row of the upload decides whether it may still be sent: a signed request stays valid for
/// an hour, but its upload may be completed or cancelled, or its user or tenant switched off, before that.
/// </summary>
public static class UploadPart
{
    public static async Task<IResult> Handle(
        Guid tenant,
        Guid id,
        DiskStore store,
        DiskSignatures signatures,
        SignedUploads uploads,
        SharedGates gates,
        HttpRequest request,
        CancellationToken cancel
    )
    {
        var address = new DiskAddress(tenant, id, request.Query);
        if (
            address is not { Upload: { } upload, Part: { } part, Size: { } size }
            || !signatures.IsValid(
                "PART",
                address.Key,
                address.Expires,
                address.Signature,
                upload,
                part.ToString(CultureInfo.InvariantCulture),
                size.ToString(CultureInfo.InvariantCulture)
            )
        )
            return DiskEndpoints.NotSigned();
        if (request.ContentLength != size)
            return Problems.Invalid("Content-Length", $"must be {size}, as signed");
        using var slot = await gates.Uploads.Acquire(tenant, cancel);
        if (gates.Uploads.RefusalOf(slot) is { } refusal)
            return refusal;
        if (!await uploads.IsOpen(address, cancel))
            return Ended();
        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = size;
        return await store.PutPart(upload, part, request.Body, cancel) ? TypedResults.Ok() : Ended();
    }

    private static Missing Ended() => Problems.Missing("The upload does not exist or has ended. Start a new one.");
}
