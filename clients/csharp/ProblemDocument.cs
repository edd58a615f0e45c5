using Microsoft.Kiota.Abstractions.Serialization;

namespace Tenantry.Client.Models;

public partial class ProblemDocument
{
    /// <summary>JSON member to messages, where members are at fault; empty otherwise. The generator has no type for a map.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> FieldErrors =>
        (Errors?.AdditionalData ?? new Dictionary<string, object>()).ToDictionary(
            error => error.Key,
            IReadOnlyList<string> (error) =>
                error.Value is UntypedArray messages
                    ? [.. messages.GetValue().OfType<UntypedString>().Select(message => message.GetValue() ?? "")]
                    : []
        );
}
