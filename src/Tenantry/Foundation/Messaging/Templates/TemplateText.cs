using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>A fault of a template, and its place.</summary>
/// <param name="Message">the fault</param>
/// <param name="Line">the line, from 1</param>
/// <param name="Column">the column, from 1</param>
public sealed record TemplateFault(string Message, int Line, int Column)
{
    internal static TemplateFault At(string source, int index, string message)
    {
        var before = source.AsSpan(0, index);
        return new TemplateFault(message, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}

/// <summary>The output of a template exceeds a limit, or the template cannot be rendered with these values.</summary>
public sealed class TemplateLimitException(string limit) : Exception(limit);

/// <summary>Whether values are written unchanged, or escaped for HTML.</summary>
public enum TemplateEscape
{
    None,
    Html,
}

/// <summary>
/// A parsed text in Liquid. Its authors are not trusted: it can read only the values that it is given, has no tag that
/// reads other texts, and its time and memory are limited. <see cref="TemplateSandbox"/> lists the allowed tags, <see
/// cref="TemplateFilters"/> the allowed filters.
/// </summary>
public sealed partial class TemplateText
{
    public const int MaxSource = 64 * 1024;

    private readonly IFluidTemplate template;

    private TemplateText(IFluidTemplate template, IReadOnlySet<string> variables) =>
        (this.template, Variables) = (template, variables);

    /// <summary>The names of the variables that it reads, without those that it assigns.</summary>
    public IReadOnlySet<string> Variables { get; }

    /// <summary>
    /// A text that does not pass <see cref="TemplateGuard"/> never reaches the library. The others are parsed on
    /// threads with a known stack size.
    /// </summary>
    public static bool TryParse(
        string source,
        [NotNullWhen(true)] out TemplateText? text,
        [NotNullWhen(false)] out TemplateFault? fault
    )
    {
        fault = TemplateGuard.Check(source, out var statements);
        (text, fault) = fault is not null ? (null, fault) : TemplateThreads.Run(() => Parse(source, statements));
        return text is not null;
    }

    /// <summary>Parses on the present thread, whatever its stack size.</summary>
    /// <param name="source">that has passed the guard</param>
    /// <param name="statements">as many as the guard has counted</param>
    internal static (TemplateText? Text, TemplateFault? Fault) Parse(string source, int statements)
    {
        if (!TemplateSandbox.Parser.TryParse(source, out var parsed, out var error))
            return (null, Fault(error));
        var reader = new Reader();
        reader.VisitTemplate(parsed);
        if (reader.Refused is { } refused)
            return (null, new TemplateFault(refused, 1, 1));
        // The library may stop before the end and say nothing. And if it ever reads a text otherwise than the guard,
        // that shows here.
        return reader.Statements == statements
            ? (new TemplateText(parsed, reader.Used), null)
            : (null, new TemplateFault("cannot be parsed to its end", 1, 1));
    }

    /// <exception cref="TemplateLimitException">it makes too much of the values, or cannot do with them what it
    /// says</exception>
    public string Render(
        IReadOnlyDictionary<string, JsonElement> values,
        TemplateEscape escape,
        CultureInfo culture,
        DateTimeOffset now
    )
    {
        var context = TemplateSandbox.Context(values, culture, now);
        using var output = new BoundedWriter(TemplateSandbox.MaxOutput);
        try
        {
            var rendering = template.RenderAsync(
                output,
                escape == TemplateEscape.Html ? HtmlEncoder.Default : NullEncoder.Default,
                context
            );
            // No filter or tag is asynchronous, so the rendering has completed.
            if (!rendering.IsCompleted)
                throw new TemplateLimitException("its rendering is not synchronous");
            rendering.GetAwaiter().GetResult();
            return output.ToString();
        }
        catch (InvalidOperationException)
        {
            throw new TemplateLimitException($"it needs more than {TemplateSandbox.MaxSteps} steps");
        }
        catch (Exception e) when (e is not (TemplateLimitException or OutOfMemoryException))
        {
            // An exception of the library concerns this text and these values. It must not affect other tenants.
            throw new TemplateLimitException("it uses a value in a way that its type does not support");
        }
    }

    /// <summary>The library reports the place in its message, and repeats the source.</summary>
    private static TemplateFault Fault(string error)
    {
        var line = error.Split('\n')[0].Trim();
        var place = Place().Match(line);
        return place.Success
            ? new TemplateFault(
                line[..place.Index].Trim(),
                int.Parse(place.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(place.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            )
            : new TemplateFault(line, 1, 1);
    }

    [GeneratedRegex(@"at \((\d+):(\d+)\)\z")]
    private static partial Regex Place();

    /// <summary>Collects the variables that a text reads and assigns, and finds what it must not contain.</summary>
    private sealed class Reader : AstVisitor
    {
        private readonly HashSet<string> named = new(StringComparer.Ordinal);
        private readonly HashSet<string> made = new(StringComparer.Ordinal) { "forloop" };

        public string? Refused { get; private set; }

        /// <summary>The number of statements, without text and comments.</summary>
        public int Statements { get; private set; }

        public IReadOnlySet<string> Used =>
            named.Except(made, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);

        public override Statement Visit(Statement statement)
        {
            if (statement is not (null or TextSpanStatement or CommentStatement))
                Statements++;
            return base.Visit(statement);
        }

        protected override Expression VisitMemberExpression(MemberExpression memberExpression)
        {
            if (memberExpression.Segments is [IdentifierSegment root, ..])
                named.Add(root.Identifier);
            foreach (var index in memberExpression.Segments.OfType<IndexerSegment>())
                Visit(index.Expression);
            return memberExpression;
        }

        protected override Expression VisitRangeExpression(RangeExpression rangeExpression)
        {
            // A range is counted out before the first step is taken.
            if (
                rangeExpression.From is not LiteralExpression { Value: { } from }
                || rangeExpression.To is not LiteralExpression { Value: { } to }
                || to.ToNumberValue() - from.ToNumberValue() is < 0 or > TemplateSandbox.MaxRange
            )
                Refused =
                    $"a range must have two numbers, the second at most {TemplateSandbox.MaxRange} greater than the first";
            return rangeExpression;
        }

        protected override Statement VisitAssignStatement(AssignStatement assignStatement)
        {
            made.Add(assignStatement.Identifier);
            return base.VisitAssignStatement(assignStatement);
        }

        protected override Statement VisitForStatement(ForStatement forStatement)
        {
            made.Add(forStatement.Identifier);
            return base.VisitForStatement(forStatement);
        }

        protected override Statement VisitIncrementStatement(IncrementStatement incrementStatement)
        {
            made.Add(incrementStatement.Identifier);
            return base.VisitIncrementStatement(incrementStatement);
        }

        protected override Statement VisitDecrementStatement(DecrementStatement decrementStatement)
        {
            made.Add(decrementStatement.Identifier);
            return base.VisitDecrementStatement(decrementStatement);
        }

        protected override Expression VisitFilterExpression(FilterExpression filterExpression)
        {
            if (!TemplateFilters.Contains(filterExpression.Name))
                Refused = $"there is no filter '{filterExpression.Name}'";
            return base.VisitFilterExpression(filterExpression);
        }
    }
}
