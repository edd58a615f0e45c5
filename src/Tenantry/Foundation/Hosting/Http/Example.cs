namespace Tenantry.Foundation.Hosting.Http;

/// <summary>An example of a body for the OpenAPI document. The compiler checks its form.</summary>
public interface IExample<TSelf>
    where TSelf : IExample<TSelf>
{
    static abstract TSelf Example { get; }
}
