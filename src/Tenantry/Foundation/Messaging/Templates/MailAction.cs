using System.Net;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>What a security mail asks its reader to do: follow a link, or enter a code.</summary>
public enum ActionKind
{
    Link,
    Code,
}

/// <summary>
/// The link or code of a security mail. A template says where it stands, with <c>{{ action }}</c>, and never sees its
/// value: the service writes it, as an element of its own.
/// </summary>
/// <param name="Kind">how it is shown</param>
/// <param name="Value">the address with its token, or the code: a secret</param>
public sealed record MailAction(ActionKind Kind, string Value)
{
    /// <summary>In HTML: a block that nothing around it can become a part of.</summary>
    public string Html =>
        Kind == ActionKind.Link
            ? $"<div><a href=\"{WebUtility.HtmlEncode(Value)}\">{WebUtility.HtmlEncode(Value)}</a></div>"
            : $"<div><strong>{WebUtility.HtmlEncode(Value)}</strong></div>";

    /// <summary>
    /// In text: a paragraph of its own. Mail programs make links of what looks like an address, so that whatever a
    /// template writes before it on the same line would take the token along.
    /// </summary>
    public string Between(string before, string after) =>
        $"{before.TrimEnd()}\n\n{Value}\n\n{after.TrimStart()}".Trim();

    // A record would print its secret.
    public override string ToString() => Kind.ToString();
}
