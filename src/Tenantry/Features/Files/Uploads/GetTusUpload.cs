using System.Globalization;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Returns the offset of a resumable upload, from which the client continues.</summary>
public static class GetTusUpload
{
    public static async Task<IResult> Handle(Guid id, TusUploads uploads, HttpContext http, CancellationToken cancel)
    {
        if (await uploads.Find(id, cancel) is not { } upload)
            return TusUploads.NotFound();
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        (headers[Tus.Offset], headers[Tus.Length], headers[Tus.Expires]) = (
            upload.Received.ToString(CultureInfo.InvariantCulture),
            upload.FileSize.ToString(CultureInfo.InvariantCulture),
            upload.ExpiresAt.ToString("R")
        );
        if (upload.Described is not null)
            headers[Tus.Metadata] = upload.Described;
        return TypedResults.Ok();
    }
}
