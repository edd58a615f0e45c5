using System.Globalization;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>Counts the hashes of an import by scheme, for the report to the operator.</summary>
public sealed class HashTally
{
    private static readonly TimeSpan Notable = TimeSpan.FromMilliseconds(400);

    private readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
    private TimeSpan slowest;
    private int weak;

    public void Add(ImportedHash hash)
    {
        counts[hash.Scheme] = counts.GetValueOrDefault(hash.Scheme) + 1;
        weak += hash.IsWeak ? 1 : 0;
        slowest = hash.Work > slowest ? hash.Work : slowest;
    }

    /// <returns>The sentences of the report; empty: there were no hashes.</returns>
    public override string ToString()
    {
        if (counts.Count == 0)
            return "";
        var text = $"Password hashes: {string.Join(", ", counts.Select(entry => $"{entry.Value} {entry.Key}"))}.";
        if (weak > 0)
            text += $" Stored inside of Argon2id: {weak}.";
        if (slowest > Notable)
            text += string.Create(
                CultureInfo.InvariantCulture,
                $" The slowest takes about {slowest.TotalSeconds:0.#} s of a core at the first sign-in of its user."
            );
        return text;
    }
}
