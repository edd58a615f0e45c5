using System.ComponentModel.DataAnnotations;
using System.Text;

namespace Tenantry.Features.Files;

/// <summary>
/// The media type of a file: by its first bytes where they show one, otherwise the declared one. A script in a file
/// could act as the user whose browser runs it: therefore a type that browsers execute is never shown inline, whatever
/// was declared.
/// </summary>
public static class FileType
{
    public const string Unknown = "application/octet-stream";

    /// <summary>The number of first bytes by which types are recognised.</summary>
    public const int SignatureBytes = 512;

    private static readonly (byte[] Bytes, int At, string Type)[] Signatures =
    [
        (Hex("89504E470D0A1A0A"), 0, "image/png"),
        (Hex("FFD8FF"), 0, "image/jpeg"),
        (Ascii("GIF87a"), 0, "image/gif"),
        (Ascii("GIF89a"), 0, "image/gif"),
        (Hex("49492A00"), 0, "image/tiff"),
        (Hex("4D4D002A"), 0, "image/tiff"),
        (Ascii("8BPS"), 0, "image/vnd.adobe.photoshop"),
        (Ascii("%PDF-"), 0, "application/pdf"),
        (Ascii("%!PS"), 0, "application/postscript"),
        (Ascii("{\\rtf"), 0, "application/rtf"),
        (Hex("1F8B"), 0, "application/gzip"),
        (Ascii("BZh"), 0, "application/x-bzip2"),
        (Hex("FD377A585A00"), 0, "application/x-xz"),
        (Hex("28B52FFD"), 0, "application/zstd"),
        (Hex("377ABCAF271C"), 0, "application/x-7z-compressed"),
        (Ascii("Rar!\u001a\u0007"), 0, "application/vnd.rar"),
        (Ascii("ustar"), 257, "application/x-tar"),
        (Ascii("OggS"), 0, "application/ogg"),
        (Ascii("fLaC"), 0, "audio/flac"),
        (Ascii("ID3"), 0, "audio/mpeg"),
        (Ascii("MThd"), 0, "audio/midi"),
        (Hex("1A45DFA3"), 0, "video/x-matroska"),
        (Ascii("wOFF"), 0, "font/woff"),
        (Ascii("wOF2"), 0, "font/woff2"),
        (Ascii("SQLite format 3\0"), 0, "application/vnd.sqlite3"),
        (Hex("7F454C46"), 0, "application/x-elf"),
        (Hex("CFFAEDFE"), 0, "application/x-mach-binary"),
        (Hex("CAFEBABE"), 0, "application/java-vm"),
        (Hex("0061736D"), 0, "application/wasm"),
        (Hex("D0CF11E0A1B11AE1"), 0, "application/x-ole-storage"),
        (Ascii("#!"), 0, "text/x-shellscript"),
        (Ascii("MZ"), 0, "application/vnd.microsoft.portable-executable"),
    ];

    /// <summary>
    /// Prefixes of types that use the format of another type. Such a declared type is accepted, since it is more
    /// specific.
    /// </summary>
    private static readonly Dictionary<string, string[]> Containers = new(StringComparer.Ordinal)
    {
        ["application/zip"] =
        [
            "application/vnd.openxmlformats-officedocument.",
            "application/vnd.oasis.opendocument.",
            "application/epub+zip",
            "application/vnd.android.package-archive",
            "application/java-archive",
            "application/vnd.ms-",
        ],
        ["application/x-ole-storage"] = ["application/msword", "application/vnd.ms-", "application/x-msi"],
        ["application/ogg"] = ["audio/ogg", "video/ogg", "audio/opus"],
        ["video/x-matroska"] = ["video/webm", "audio/webm", "video/matroska", "audio/matroska"],
        ["image/tiff"] = ["image/x-", "image/dng"],
    };

    /// <summary>Types that no browser executes.</summary>
    private static readonly string[] Inert =
    [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "image/bmp",
        "text/plain",
        "application/pdf",
    ];

    /// <param name="first">The first <see cref="SignatureBytes"/> bytes, or all bytes of a smaller file.</param>
    /// <param name="declared">The type that the caller declared. Null: none.</param>
    public static string Of(ReadOnlySpan<byte> first, string? declared)
    {
        var type = Normalize(declared);
        if (Recognize(first) is not { } recognized)
            return type ?? Unknown;
        return
            type is not null
            && Containers.TryGetValue(recognized, out var contained)
            && Array.Exists(contained, prefix => type.StartsWith(prefix, StringComparison.Ordinal))
            ? type
            : recognized;
    }

    /// <summary>Whether a browser may show the type inline: images, audio, video, plain text, PDF.</summary>
    public static bool IsInert(string type) =>
        type.StartsWith("audio/", StringComparison.Ordinal)
        || type.StartsWith("video/", StringComparison.Ordinal)
        || Inert.Contains(type, StringComparer.Ordinal);

    /// <summary>Whether the type is in a list whose entries are types, or groups like <c>video/*</c>.</summary>
    public static bool Matches(string type, IEnumerable<string> patterns) =>
        patterns.Any(pattern =>
            pattern.EndsWith("/*", StringComparison.Ordinal)
                ? type.StartsWith(pattern[..^1], StringComparison.Ordinal)
                : type.Equals(pattern, StringComparison.Ordinal)
        );

    /// <returns>The type in lower case and without parameters. Null: the text is no media type.</returns>
    public static string? Normalize(string? text)
    {
        if (text is null)
            return null;
        var type = text.Split(';')[0].Trim().ToLowerInvariant();
        return
            type.Length <= 127
            && type.Split('/') is [{ Length: > 0 } kind, { Length: > 0 } name]
            && kind.All(IsTokenCharacter)
            && name.All(IsTokenCharacter)
            ? type
            : null;
    }

    private static string? Recognize(ReadOnlySpan<byte> first)
    {
        foreach (var (bytes, at, type) in Signatures)
        {
            if (first.Length >= at + bytes.Length && first.Slice(at, bytes.Length).SequenceEqual(bytes))
                return type;
        }
        if (first.StartsWith("PK\u0003\u0004"u8) || first.StartsWith("PK\u0005\u0006"u8))
            return "application/zip";
        if (first.Length >= 12 && first.StartsWith("RIFF"u8))
            return Encoding.ASCII.GetString(first[8..12]) switch
            {
                "WEBP" => "image/webp",
                "WAVE" => "audio/wav",
                "AVI " => "video/x-msvideo",
                _ => null,
            };
        if (first.Length >= 12 && first[4..8].SequenceEqual("ftyp"u8))
            return Encoding.ASCII.GetString(first[8..12]) switch
            {
                "avif" or "avis" => "image/avif",
                "heic" or "heix" or "mif1" => "image/heic",
                "qt  " => "video/quicktime",
                "M4A " => "audio/mp4",
                _ => "video/mp4",
            };
        if (first.Length >= 14 && first.StartsWith("BM"u8) && first[6..10].SequenceEqual(new byte[4]))
            return "image/bmp";
        if (first.Length >= 2 && first[0] == 0xFF && (first[1] & 0xE6) == 0xE2)
            return "audio/mpeg";
        return RecognizeMarkup(first);
    }

    /// <summary>Recognises text that a browser would render as a page, whatever type was declared.</summary>
    private static string? RecognizeMarkup(ReadOnlySpan<byte> first)
    {
        var text = Encoding.UTF8.GetString(first).TrimStart('\uFEFF', ' ', '\t', '\r', '\n', '\f');
        while (
            text.StartsWith("<!--", StringComparison.Ordinal)
            && text.IndexOf("-->", StringComparison.Ordinal) is var end and > 0
        )
            text = text[(end + 3)..].TrimStart();
        if (text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase))
            return text.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? "image/svg+xml"
                : text.Contains("<html", StringComparison.OrdinalIgnoreCase) ? "application/xhtml+xml"
                : "application/xml";
        if (
            text.StartsWith("<svg", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<!doctype svg", StringComparison.OrdinalIgnoreCase)
        )
            return "image/svg+xml";
        string[] pages =
        [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<script",
            "<iframe",
            "<title",
            "<style",
            "<table",
            "<div",
            "<h1",
            "<a ",
            "<br",
            "<p>",
            "<!--",
        ];
        return Array.Exists(pages, tag => text.StartsWith(tag, StringComparison.OrdinalIgnoreCase))
            ? "text/html"
            : null;
    }

    private static bool IsTokenCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || "!#$&-^_.+".Contains(character, StringComparison.Ordinal);

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}

/// <summary>Validates a media type.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class MediaTypeAttribute() : ValidationAttribute("must be a media type like application/pdf")
{
    public override bool IsValid(object? value) => value is not string text || FileType.Normalize(text) == text;
}
