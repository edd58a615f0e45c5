using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Transform;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Tenantry.Foundation.Aws;

/// <summary>
/// The request pipeline of the SDK core, with the parts that a generated package would add. Many of its types are in
/// namespaces that the SDK calls internal and changes at will: the version of AWSSDK.Core is pinned, and only this file
/// can break with a new version.
/// </summary>
internal sealed class AwsPipeline : AmazonServiceClient
{
    /// <summary>Far more than these services answer with.</summary>
    private const int MaxAnswerBytes = 1 << 20;

    private AwsPipeline(Configuration configuration)
        : base(configuration) { }

    private AwsPipeline(AWSCredentials credentials, Configuration configuration)
        : base(credentials, configuration) { }

    protected override IServiceMetadata ServiceMetadata => new Metadata(Config?.ServiceId ?? "");

    public static AwsPipeline Create(AwsService service, AwsAccess access)
    {
        var configuration = new Configuration(service, access);
        return access is { AccessKey: { } key, SecretKey: { } secret }
            ? new AwsPipeline(new BasicAWSCredentials(key, secret), configuration)
            : new AwsPipeline(configuration);
    }

    public async Task<AwsResponse> Send(AwsRequest request, CancellationToken cancel)
    {
        // Looking for credentials can block, for as long as a metadata service does not answer.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return await InvokeAsync<AwsResponse>(
            request,
            new InvokeOptions { RequestMarshaller = new Marshalling(), ResponseUnmarshaller = new Unmarshalling() },
            cancel
        );
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.ReplaceHandler<EndpointResolver>(new Destination());
        pipeline.AddHandlerAfter<Marshaller>(new Signature());
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new OnceMoreWithTheRightTime()));
    }

    private sealed class Configuration : ClientConfig
    {
        private readonly AwsService service;
        private readonly string region;

        public Configuration(AwsService service, AwsAccess access)
            : base(
                new DefaultConfigurationProvider([
                    new DefaultConfiguration
                    {
                        Name = DefaultConfigurationMode.Standard,
                        RetryMode = RequestRetryMode.Standard,
                    },
                ])
            )
        {
            (this.service, region) = (service, access.Region);
            ServiceId = service.Id;
            AuthenticationServiceName = service.SigningName;
            AuthenticationRegion = region;
            HttpClientFactory = new Connections();
            // Of 10, which the SDK attempts beside its retry policy whenever a connection was reset: also when the call
            // had been carried out. A text message went out eleven times.
            MaxStaleConnectionRetries = 0;
            if (access.Endpoint is { } endpoint)
                ServiceURL = endpoint.AbsoluteUri;
            else
                RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        public override string ServiceVersion => service.Version;

        public override string RegionEndpointServiceName => service.EndpointPrefix;

        public override string UserAgent => "tenantry";

        public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
            Address();

        public Endpoint Address() =>
            new(
                ServiceURL
                    ?? $"https://{service.EndpointPrefix}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}"
            );
    }

    private sealed class Connections : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            var sockets = new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // what is signed goes where it was meant to go
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a change of the address is noticed
            };
            return new HttpClient(new Whole { InnerHandler = sockets })
            {
                Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            };
        }
    }

    /// <summary>
    /// The SDK reads only the headers, and its readers then read a body of any size, partly by blocking calls. Here the
    /// response is complete, and its size is limited, before the SDK reads it.
    /// </summary>
    private sealed class Whole : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    private sealed class Metadata(string id) : IServiceMetadata
    {
        public string ServiceId => id;

        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
    }

    private sealed class Destination : BaseEndpointResolver
    {
        protected override void PreInvoke(IExecutionContext executionContext)
        {
            var context = executionContext.RequestContext;
            context.Request.Endpoint = new Uri(((Configuration)context.ClientConfig).Address().URL);
            context.Request.AuthenticationRegion = context.ClientConfig.AuthenticationRegion;
        }
    }

    private sealed class Signature : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) =>
            [new Version4()];

        private sealed class Version4 : IAuthSchemeOption
        {
            public string SchemeId { get; set; } = "aws.auth#sigv4";

            public string ShortName { get; set; } = "sigv4";
        }
    }

    /// <summary>
    /// The caller's queue decides about retries and pauses. Only clock skew is corrected here: the base class detects
    /// it by the Date header of the refusal before it calls these methods.
    /// </summary>
    private sealed class OnceMoreWithTheRightTime : RetryPolicy
    {
        public OnceMoreWithTheRightTime() => MaxRetries = 1;

        public override bool CanRetry(IExecutionContext executionContext) => true;

        public override bool RetryForException(IExecutionContext executionContext, Exception exception) => false;

        public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception) =>
            Task.FromResult(false);

        public override bool RetryLimitReached(IExecutionContext executionContext) =>
            executionContext.RequestContext.Retries >= MaxRetries;

        public override void WaitBeforeRetry(IExecutionContext executionContext) { }

        public override Task WaitBeforeRetryAsync(IExecutionContext executionContext) => Task.CompletedTask;
    }

    private sealed class Marshalling : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var call = (AwsRequest)input;
            var request = new DefaultRequest(call, "AWS")
            {
                HttpMethod = call.Method.Method,
                ResourcePath = call.Path,
                Content = call.Body,
            };
            if (call.Body is not null)
                request.Headers["Content-Type"] = call.ContentType;
            if (call.Target is { } target)
                request.Headers["X-Amz-Target"] = target;
            return request;
        }
    }

    private sealed class Unmarshalling : ResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(UnmarshallerContext input) => ((Context)input).Answer;

        public override AmazonServiceException UnmarshallException(
            UnmarshallerContext input,
            Exception innerException,
            System.Net.HttpStatusCode statusCode
        )
        {
            var answer = ((Context)input).Answer;
            var (code, message) = answer.Fault();
            return new Refusal(
                message,
                innerException,
                (int)statusCode < 500 ? ErrorType.Sender : ErrorType.Receiver,
                code,
                answer.RequestId,
                statusCode
            );
        }

        protected override UnmarshallerContext ConstructUnmarshallerContext(
            Stream responseStream,
            bool maintainResponseBody,
            IWebResponseData response,
            bool isException
        ) => new Context(responseStream, response);

        protected override UnmarshallerContext ConstructUnmarshallerContext(
            Stream responseStream,
            bool maintainResponseBody,
            IWebResponseData response,
            bool isException,
            IRequestContext requestContext
        ) => new Context(responseStream, response);

        private sealed class Context : UnmarshallerContext
        {
            public Context(Stream body, IWebResponseData response)
            {
                WebResponseData = response;
                using var reader = new StreamReader(body);
                Answer = new AwsResponse
                {
                    Body = reader.ReadToEnd(),
                    RequestId = response.GetHeaderValue("x-amzn-RequestId"),
                    ErrorType = response.GetHeaderValue("x-amzn-ErrorType"),
                };
            }

            public AwsResponse Answer { get; }

            public override string CurrentPath => "";

            public override int CurrentDepth => 0;

            public override bool IsStartElement => false;

            public override bool IsEndElement => false;

            public override bool IsStartOfDocument => false;
        }
    }

    private sealed class Refusal(
        string message,
        Exception cause,
        ErrorType type,
        string code,
        string? requestId,
        System.Net.HttpStatusCode status
    ) : AmazonServiceException(message, cause, type, code, requestId, status);
}
