using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Links;

/// <summary>A share link of a file.</summary>
/// <param name="Id">The id of the link.</param>
/// <param name="Url">Always null: only the creation returns the address, and it cannot be read again.</param>
/// <param name="HasPassword">Whether the link requires a password.</param>
/// <param name="MaxDownloads">The number of downloads after which the link ends. Null: it is unlimited.</param>
/// <param name="Downloads">The number of downloads so far.</param>
/// <param name="ExpiresAt">The time at which the link expires.</param>
/// <param name="CreatedBy">The id of the user who created the link.</param>
/// <param name="CreatedAt">The time at which the link was created.</param>
public sealed record FileLinkDocument(
    Guid Id,
    Uri? Url,
    bool HasPassword,
    int? MaxDownloads,
    int Downloads,
    DateTimeOffset ExpiresAt,
    Guid? CreatedBy,
    DateTimeOffset CreatedAt
) : IExample<FileLinkDocument>
{
    public static FileLinkDocument Example =>
        new(
            Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70902"),
            null,
            false,
            3,
            0,
            FileDocument.Example.CreatedAt.AddDays(1),
            FileDocument.Example.UserId,
            FileDocument.Example.CreatedAt
        );

    internal static FileLinkDocument Of(FileLink row) =>
        new(
            row.Id,
            Url: null,
            row.PasswordHash is not null,
            row.MostDownloads,
            row.Downloads,
            row.ExpiresAt,
            row.CreatedBy,
            row.CreatedAt
        );
}

/// <summary>A share link that was created, with its address.</summary>
/// <param name="Id">The id of the link.</param>
/// <param name="Url">The address of the link. Store it: it cannot be read again.</param>
/// <param name="HasPassword">Whether the link requires a password.</param>
/// <param name="MaxDownloads">The number of downloads after which the link ends. Null: it is unlimited.</param>
/// <param name="Downloads">The number of downloads so far.</param>
/// <param name="ExpiresAt">The time at which the link expires.</param>
/// <param name="CreatedBy">The id of the user who created the link.</param>
/// <param name="CreatedAt">The time at which the link was created.</param>
public sealed record NewFileLinkDocument(
    Guid Id,
    Uri Url,
    bool HasPassword,
    int? MaxDownloads,
    int Downloads,
    DateTimeOffset ExpiresAt,
    Guid CreatedBy,
    DateTimeOffset CreatedAt
) : IExample<NewFileLinkDocument>
{
    public static NewFileLinkDocument Example =>
        new(
            FileLinkDocument.Example.Id,
            new Uri("https://api.example.com/api/v1/files/shared?token=tnf_AZqPPo0AfBG"),
            false,
            3,
            0,
            FileDocument.Example.CreatedAt.AddDays(1),
            FileDocument.Example.UserId!.Value,
            FileDocument.Example.CreatedAt
        );

    internal static NewFileLinkDocument Of(FileLink row, Guid creator, Uri url) =>
        new(
            row.Id,
            url,
            row.PasswordHash is not null,
            row.MostDownloads,
            row.Downloads,
            row.ExpiresAt,
            creator,
            row.CreatedAt
        );
}
