using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>Clients that go away are everyday life: nothing is half done for them and nobody is alarmed.</summary>
public sealed class CancellationTests(Cluster cluster)
{
    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing_half_done_and_no_error_in_the_log()
    {
        var log = new CapturedLog();
        await using var service = await cluster.Start(
            variables => variables["LOG_LEVEL"] = "Information",
            services => services.AddSingleton<ILoggerProvider>(log)
        );
        var body = Encoding.UTF8.GetBytes(
            """{"email":"gone@example.com","password":"correct horse battery","first_name":"Ada"}"""
        );
        var head = Encoding.ASCII.GetBytes(
            $"POST /api/v1/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"
        );

        for (var i = 0; i < 40; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(service.Url.Host, service.Url.Port, TestContext.Current.CancellationToken);
            client.LingerState = new LingerOption(true, 0); // closing resets the connection
            await client.GetStream().WriteAsync(head, TestContext.Current.CancellationToken);
            await client
                .GetStream()
                .WriteAsync(
                    body.AsMemory(0, i % 2 == 0 ? body.Length : body.Length / 2),
                    TestContext.Current.CancellationToken
                );
        }
        await service.At().NewUser(); // the service is well

        log.Lines.Where(line => line.Level >= LogLevel.Error).ShouldBeEmpty();
        (
            await service.Ask<long>(
                "SELECT count(*) FROM users u WHERE NOT EXISTS (SELECT FROM user_roles r WHERE r.user_id = u.id)"
            )
        ).ShouldBe(0);
        (
            await service.Ask<long>(
                "SELECT count(*) FROM audit_events WHERE action = 'auth.registered' AND outcome = 'success'"
            )
        ).ShouldBe(await service.Ask<long>("SELECT count(*) - 1 FROM users")); // the administrator came with the start
    }

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        public ConcurrentBag<(LogLevel Level, string Text)> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add((logLevel, formatter(state, exception) + exception));

        public void Dispose() { }
    }
}
