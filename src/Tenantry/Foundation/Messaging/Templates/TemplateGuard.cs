using System.Collections.Frozen;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// Limits a template before the library parses it. The library parses nested parts recursively, and a stack overflow
/// ends the process without an exception. So the depth is limited here, in every dimension in which the library, the
/// evaluation or our own visitor recurses. Decision 24 compares the limits with the stack of
/// <see cref="TemplateThreads"/>.
/// </summary>
internal static class TemplateGuard
{
    /// <summary>The tags that have an end, by name.</summary>
    private static readonly FrozenSet<string> Blocks = FrozenSet.Create(
        StringComparer.Ordinal,
        "case",
        "for",
        "if",
        "unless"
    );

    /// <param name="source">Liquid</param>
    /// <param name="statements">the number of statements that the library makes of it, if it accepts it</param>
    /// <returns>the fault; null: the library may parse it</returns>
    public static TemplateFault? Check(string source, out int statements)
    {
        statements = 0;
        if (source.Length > TemplateText.MaxSource)
            return new TemplateFault($"must have {TemplateText.MaxSource} characters at most", 1, 1);
        // U+0000 cannot be stored; U+FFFF is not a character, and the library's character table ends before it.
        if (source.AsSpan().IndexOfAny('\0', '\uFFFF') is >= 0 and var unfit)
            return TemplateFault.At(source, unfit, "contains a character that cannot be sent");
        var lexer = new TemplateLexer(source);
        var open = new Stack<Block>();
        for (var tags = 1; lexer.Next(); tags++)
        {
            var tag = lexer.Current;
            if (tags > TemplateSandbox.MaxTags)
                return TemplateFault.At(source, tag.Start, $"has more than {TemplateSandbox.MaxTags} tags and outputs");
            if ((Depth(tag) ?? Nesting(tag, open, source)) is { } wrong)
                return TemplateFault.At(source, tag.Start, wrong);
            if (tag.Name is not ("comment" or "#") && !IsEnd(tag.Name))
                statements++;
        }
        if (lexer.Fault is null && open.TryPeek(out var last))
            return TemplateFault.At(source, last.Start, $"'{last.Name}' is not closed by 'end{last.Name}'");
        return lexer.Fault;
    }

    private static string? Depth(TemplateTag tag) =>
        tag.Filters > TemplateSandbox.MaxFilters ? $"has more than {TemplateSandbox.MaxFilters} filters in a row"
        : tag.Conditions > TemplateSandbox.MaxConditions ? $"joins more than {TemplateSandbox.MaxConditions} conditions"
        : tag.Brackets > TemplateSandbox.MaxBracketDepth
            ? $"has more than {TemplateSandbox.MaxBracketDepth} nested brackets"
        : null;

    /// <summary>Opens and closes blocks. Each part of a block must be where the library accepts it.</summary>
    private static string? Nesting(TemplateTag tag, Stack<Block> open, string source)
    {
        var inner = open.TryPeek(out var top) ? top : null;
        if (tag.Name.Length > 0 && !IsPart(tag.Name) && !IsEnd(tag.Name))
        {
            if (!TemplateSandbox.HasTag(tag.Name))
                return $"there is no tag '{tag.Name}'";
            if (!Blocks.Contains(tag.Name))
                return null;
            open.Push(new Block(tag.Name, tag.Start));
            return open.Count > TemplateSandbox.MaxDepth ? $"nests more than {TemplateSandbox.MaxDepth} blocks" : null;
        }
        if (tag.Name.Length == 0)
            return null;
        if (IsEnd(tag.Name))
        {
            if (inner is null)
                return $"'{tag.Name}' closes no block: none is open here";
            if (tag.Name[3..] != inner.Name)
            {
                var line = TemplateFault.At(source, inner.Start, "").Line;
                return $"'{tag.Name}' is used where 'end{inner.Name}' is expected, for the '{inner.Name}' of line {line}";
            }
            open.Pop();
            return null;
        }
        if (inner is null || !TakesPart(inner, tag.Name))
            return $"'{tag.Name}' is not allowed here";
        inner.HasElse |= tag.Name == "else";
        return null;
    }

    private static bool TakesPart(Block block, string part) =>
        !block.HasElse
        && part switch
        {
            "elsif" => block.Name == "if",
            "when" => block.Name == "case",
            _ => true,
        };

    private static bool IsPart(string name) => name is "elsif" or "else" or "when";

    private static bool IsEnd(string name) => name.StartsWith("end", StringComparison.Ordinal);

    private sealed class Block(string name, int start)
    {
        public string Name => name;

        public int Start => start;

        public bool HasElse { get; set; }
    }
}
