using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>The manifests render, are what Kubernetes knows, and say of the service what is so.</summary>
public sealed class KubernetesTests
{
    public static TheoryData<string> Overlays => ["dev", "dev/migration", "production", "production/migration"];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task What_an_overlay_renders_is_known_to_Kubernetes_field_by_field(string overlay)
    {
        var rendered = await DeployFiles.Render(overlay);
        var objects = DeployFiles.Yaml(rendered);

        (await DeployFiles.Check(["manifests"], new JsonArray([.. objects]).ToJsonString())).ShouldBeEmpty();
        // The schemas let a name pass that they do not know; the client's types do not. Those of the operator it has
        // none for.
        foreach (
            var text in rendered
                .Split("\n---\n")
                .Where(text => !text.Contains("apiVersion: monitoring.coreos.com/", StringComparison.Ordinal))
        )
            KubernetesYaml.LoadAllFromString(text, strict: true).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task The_service_starts_with_the_settings_that_an_overlay_gives_it(string overlay)
    {
        var objects = await Objects(overlay);
        var container = Service(objects).Template.Spec.Containers.Single();
        var settings = objects.OfType<V1ConfigMap>().Single().Data.ToDictionary();
        foreach (var variable in container.Env)
            settings[variable.Name] = variable.Value;

        settings.Keys.Select(NameOf).Except(DeployFiles.Settings).ShouldBeEmpty();
        foreach (
            var (name, file) in settings
                .Where(setting => setting.Key.EndsWith("_FILE", StringComparison.Ordinal))
                .ToList()
        )
        {
            file.ShouldBe($"/run/secrets/tenantry/{NameOf(name)}");
            settings.Remove(name);
            settings[NameOf(name)] = NameOf(name) switch
            {
                "DATABASE_URL" => "postgresql://tenantry_app:secret@db/tenantry",
                "REDIS_URL" => "rediss://:secret@redis:6379/0",
                _ => new string('s', 40),
            };
        }
        var read = ServiceSettings.Read(settings); // throws what is wrong

        read.IsDevelopment.ShouldBeFalse();
        read.MigrationDatabase.Host.ShouldBeNull(); // the owner's login is not the service's
        container
            .Ports.ToDictionary(port => port.Name, port => port.ContainerPort)
            .ShouldBe(
                new Dictionary<string, int> { ["http"] = read.ApiPort, ["metrics"] = read.Telemetry.MetricsPort!.Value }
            );
        var mounts = container
            .VolumeMounts.Where(mount => mount.ReadOnlyProperty != true)
            .Select(mount => mount.MountPath);
        mounts.ShouldBe(read.Store.Bucket is null ? ["/tmp", read.Store.Folder] : ["/tmp"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_migration_gets_the_owners_login_and_nothing_else()
    {
        var job = (await Objects("production/migration")).OfType<V1Job>().Single();

        var container = job.Spec.Template.Spec.Containers.Single();
        container.Args.ShouldBe(["migrate"]);
        container.EnvFrom.ShouldBeNull();
        container.Env.Single().Name.ShouldBe("MIGRATION_DATABASE_URL_FILE");
        job.Spec.Template.Spec.Volumes.Select(volume => volume.Secret?.SecretName)
            .OfType<string>()
            .ShouldBe(["tenantry-migration"]);
        Service(await Objects("production"))
            .Template.Spec.Volumes.Select(volume => volume.Secret?.SecretName)
            .OfType<string>()
            .ShouldBe(["tenantry"]);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task Probes_ask_what_the_service_answers_and_stopping_takes_as_long_as_it_does(string overlay)
    {
        var pod = Service(await Objects(overlay)).Template.Spec;
        var container = pod.Containers.Single();
        var paths = JsonNode.Parse(Repository.Read("docs/openapi.json"))!["paths"]!
            .AsObject()
            .Select(path => path.Key)
            .ToHashSet();

        foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe })
        {
            paths.ShouldContain(probe.HttpGet.Path);
            probe.HttpGet.Port.Value.ShouldBe("http");
        }
        container.ReadinessProbe.HttpGet.Path.ShouldBe("/health/ready");
        container.LivenessProbe.HttpGet.Path.ShouldBe("/health/live"); // whoever restarts for a database that is away, makes it worse
        var drain = int.Parse(
            container.Env.Single(variable => variable.Name == "DRAIN_SECONDS").Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
        drain.ShouldBeGreaterThanOrEqualTo(
            container.ReadinessProbe.PeriodSeconds!.Value * container.ReadinessProbe.FailureThreshold!.Value
        );
        pod.TerminationGracePeriodSeconds!.Value.ShouldBeGreaterThan(drain + (long)Drain.Longest.TotalSeconds);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task No_container_runs_as_root_can_escalate_privileges_or_writes_to_its_root_file_system(
        string overlay
    )
    {
        var pods = Pods(await Objects(overlay));
        pods.ShouldNotBeEmpty();
        foreach (var pod in pods.Select(pod => pod.Spec))
        {
            pod.AutomountServiceAccountToken.ShouldBe(false);
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.SecurityContext.RunAsUser!.Value.ShouldBeGreaterThan(0);
            pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
            foreach (var container in pod.Containers.Concat(pod.InitContainers ?? []))
            {
                container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
                container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
                container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
                container.SecurityContext.Capabilities.Add.ShouldBeNull();
                container.Resources.Requests.Keys.ShouldBe(["cpu", "memory"], ignoreOrder: true);
                container.Resources.Limits.Keys.ShouldContain("memory");
            }
        }
        (await Objects(overlay)).OfType<V1Secret>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("production")]
    public async Task Network_policies_deny_all_traffic_by_default_and_each_selector_matches_a_pod(string overlay)
    {
        List<IKubernetesObject> objects = [.. await Objects(overlay), .. await Objects(overlay + "/migration")];
        var pods = Pods(objects);
        var policies = objects.OfType<V1NetworkPolicy>().ToList();

        var nothing = policies.Single(policy => policy.Spec is { Ingress: null, Egress: null });
        nothing.Spec.PodSelector.MatchLabels.ShouldBeNull();
        nothing.Spec.PolicyTypes.ShouldBe(["Ingress", "Egress"], ignoreOrder: true);
        foreach (
            var policy in policies.Except([nothing]).Where(policy => policy.Spec.PodSelector.MatchLabels is not null)
        )
            pods.ShouldContain(pod => Matches(policy.Spec.PodSelector.MatchLabels, pod), policy.Metadata.Name);
        var ports = pods.SelectMany(pod => pod.Spec.Containers)
            .SelectMany(container => container.Ports ?? [])
            .Select(port => port.Name)
            .ToHashSet();
        foreach (var rule in policies.SelectMany(policy => policy.Spec.Ingress ?? []))
        {
            rule.FromProperty.ShouldNotBeEmpty(); // left out, it means everybody, and so does a selector of nothing
            rule.FromProperty.ShouldAllBe(peer =>
                peer.NamespaceSelector != null
                && peer.NamespaceSelector.MatchLabels != null
                && peer.NamespaceSelector.MatchLabels.Count > 0
            );
            rule.Ports.ShouldAllBe(port => ports.Contains(port.Port.Value));
        }
        policies
            .SelectMany(policy => policy.Spec.Egress ?? [])
            .ShouldAllBe(rule => rule.Ports != null && rule.Ports.Count > 0);
        // Everybody's addresses are never the machine's own: there its role is to be had.
        foreach (
            var block in policies
                .SelectMany(policy => policy.Spec.Egress ?? [])
                .SelectMany(rule => rule.To ?? [])
                .Select(peer => peer.IpBlock)
                .OfType<V1IPBlock>()
                .Where(block => block.Cidr == "0.0.0.0/0")
        )
            block.Except.ShouldContain("169.254.0.0/16");

        foreach (var service in objects.OfType<V1Service>())
        {
            pods.Count(pod => Matches(service.Spec.Selector, pod)).ShouldBe(1); // and not the migration's
            service.Spec.Ports.ShouldAllBe(port => ports.Contains(port.TargetPort.Value));
        }
        foreach (var budget in objects.OfType<V1PodDisruptionBudget>())
            pods.Count(pod => Matches(budget.Spec.Selector.MatchLabels, pod)).ShouldBe(1);
        foreach (
            var spread in pods.SelectMany(pod =>
                (pod.Spec.TopologySpreadConstraints ?? []).Select(spread => (spread, pod))
            )
        )
            Matches(spread.spread.LabelSelector.MatchLabels, spread.pod).ShouldBeTrue();
        foreach (var scaler in objects.OfType<V2HorizontalPodAutoscaler>())
        {
            var scaled = objects
                .OfType<V1Deployment>()
                .Single(deployment => deployment.Metadata.Name == scaler.Spec.ScaleTargetRef.Name);
            scaled.Spec.Replicas.ShouldBeNull(); // each apply would put it back
        }
    }

    [Fact]
    public async Task In_production_the_service_and_its_migration_are_one_image_of_one_version()
    {
        var images = Pods([.. await Objects("production"), .. await Objects("production/migration")])
            .SelectMany(pod => pod.Spec.Containers)
            .Select(container => container.Image)
            .ToList();

        images.Count.ShouldBe(2);
        images.Distinct().Single().ShouldSatisfyAllConditions(image => DeployFiles.IsPinned(image).ShouldBeTrue(image));
        Repository.Read("src/Tenantry/Tenantry.csproj").ShouldContain($"<Version>{images[0].Split(':')[^1]}</Version>");
    }

    [Fact]
    public async Task The_operator_gets_the_rules_that_are_tested_and_finds_the_metrics()
    {
        var objects = DeployFiles.Yaml(await DeployFiles.Render("production"));
        var rule = objects.Single(item => item.Text("kind") == "PrometheusRule");
        var monitor = objects.Single(item => item.Text("kind") == "ServiceMonitor")["spec"]!;
        var service = (await Objects("production")).OfType<V1Service>().Single();

        var rules = DeployFiles.YamlOf("deploy/prometheus/rules.yml");
        JsonNode.DeepEquals(rule["spec"], rules).ShouldBeTrue("Run scripts/prometheus-rule.sh");
        monitor["selector"]!["matchLabels"]!
            .AsObject()
            .ShouldAllBe(label => service.Metadata.Labels[label.Key] == label.Value!.GetValue<string>());
        // Rules ask for the job by this name.
        service.Metadata.Labels[monitor.Text("jobLabel")].ShouldBe("tenantry");
        var endpoint = monitor["endpoints"]!.AsArray().Single()!;
        endpoint.Text("path").ShouldBe(MetricsGate.Path);
        service.Spec.Ports.ShouldContain(port => port.Name == endpoint.Text("port"));
    }

    private static string NameOf(string variable) =>
        variable.EndsWith("_FILE", StringComparison.Ordinal) && !DeployFiles.Settings.Contains(variable)
            ? variable[..^"_FILE".Length]
            : variable;

    private static bool Matches(IDictionary<string, string> selector, V1PodTemplateSpec pod) =>
        selector.All(label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static V1DeploymentSpec Service(IEnumerable<IKubernetesObject> objects) =>
        objects.OfType<V1Deployment>().Single().Spec;

    private static List<V1PodTemplateSpec> Pods(IEnumerable<IKubernetesObject> objects) =>
        [
            .. objects.OfType<V1Deployment>().Select(deployment => deployment.Spec.Template),
            .. objects.OfType<V1Job>().Select(job => job.Spec.Template),
        ];

    private static async Task<List<IKubernetesObject>> Objects(string overlay) =>
        [
            .. (await DeployFiles.Render(overlay))
                .Split("\n---\n")
                .Where(text => !text.Contains("apiVersion: monitoring.coreos.com/", StringComparison.Ordinal))
                .SelectMany(text => KubernetesYaml.LoadAllFromString(text, strict: true))
                .Cast<IKubernetesObject>(),
        ];
}
