using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth.Sessions;

public sealed class OwnSessionsTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_user_lists_their_own_sessions_and_no_others()
    {
        var first = await service.At().NewUser("see@example.com");
        await service.At().SignIn("see@example.com");
        await service.At().NewUser();

        var sessions = (await first.Get("auth/sessions")).Items();

        sessions.Count.ShouldBe(2);
        sessions.Count(session => session!.Flag("is_current")).ShouldBe(1);
        sessions.ShouldAllBe(session => session!.Text("address") == "127.0.0.1");
    }

    [Fact]
    public async Task A_session_that_was_ended_is_over_at_once_and_gone_from_the_list()
    {
        var here = await service.At().NewUser("end@example.com");
        var lost = await service.At().SignIn("end@example.com");
        var id = (await lost.Get("auth/me")).Text("session_id");

        (await here.Send(HttpMethod.Delete, $"auth/sessions/{id}")).Status.ShouldBe(204);

        (await lost.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await service.At().Post("auth/refresh", new { refresh_token = lost.RefreshToken })).ShouldBeProblem(
            401,
            "token_revoked"
        );
        (await here.Get("auth/sessions")).Items().Count.ShouldBe(1);
        (await here.Send(HttpMethod.Delete, $"auth/sessions/{id}")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task All_other_sessions_end_at_once()
    {
        var here = await service.At().NewUser("others@example.com");
        var (there, elsewhere, somebody) = (
            await service.At().SignIn("others@example.com"),
            await service.At().SignIn("others@example.com"),
            await service.At().NewUser()
        );

        (await here.Delete("auth/sessions")).Status.ShouldBe(204);

        (await there.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await elsewhere.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await here.Get("auth/sessions")).Items().ShouldHaveSingleItem()!.Flag("is_current").ShouldBeTrue();
        (await somebody.Get("auth/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Revoking_the_session_of_another_user_is_404()
    {
        var (user, victim) = (await service.At().NewUser(), await service.At().NewUser());
        var id = (await victim.Get("auth/me")).Text("session_id");

        (await user.Send(HttpMethod.Delete, $"auth/sessions/{id}")).ShouldBeProblem(404, "not_found");

        (await victim.Get("auth/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Sessions_come_in_pages()
    {
        var user = await service.At().NewUser("pages@example.com");
        for (var i = 0; i < 4; i++)
            await service.At().SignIn("pages@example.com");

        var first = await user.Get("auth/sessions?limit=3");
        var second = await user.Get("auth/sessions?limit=3&cursor=" + first.Text("next_cursor"));

        first.Items().Concat(second.Items()).Select(session => session!.Text("id")).Distinct().Count().ShouldBe(5);
        second.Json["next_cursor"].ShouldBeNull();
        (await (await service.Platform()).Get("tenants?cursor=" + first.Text("next_cursor"))).ShouldBeProblem(
            400,
            "validation_failed"
        ); // of another list
    }
}
