using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Tests.Foundation.Hosting.Http;

public sealed class ExceptionChainTests
{
    [Fact]
    public void An_exception_comes_before_its_causes()
    {
        var innermost = new TimeoutException();
        var middle = new IOException("read failed", innermost);
        var outermost = new InvalidOperationException("request failed", middle);

        outermost.Chain().ShouldBe([outermost, middle, innermost]);
    }

    [Fact]
    public void No_exception_has_an_empty_chain() => ((Exception?)null).Chain().ShouldBeEmpty();

    [Fact]
    public void The_first_cause_of_an_aggregate_is_followed()
    {
        var (first, second) = (new TimeoutException(), new IOException());
        var aggregate = new AggregateException(first, second);

        aggregate.Chain().ShouldBe([aggregate, first]);
    }
}
