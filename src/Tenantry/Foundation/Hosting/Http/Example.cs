namespace Tenantry.Foundation.Hosting.Http;

/// <summary>A body that shows what one looks like. The OpenAPI document prints it, so it is always of the right form.</summary>
public interface IExample<TSelf>
    where TSelf : IExample<TSelf>
{
    static abstract TSelf Example { get; }
}
