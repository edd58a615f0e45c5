namespace Tenantry.Foundation.Hosting.Http;

/// <summary>What stands before the handlers, and what it decides: null lets the request on.</summary>
public static class Gate
{
    /// <summary>
    /// Goes on, or answers. Where nothing had to be waited for, which is as a rule, the request gets through without a
    /// state machine for each gate: those would all be kept, and resumed one by one, while the handler waits for the
    /// database.
    /// </summary>
    public static Task OrElse(this ValueTask<Refusal?> deciding, RequestDelegate next, HttpContext http) =>
        deciding.IsCompletedSuccessfully ? Act(deciding.Result, next, http) : Waited(deciding, next, http);

    private static async Task Waited(ValueTask<Refusal?> deciding, RequestDelegate next, HttpContext http) =>
        await Act(await deciding, next, http);

    private static Task Act(Refusal? refusal, RequestDelegate next, HttpContext http) =>
        refusal is null ? next(http) : refusal.ExecuteAsync(http);
}
