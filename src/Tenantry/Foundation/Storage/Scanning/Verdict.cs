namespace Tenantry.Foundation.Storage.Scanning;

/// <summary>The result of a scan. A class, so that a default value cannot mean "clean".</summary>
public sealed record Verdict
{
    public static readonly Verdict Clean = new();

    private Verdict() { }

    /// <summary>The name of the malware. Null: the content is clean.</summary>
    public string? Threat { get; private init; }

    public static Verdict Infected(string threat) => new() { Threat = threat };
}

public enum ScannerFault
{
    /// <summary>The scanner cannot be reached, or closed the connection.</summary>
    Away,

    /// <summary>The scanner did not answer in time.</summary>
    TimedOut,

    /// <summary>
    /// The content is larger than the scanner accepts. A retry does not help; all other faults may be temporary.
    /// </summary>
    TooLarge,

    /// <summary>The scanner reported that it could not scan the content.</summary>
    Failed,

    /// <summary>The response is not valid.</summary>
    Garbled,
}

/// <summary>The scan has no result. The message contains nothing of the content or of the scanner's response.</summary>
public sealed class ScannerException(ScannerFault fault, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public ScannerFault Fault => fault;

    /// <summary>Whether a retry can succeed.</summary>
    public bool MayPass => fault != ScannerFault.TooLarge;
}
