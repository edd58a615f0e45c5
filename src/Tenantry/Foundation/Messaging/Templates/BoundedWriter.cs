using System.Text;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>Collects the output of a template, up to a maximum of characters.</summary>
internal sealed class BoundedWriter(int maxLength) : TextWriter
{
    private readonly StringBuilder text = new();

    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value)
    {
        Demand(1);
        text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Demand(count);
        text.Append(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Demand(buffer.Length);
        text.Append(buffer);
    }

    public override void Write(string? value)
    {
        Demand(value?.Length ?? 0);
        text.Append(value);
    }

    public override Task WriteAsync(char value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(char[] buffer, int index, int count)
    {
        Write(buffer, index, count);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return Task.CompletedTask;
    }

    public override Task FlushAsync() => Task.CompletedTask;

    public override string ToString() => text.ToString();

    private void Demand(int more)
    {
        if (text.Length + more > maxLength)
            throw new TemplateLimitException($"it produces more than {maxLength} characters");
    }
}
