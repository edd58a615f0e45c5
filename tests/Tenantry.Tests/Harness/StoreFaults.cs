using System.Runtime.CompilerServices;
using Tenantry.Foundation.Storage;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A mock for faults alone: in front of the real store, it fails the operations that a test names, as a full or
/// read-only store does.
/// </summary>
public sealed class StoreFaults
{
    /// <summary>Whether an operation, by the name of its method, fails. Null: none does.</summary>
    public Func<string, bool>? Fail { get; set; }

    /// <summary>Which operations were tried, failed or not.</summary>
    public HashSet<string> Tried { get; } = [];

    public void Apply(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IObjectStore));
        services.Remove(real);
        services.AddSingleton<IObjectStore>(provider => new Faulty(
            this,
            (IObjectStore)real.ImplementationFactory!(provider)
        ));
    }

    private void Try([CallerMemberName] string operation = "")
    {
        lock (Tried)
            Tried.Add(operation);
        if (Fail?.Invoke(operation) == true)
            throw new StoreException("The store is full.");
    }

    private sealed class Faulty(StoreFaults faults, IObjectStore real) : IObjectStore
    {
        public string Name => real.Name;

        public Task<StoredObject> Put(string key, Stream content, string contentType, CancellationToken cancel)
        {
            faults.Try();
            return real.Put(key, content, contentType, cancel);
        }

        public Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel)
        {
            faults.Try();
            return real.Open(key, from, length, cancel);
        }

        public Task<StoredObject?> Find(string key, CancellationToken cancel)
        {
            faults.Try();
            return real.Find(key, cancel);
        }

        public Task Copy(string from, string to, CancellationToken cancel)
        {
            faults.Try();
            return real.Copy(from, to, cancel);
        }

        public Task Delete(string key, CancellationToken cancel)
        {
            faults.Try();
            return real.Delete(key, cancel);
        }

        public IAsyncEnumerable<StoredObject> List(string prefix, CancellationToken cancel) =>
            real.List(prefix, cancel);

        public Uri SignedGet(string key, SignedGet terms)
        {
            faults.Try();
            return real.SignedGet(key, terms);
        }

        public Task<string> BeginParts(string key, string contentType, CancellationToken cancel)
        {
            faults.Try();
            return real.BeginParts(key, contentType, cancel);
        }

        public SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires)
        {
            faults.Try();
            return real.SignedPart(key, upload, number, size, expires);
        }

        public Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel)
        {
            faults.Try();
            return real.CompleteParts(key, upload, parts, cancel);
        }

        public Task AbortParts(string key, string upload, CancellationToken cancel)
        {
            faults.Try();
            return real.AbortParts(key, upload, cancel);
        }

        public Task Check(CancellationToken cancel)
        {
            faults.Try();
            return real.Check(cancel);
        }

        public IAsyncEnumerable<UnfinishedObject> Unfinished(CancellationToken cancel) => real.Unfinished(cancel);
    }
}
