using System.Security.Claims;

namespace TaskList;

/// <summary>What it takes to do more than to read and write tasks, by what the token says of its bearer.</summary>
public static class Rights
{
    /// <summary>Managers and Admins: the mail that tells of it goes out in their name (<c>notifications:send</c>).</summary>
    public const string Assign = "assign";

    /// <summary>Managers and Admins: a task takes its attachment with it, whoever it came from (<c>files:manage</c>).</summary>
    public const string Delete = "delete";
}

/// <summary>The API of the application. Its tenant is the one in the token, and nothing else in a request says one.</summary>
public static class TaskEndpoints
{
    public sealed record NewTask(string? Title);

    public sealed record Progress(bool Done);

    public sealed record Assignment(Guid UserId);

    public sealed record Attachment(Guid FileId);

    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup("/api/tasks").RequireAuthorization();
        tasks.MapGet("/", (ClaimsPrincipal caller, TaskStores stores) => stores.Of(caller).All());
        tasks.MapPost("/", Add);
        tasks.MapPut(
            "/{id:guid}/progress",
            (Guid id, Progress body, ClaimsPrincipal caller, TaskStores stores) =>
                Changed(stores.Of(caller).SetDone(id, body.Done))
        );
        tasks.MapPut("/{id:guid}/assignee", Assign).RequireAuthorization(Rights.Assign);
        tasks.MapPut("/{id:guid}/attachment", Attach);
        tasks.MapDelete("/{id:guid}", Delete).RequireAuthorization(Rights.Delete);
    }

    private static IResult Add(NewTask body, ClaimsPrincipal caller, TaskStores stores)
    {
        if (body.Title?.Trim() is not { Length: > 0 and <= 200 } title)
            return Results.ValidationProblem(
                new Dictionary<string, string[]> { ["title"] = ["must have 1 to 200 characters"] }
            );
        var task = stores.Of(caller).Add(title);
        return Results.Created($"/api/tasks/{task.Id}", task);
    }

    /// <summary>To a user of the same tenant: Tenantry is asked with the caller's token, so it finds no other. Then it mails them.</summary>
    private static async Task<IResult> Assign(
        Guid id,
        Assignment body,
        ClaimsPrincipal caller,
        TaskStores stores,
        TenantryApi tenantry,
        CancellationToken cancel
    )
    {
        var store = stores.Of(caller);
        if (store.Find(id) is not { } task)
            return Results.NotFound();
        var (user, refusal) = await tenantry.User(body.UserId, cancel);
        if (user is null)
            return refusal!;
        // A retry of the same change sends no second mail; the next change of this task does.
        refusal = await tenantry.Mail(
            user.Email,
            "A task for you: " + task.Title,
            $"Hello {user.FirstName},\n\n\"{task.Title}\" is yours now.",
            $"task-{id:N}-{task.Version}-{user.Id:N}",
            cancel
        );
        return refusal ?? Changed(store.SetAssignee(id, user.Id, user.Name));
    }

    /// <summary>The bytes went from the browser to Tenantry. What is kept here is which file it is, once Tenantry lets the caller see it.</summary>
    private static async Task<IResult> Attach(
        Guid id,
        Attachment body,
        ClaimsPrincipal caller,
        TaskStores stores,
        TenantryApi tenantry,
        CancellationToken cancel
    )
    {
        var store = stores.Of(caller);
        if (store.Find(id) is not { } task)
            return Results.NotFound();
        if (task.AttachmentId is not null)
            return Results.Problem("The task has an attachment.", statusCode: 409);
        var (file, refusal) = await tenantry.File(body.FileId, cancel);
        return file is null ? refusal! : Changed(store.SetAttachment(id, file.Id, file.FileName));
    }

    private static async Task<IResult> Delete(
        Guid id,
        ClaimsPrincipal caller,
        TaskStores stores,
        TenantryApi tenantry,
        CancellationToken cancel
    )
    {
        var store = stores.Of(caller);
        if (store.Find(id) is not { } task)
            return Results.NotFound();
        if (task.AttachmentId is { } file && await tenantry.DeleteFile(file, cancel) is { } refusal)
            return refusal;
        store.Delete(id);
        return Results.NoContent();
    }

    private static IResult Changed(TaskItem? task) => task is null ? Results.NotFound() : Results.Ok(task);
}
