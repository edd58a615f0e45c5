namespace Tenantry.Foundation.Traffic.Idempotency;

/// <summary>
/// Of a request with a retry key: its transaction ends after its handler. What a handler has done beside the database
/// is undone by what it leaves here, should nothing be committed.
/// </summary>
public sealed class KeyedRequest
{
    private readonly List<Func<Task>> undoing = [];

    /// <summary>
    /// Called once the server has said that the transaction is not committed, or the handler has failed.
    /// </summary>
    public void OnUndone(Func<Task> undo) => undoing.Add(undo);

    internal async Task Undo()
    {
        foreach (var undo in undoing)
            await undo();
    }
}
