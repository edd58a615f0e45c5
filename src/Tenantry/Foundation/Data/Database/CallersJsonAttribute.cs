namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Marks a jsonb property whose content comes from callers. <c>FreeJson</c> checks the input, and a trigger of the
/// table refuses every write that <c>json_is_bounded</c> does not accept.
/// </summary>
/// <param name="mostBytes">The limit for the text that PostgreSQL prints, well above the limit for a request.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CallersJsonAttribute(int mostBytes) : Attribute
{
    /// <summary>The limit for metadata. A request may send 16 KiB.</summary>
    public const int Metadata = 64 * 1024;

    /// <summary>The limit for the texts of a template. A request may have 1 MiB.</summary>
    public const int Texts = 2 * 1024 * 1024;

    public int MostBytes => mostBytes;
}

/// <summary>Marks a jsonb property whose content the service itself creates.</summary>
/// <param name="bound">What limits its size.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OwnJsonAttribute(string bound) : Attribute
{
    public string Bound => bound;
}
