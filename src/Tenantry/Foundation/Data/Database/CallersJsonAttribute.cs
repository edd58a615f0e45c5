namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// On a property that is stored as jsonb: its content comes from callers. It passes <c>FreeJson</c> on its way in, and a trigger of its table refuses what <c>json_is_bounded</c> refuses, whoever writes it.
/// </summary>
/// <param name="mostBytes">of the text that PostgreSQL makes of it; well above what a request may send</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CallersJsonAttribute(int mostBytes) : Attribute
{
    /// <summary>Of metadata: requests may send 16 KiB.</summary>
    public const int Metadata = 64 * 1024;

    /// <summary>Of the texts of a template: a request has 1 MiB at most.</summary>
    public const int Texts = 2 * 1024 * 1024;

    public int MostBytes => mostBytes;
}

/// <summary>On a property that is stored as jsonb: the service itself makes it.</summary>
/// <param name="bound">what keeps it small</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OwnJsonAttribute(string bound) : Attribute
{
    public string Bound => bound;
}
