using Microsoft.Kiota.Abstractions.Serialization;

namespace Tenantry.Client.Models;

public partial class ProblemDocument
{
    /// <summary>
    /// The text of <see cref="Exception.Message"/>: the code, what is wrong, and the messages of each field. A log that has
    /// it needs nothing else to find the fault.
    /// </summary>
    internal string Summary =>
        string.Join(": ", new[] { Code, Detail ?? Title }.Where(part => !string.IsNullOrEmpty(part)))
        + (
            FieldErrors.Count == 0
                ? ""
                : $" ({string.Join("; ", FieldErrors.Select(error => $"{error.Key} {string.Join(", ", error.Value)}"))})"
        );

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
