using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Tenantry.Foundation.Hosting.Http;

public static class NothingToValidate
{
    /// <summary>
    /// The framework looks through all that a handler takes, services too, which costs a cached answer a tenth of its time. For a handler that is asked all the time and binds nothing with a rule.
    /// </summary>
    /// <exception cref="InvalidOperationException">at the start: a parameter has a rule after all</exception>
    public static RouteHandlerBuilder HasNothingToValidate(this RouteHandlerBuilder endpoint)
    {
        endpoint.Finally(builder =>
        {
            if (
                builder
                    .Metadata.OfType<MethodInfo>()
                    .Any(handler =>
                        handler
                            .GetParameters()
                            .Any(parameter => parameter.GetCustomAttributes<ValidationAttribute>().Any())
                    )
            )
                throw new InvalidOperationException(
                    $"{builder.DisplayName} has a parameter with a rule, and does not validate."
                );
        });
        return endpoint.DisableValidation();
    }
}
