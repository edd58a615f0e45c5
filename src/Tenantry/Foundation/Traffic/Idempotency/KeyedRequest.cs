namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>
/// A request with an idempotency key. Its transaction ends after its handler. If nothing is committed, the actions that
/// the handler registered here undo its effects outside the database.
/// </summary>
public sealed class KeyedRequest
{
    private readonly List<Func<Task>> undoing = [];

    /// <summary>
    /// Registers an action that runs if the server reports that the transaction was not committed, or the handler
    /// fails.
    /// </summary>
    public void OnUndone(Func<Task> undo) => undoing.Add(undo);

    internal async Task Undo()
    {
        foreach (var undo in undoing)
            await undo();
    }
}
