using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Commands;

/// <summary>
/// The release before this one serves, the database is migrated under it, this one comes beside it: as a rolling
/// upgrade has it. scripts/side-by-side.sh brings the other binary.
/// </summary>
public sealed class SideBySideTests(Cluster cluster)
{
    private const int People = 3;
    private const int Rounds = 12;

    [Fact]
    public async Task The_release_before_and_this_one_serve_one_database_and_every_answer_is_as_expected()
    {
        var binary = Environment.GetEnvironmentVariable("TEST_PREVIOUS_RELEASE");
        Assert.SkipWhen(
            string.IsNullOrEmpty(binary),
            "The release before has to be built first: run scripts/side-by-side.sh"
        );
        var database = await PreviousRelease.Restore(cluster);
        var surprises = new ConcurrentBag<string>();
        var answers = 0;

        await using var before = await ServingProcess.Begin(cluster.Variables(database), binary);
        using var atBefore = new HttpClient { BaseAddress = before.Url };
        var migrated = new TaskCompletionSource<HttpClient>();
        // They are at it before the migration, while it runs, and after it at both.
        var people = Enumerable.Range(0, People).Select(Work).ToList();
        var (code, output) = await OperatorCommand.Run(["migrate"], cluster.Variables(database));
        code.ShouldBe(0, output);
        await using var after = await ServingProcess.Begin(cluster.Variables(database));
        using var atAfter = new HttpClient { BaseAddress = after.Url };
        migrated.SetResult(atAfter);
        // One of the release before that is started again finds a schema that it can serve.
        await using (var again = await ServingProcess.Begin(cluster.Variables(database), binary))
        {
            using var atAgain = new HttpClient { BaseAddress = again.Url };
            (await new Visitor(atAgain, null, null).Get("/health/ready")).Status.ShouldBe(200);
        }
        await Task.WhenAll(people).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        surprises.ShouldBeEmpty();
        answers.ShouldBeGreaterThan(People * Rounds * 8);
        TestContext.Current.TestOutputHelper?.WriteLine($"{answers} answers of both releases, as expected");

        async Task Work(int number)
        {
            var alone = 0;
            do
            {
                await Round(atBefore, atBefore, number);
            } while (!migrated.Task.IsCompleted && ++alone < 200);
            var now = await migrated.Task;
            for (var round = 0; round < Rounds; round++)
                await (round % 2 == 0 ? Round(atBefore, now, number) : Round(now, atBefore, number));
        }

        // Signs in at one, goes on at the other.
        async Task Round(HttpClient here, HttpClient there, int number)
        {
            var signedIn = await Expect(
                200,
                new Visitor(here, "acme", null).Post(
                    "auth/login",
                    new { email = "grace@acme.example", password = PreviousRelease.Fixture.Password }
                ),
                "sign-in"
            );
            var refreshed = await Expect(
                200,
                new Visitor(there, "acme", null).Post(
                    "auth/refresh",
                    new { refresh_token = Text(signedIn, "refresh_token") }
                ),
                "refresh"
            );
            var again = await Expect(
                200,
                new Visitor(here, "acme", null).Post(
                    "auth/refresh",
                    new { refresh_token = Text(refreshed, "refresh_token") }
                ),
                "refresh at the first again"
            );
            var (grace, graceThere) = (
                new Visitor(here, "acme", Text(again, "access_token")),
                new Visitor(there, "acme", Text(again, "access_token"))
            );
            Text(await Expect(200, graceThere.Get("auth/me"), "me"), "role").ShouldBe("Admin");
            var email = $"{Guid.NewGuid():N}@acme.example";
            var made = await Expect(201, grace.Post("users", new { email, role = "Clerk" }), "invite");
            await Expect(200, graceThere.Get($"users/{Text(made, "id")}"), "the invited user");
            await Expect(200, graceThere.Get("users?role=Clerk&limit=5"), "users");
            var mail = await Expect(
                202,
                graceThere.Post(
                    "notifications/email",
                    new
                    {
                        recipient = email,
                        subject = "Hello",
                        body = "Hello",
                    }
                ),
                "mail"
            );
            await Expect(200, grace.Get($"notifications/{Text(mail, "id")}"), "the mail");
            using var form = new MultipartFormDataContent
            {
                {
                    new ByteArrayContent("It cost 47.11."u8.ToArray())
                    {
                        Headers = { ContentType = new MediaTypeHeaderValue("text/plain") },
                    },
                    "file",
                    $"{number}.txt"
                },
            };
            var file = await Expect(201, grace.Send(HttpMethod.Post, "files/upload", form), "upload");
            await Expect(200, graceThere.Get($"files/{Text(file, "id")}"), "the file");
            await Expect(204, graceThere.Delete($"files/{Text(file, "id")}"), "taking the file away");
            await Expect(204, graceThere.Post("auth/logout"), "sign-out");
            await Expect(401, graceThere.Get("auth/me"), "me after signing out");
        }

        async Task<Answer?> Expect(int status, Task<Answer> asked, string what)
        {
            Interlocked.Increment(ref answers);
            try
            {
                var answer = await asked;
                if (answer.Status == status)
                    return answer;
                surprises.Add($"{what}: {answer.Status} {answer.Text}");
            }
            catch (HttpRequestException e)
            {
                surprises.Add($"{what}: {e.Message}");
            }
            return null;
        }

        static string Text(Answer? answer, string name) => answer?.Json[name]?.GetValue<string>() ?? "none";
    }
}
