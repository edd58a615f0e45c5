using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Data.Sqlite;

namespace TaskList;

/// <param name="Id">Of the task.</param>
/// <param name="Title">As somebody wrote it.</param>
/// <param name="Done">Whether it is.</param>
/// <param name="AssigneeId">A user of Tenantry.</param>
/// <param name="AssigneeName">As the user was called when the task was assigned.</param>
/// <param name="AttachmentId">A file of Tenantry.</param>
/// <param name="AttachmentName">As the file was called when it came.</param>
/// <param name="Version">Counts the changes.</param>
public sealed record TaskItem(
    Guid Id,
    string Title,
    bool Done,
    Guid? AssigneeId,
    string? AssigneeName,
    Guid? AttachmentId,
    string? AttachmentName,
    long Version
);

/// <summary>A database for each tenant: a request gets the one of its token's tenant, and no query can forget to ask for it.</summary>
public sealed class TaskStores(string folder)
{
    private readonly ConcurrentDictionary<Guid, TaskStore> stores = new();

    /// <exception cref="FormatException">a token that verifies and names no tenant</exception>
    public TaskStore Of(ClaimsPrincipal caller) =>
        stores.GetOrAdd(Guid.Parse(caller.FindFirstValue("tenant_id") ?? ""), tenant => TaskStore.Open(folder, tenant));
}

/// <summary>The tasks of one tenant, in SQLite.</summary>
public sealed class TaskStore
{
    private const string Columns =
        "id, title, done, assignee_id, assignee_name, attachment_id, attachment_name, version";

    private readonly string connection;

    private TaskStore(string connection) => this.connection = connection;

    public static TaskStore Open(string folder, Guid tenant)
    {
        Directory.CreateDirectory(folder);
        var store = new TaskStore(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, $"{tenant}.db") }.ToString()
        );
        store.Run(
            """
            CREATE TABLE IF NOT EXISTS tasks (
              id TEXT PRIMARY KEY, title TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, assignee_id TEXT, assignee_name TEXT, attachment_id TEXT, attachment_name TEXT,
              version INTEGER NOT NULL DEFAULT 1)
            """
        );
        return store;
    }

    /// <summary>Newest first: the ids are in the order of their making.</summary>
    public IReadOnlyList<TaskItem> All() => Run($"SELECT {Columns} FROM tasks ORDER BY id DESC");

    public TaskItem? Find(Guid id) => Run($"SELECT {Columns} FROM tasks WHERE id = $id", ("$id", id)).SingleOrDefault();

    public TaskItem Add(string title) =>
        Run(
                $"INSERT INTO tasks (id, title) VALUES ($id, $title) RETURNING {Columns}",
                ("$id", Guid.CreateVersion7()),
                ("$title", title)
            )
            .Single();

    /// <returns>the task as it is now; null if there is none</returns>
    public TaskItem? SetDone(Guid id, bool done) => Set(id, "done = $done", ("$done", done));

    public TaskItem? SetAssignee(Guid id, Guid user, string name) =>
        Set(id, "assignee_id = $user, assignee_name = $name", ("$user", user), ("$name", name));

    public TaskItem? SetAttachment(Guid id, Guid file, string name) =>
        Set(id, "attachment_id = $file, attachment_name = $name", ("$file", file), ("$name", name));

    public void Delete(Guid id) => Run("DELETE FROM tasks WHERE id = $id", ("$id", id));

    private TaskItem? Set(Guid id, string change, params (string, object)[] values) =>
        Run(
                $"UPDATE tasks SET {change}, version = version + 1 WHERE id = $id RETURNING {Columns}",
                [("$id", id), .. values]
            )
            .SingleOrDefault();

    private List<TaskItem> Run(string sql, params (string Name, object Value)[] values)
    {
        using var open = new SqliteConnection(connection);
        open.Open();
        using var command = open.CreateCommand();
#pragma warning disable CA2100 // The statements are constants of this file; what comes from outside is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value is Guid id ? id.ToString() : value);
        using var reader = command.ExecuteReader();
        List<TaskItem> rows = [];
        while (reader.Read())
            rows.Add(
                new TaskItem(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetBoolean(2),
                    Id(3),
                    Text(4),
                    Id(5),
                    Text(6),
                    reader.GetInt64(7)
                )
            );
        return rows;

        Guid? Id(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
