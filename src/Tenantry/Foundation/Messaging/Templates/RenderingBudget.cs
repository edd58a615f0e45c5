using Fluid;
using Fluid.Values;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// What one rendering of a template may use beside its steps: the size of the filters' results, and conditions.
/// </summary>
internal sealed class RenderingBudget
{
    /// <summary>Characters and list items that all filters of one rendering may produce together.</summary>
    public const long MaxSize = 512 * 1024;

    /// <summary>
    /// How many results of conditions one rendering may keep, in a variable or as the input of a filter. Each refers to
    /// the value that it was computed from. In a loop they form a chain that the library follows recursively whenever
    /// one
    /// is read, and a long chain would overflow the stack.
    /// </summary>
    private const int MaxKeptConditions = 200;

    private const string Key = "budget";

    private long size;
    private int conditions;

    public static RenderingBudget Of(TemplateContext context) => (RenderingBudget)context.AmbientValues[Key];

    public void AddTo(TemplateContext context) => context.AmbientValues[Key] = this;

    /// <exception cref="TemplateLimitException">the filters have produced too much</exception>
    public void Charge(long produced)
    {
        if ((size += produced) > MaxSize)
            throw new TemplateLimitException($"its filters produce more than {MaxSize} characters");
    }

    /// <exception cref="TemplateLimitException">too many results of conditions are kept</exception>
    public void Keep(FluidValue value)
    {
        if (value is BinaryExpressionFluidValue && ++conditions > MaxKeptConditions)
            throw new TemplateLimitException($"it keeps the results of more than {MaxKeptConditions} conditions");
    }

    public static long SizeOf(FluidValue value) =>
        value switch
        {
            StringValue text => text.ToStringValue().Length,
            ArrayValue array => array.Values.Sum(item =>
                8L + (item is StringValue text ? text.ToStringValue().Length : 0)
            ),
            _ => 8,
        };
}
