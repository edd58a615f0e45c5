using Microsoft.Net.Http.Headers;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Downloads;

/// <summary>Decides whether a file may be downloaded, and under which type and name.</summary>
internal static class FileDownload
{
    /// <returns>Why the file cannot be downloaded. Null: it can.</returns>
    public static string? Refuse(StoredFile file) =>
        file.Scan switch
        {
            Scan.Pending => "The virus scanner has not checked the file yet. Try again later.",
            Scan.Infected => "The virus scanner found a threat in the file. The file cannot be downloaded.",
            Scan.Unscannable => "The file is too large for the virus scanner. The file cannot be downloaded.",
            _ => null,
        };

    /// <summary>
    /// The terms of a signed address. A type that a browser would execute is always an attachment: shown inline, a
    /// script in the file could act as the user. An attachment is saved under the name of the file (RFC 6266).
    /// </summary>
    public static SignedGet Terms(StoredFile file, DateTimeOffset expires, bool isInline)
    {
        var disposition = new ContentDispositionHeaderValue(
            isInline && FileType.IsInert(file.MimeType) ? "inline" : "attachment"
        );
        disposition.SetHttpFileName(file.FileName);
        return new SignedGet(expires, file.MimeType, disposition.ToString());
    }
}
