using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Features.Notifications.Templates;
using Tenantry.Features.Notifications.Transports;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>Registers what sends messages: the queue, its worker, and a transport for each channel.</summary>
public static class NotificationServices
{
    public static void AddNotifications(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<MessageSubmission>();
        services.AddScoped<TemplateRevisions>();
        services.AddScoped<ProviderFeedback>();
        services.AddSingleton<SnsSignature>();
        services
            .AddHttpClient(
                SnsSignature.HttpClient,
                client => (client.Timeout, client.MaxResponseContentBufferSize) = (TimeSpan.FromSeconds(10), 64 * 1024)
            )
            // No redirects: only the host that was checked may provide a certificate.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services.AddSingleton<UnsubscribeLink>();
        services.AddSingleton<MailMessage>();
        services.AddSingleton<MessageQueue>();
        AddTransports(services, settings);
        services.AddSingleton<QueueFigures>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueFigures>());
        services.AddSingleton<DeliveryWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryWorker>());
        services.AddSingleton<SecretTextErasure>();
        services.AddHostedService(provider => provider.GetRequiredService<SecretTextErasure>());
    }

    private static void AddTransports(IServiceCollection services, ServiceSettings settings)
    {
        var (messages, aws) = (settings.Messages, settings.Aws);
        services.AddKeyedSingleton(
            "sns",
            (_, _) =>
                new AwsClient(
                    AwsService.Sns,
                    new AwsAccess(
                        aws.SnsRegion!,
                        aws.AccessKeyId,
                        aws.SecretAccessKey,
                        aws.SnsEndpoint,
                        messages.Timeout
                    )
                )
        );
        services.AddKeyedSingleton(
            "ses",
            (_, _) =>
                new AwsClient(
                    AwsService.Ses,
                    new AwsAccess(aws.Region!, aws.AccessKeyId, aws.SecretAccessKey, aws.SesEndpoint, messages.Timeout)
                )
        );

        services.AddSingleton<ITransport>(provider =>
            messages.Email switch
            {
                EmailTransport.Smtp => new SmtpTransport(
                    messages.Smtp!,
                    provider.GetRequiredService<MailMessage>(),
                    provider.GetRequiredService<LiveSettings>()
                ),
                EmailTransport.Ses => new SesTransport(
                    Ses(provider),
                    provider.GetRequiredService<MailMessage>(),
                    settings
                ),
                EmailTransport.Sns => new SnsTopicTransport(Sns(provider), Channel.Email, messages.EmailTopic!),
                _ => new MailboxTransport(Channel.Email, settings),
            }
        );
        if (messages.Sms != SnsTransport.Off)
        {
            services.AddSingleton<ITransport>(provider =>
                messages.Sms == SnsTransport.Mailbox ? new MailboxTransport(Channel.Sms, settings)
                : messages.SmsTopic is { } topic ? new SnsTopicTransport(Sns(provider), Channel.Sms, topic)
                : new SnsSmsTransport(Sns(provider), messages)
            );
        }
        if (messages.Push != SnsTransport.Off)
        {
            services.AddSingleton<ITransport>(provider =>
                messages.Push == SnsTransport.Mailbox ? new MailboxTransport(Channel.Push, settings)
                : messages.PushTopic is { } topic ? new SnsTopicTransport(Sns(provider), Channel.Push, topic)
                : new SnsPushTransport(Sns(provider), messages.PushPlatform!)
            );
        }

        static AwsClient Sns(IServiceProvider provider) => provider.GetRequiredKeyedService<AwsClient>("sns");
        static AwsClient Ses(IServiceProvider provider) => provider.GetRequiredKeyedService<AwsClient>("ses");
    }
}
