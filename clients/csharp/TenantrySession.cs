using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware.Options;
using Tenantry.Client.Models;

namespace Tenantry.Client;

/// <summary>
/// What a document cannot tell a generator: how long tokens are good and how the next pair is had, that a call may be made again after <c>Retry-After</c>, and that a repeated POST shall not do
/// its work twice. Everything else is <see cref="Client"/>, which is generated. Safe for use by many threads; one a user.
/// </summary>
public sealed class TenantrySession : IDisposable
{
    /// <summary>A token that ends within this time is renewed before it is used: it has yet to arrive, and clocks differ.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>What is asked for later than this is not waited for: the answer is the refusal then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly HttpClient anonymous,
        signedIn;
    private readonly TenantryClient anybody;
    private SessionTokens? tokens;
    private Task<SessionTokens?>? renewal;

    /// <param name="service">Where the service is, without <c>/api/v1</c>.</param>
    /// <param name="tenant">Slug or id; null where the host names the tenant.</param>
    /// <param name="tokens">Of a session that goes on, as <see cref="TokensChanged"/> told them.</param>
    /// <param name="network">Takes the place of the network's own handler; disposed with this.</param>
    /// <param name="clock">By which tokens end.</param>
    /// <param name="deviceToken">Of an earlier sign-in on this device, as <see cref="DeviceTokenChanged"/> told it.</param>
    public TenantrySession(
        Uri service,
        string? tenant = null,
        SessionTokens? tokens = null,
        HttpMessageHandler? network = null,
        TimeProvider? clock = null,
        string? deviceToken = null
    )
    {
        DeviceToken = deviceToken;
        this.tokens = tokens;
        this.clock = clock ?? TimeProvider.System;
        network ??= KiotaClientFactory.GetDefaultHttpMessageHandler();
        anonymous = Pipeline(new RequestHeaders(tenant), network);
        signedIn = Pipeline(new RequestHeaders(tenant) { InnerHandler = new BearerTokens(this) }, network);
        anybody = Over(anonymous);
        Client = Over(signedIn);

        TenantryClient Over(HttpClient http) =>
            new(
                new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http)
                {
                    BaseUrl = service.ToString().TrimEnd('/'),
                }
            );
    }

    /// <summary>The API, called by the user who is signed in, or by nobody.</summary>
    public TenantryClient Client { get; }

    /// <summary>Null: nobody is signed in.</summary>
    public SessionTokens? Tokens => Volatile.Read(ref tokens);

    /// <summary>
    /// After a sign-in, each refresh and the end of the session (null). Whoever keeps tokens between runs keeps these, and at once: a refresh token is good once, and its second use ends the session.
    /// </summary>
    public event Action<SessionTokens?>? TokensChanged;

    /// <summary>
    /// The token by which the service knows this device. The next sign-in sends it, so that failed attempts of strangers do
    /// not delay it. It stays after the end of a session. Null: there was no sign-in.
    /// </summary>
    public string? DeviceToken { get; private set; }

    /// <summary>After a sign-in on a new device. Keep the token between runs.</summary>
    public event Action<string>? DeviceTokenChanged;

    /// <exception cref="ProblemDocument">401: wrong address or password, or the user is deactivated. 403: the address is not verified.</exception>
    public Task<TokenDocument> SignIn(string email, string password, CancellationToken cancel = default) =>
        SignIn(new LoginRequest { Email = email, Password = password }, cancel);

    /// <param name="login">Gets the device token of this session, if it has none.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <inheritdoc cref="SignIn(string, string, CancellationToken)"/>
    public async Task<TokenDocument> SignIn(LoginRequest login, CancellationToken cancel = default)
    {
        login.DeviceToken ??= DeviceToken;
        var answer = (
            await anybody.Api.V1.Auth.Login.PostAsync(login, cancellationToken: cancel).ConfigureAwait(false)
        )!;
        Replace(Tokens, Read(answer));
        if (answer.DeviceToken is { Length: > 0 } device)
        {
            DeviceToken = device;
            DeviceTokenChanged?.Invoke(device);
        }
        return answer;
    }

    /// <summary>Ends the session, here and there.</summary>
    public async Task SignOut(CancellationToken cancel = default)
    {
        if (Tokens is not { } ending)
            return;
        // By the refresh token: it is accepted when the access token has expired, and when the session has ended.
        await anybody
            .Api.V1.Auth.Logout.PostAsync(
                new LogoutRequest { RefreshToken = ending.RefreshToken },
                cancellationToken: cancel
            )
            .ConfigureAwait(false);
        Replace(ending, null);
    }

    public void Dispose()
    {
        anonymous.Dispose();
        signedIn.Dispose();
    }

    /// <summary>Tokens that are good for some time still; the old ones where no others are to be had.</summary>
    internal async ValueTask<SessionTokens?> Fresh(CancellationToken cancel)
    {
        var now = Tokens;
        return now is null || now.ExpiresAt - Margin > clock.GetUtcNow()
            ? now
            : await Renewed(now, cancel).ConfigureAwait(false) ?? now;
    }

    /// <summary>The tokens after those that were used. Of many who ask at once, one refreshes and all get its pair: were each to refresh, the second would end the session.</summary>
    /// <returns>null: the session has ended</returns>
    internal Task<SessionTokens?> Renewed(SessionTokens used, CancellationToken cancel)
    {
        Task<SessionTokens?> one;
        lock (gate)
        {
            if (tokens?.AccessToken != used.AccessToken)
                return Task.FromResult(tokens);
            one = renewal ??= Task.Run(() => Renew(used), CancellationToken.None); // whoever gives up does not give up for the others
        }
        return one.WaitAsync(cancel);
    }

    private async Task<SessionTokens?> Renew(SessionTokens used)
    {
        SessionTokens? next = null;
        try
        {
            next = Read(
                (
                    await anybody
                        .Api.V1.Auth.Refresh.PostAsync(new RefreshRequest { RefreshToken = used.RefreshToken })
                        .ConfigureAwait(false)
                )!
            );
            Replace(used, next);
        }
        catch (ProblemDocument problem) when (problem.ResponseStatusCode == 401)
        {
            Replace(used, null);
        }
        finally
        {
            lock (gate)
                renewal = null;
        }
        return next;
    }

    private void Replace(SessionTokens? old, SessionTokens? next)
    {
        lock (gate)
        {
            if (!ReferenceEquals(tokens, old))
                return; // somebody signed in meanwhile
            tokens = next;
        }
        TokensChanged?.Invoke(next);
    }

    private SessionTokens Read(TokenDocument answer) =>
        new(answer.AccessToken!, clock.GetUtcNow().AddSeconds(answer.ExpiresIn!.Value), answer.RefreshToken!);

    /// <summary>Below what is ours stand Kiota's own: it follows redirects without the token, and waits as <c>Retry-After</c> says.</summary>
    private static HttpClient Pipeline(RequestHeaders ours, HttpMessageHandler network)
    {
        var handlers = KiotaClientFactory.CreateDefaultHandlers([
            new RetryHandlerOption { MaxRetry = 3, RetriesTimeLimit = LongestWait },
        ]);
        DelegatingHandler[] chain = ours.InnerHandler is DelegatingHandler second
            ? [ours, second, .. handlers]
            : [ours, .. handlers];
        return new HttpClient(KiotaClientFactory.ChainHandlersCollectionAndGetFirstLink(network, chain)!)
        {
            Timeout = LongestWait + TimeSpan.FromSeconds(30),
        };
    }
}

/// <summary>What a session goes on with.</summary>
/// <param name="AccessToken">Sent with each call.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="RefreshToken">A secret like a password: good once, for the next pair.</param>
public sealed record SessionTokens(string AccessToken, DateTimeOffset ExpiresAt, string RefreshToken)
{
    /// <summary>Without the tokens, which would stand in a log.</summary>
    public override string ToString() => $"Tokens until {ExpiresAt:O}";
}
