namespace Tenantry.Foundation.Storage.Scanning;

/// <summary>What a scanner found. A class, so that nothing that was left unset can pass for clean.</summary>
public sealed record Verdict
{
    public static readonly Verdict Clean = new();

    private Verdict() { }

    /// <summary>The name of what was found. Null: nothing was.</summary>
    public string? Threat { get; private init; }

    public static Verdict Infected(string threat) => new() { Threat = threat };
}

public enum ScannerFault
{
    /// <summary>Nobody listens, or the connection ended.</summary>
    Away,

    /// <summary>It said nothing for too long.</summary>
    TimedOut,

    /// <summary>The content is larger than the scanner takes. Trying again does not help, all other faults may pass.</summary>
    TooLarge,

    /// <summary>It says that it could not scan.</summary>
    Failed,

    /// <summary>What it said is no answer.</summary>
    Garbled,
}

/// <summary>There is no verdict. The message holds nothing of the content nor of what the scanner said.</summary>
public sealed class ScannerException(ScannerFault fault, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public ScannerFault Fault => fault;

    /// <summary>Whether trying again can help.</summary>
    public bool MayPass => fault != ScannerFault.TooLarge;
}
