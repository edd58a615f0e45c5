using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tenantry.Tests.Harness;

/// <summary>An authority of the test's own, with a certificate for <c>localhost</c>, as files.</summary>
public sealed class Authority : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tenantry-authority").FullName;

    public Authority()
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asRoot = new CertificateRequest("CN=A test's own authority", rootKey, HashAlgorithmName.SHA256);
        asRoot.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                0,
                critical: true
            )
        );
        asRoot.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        using var root = asRoot.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asServer = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        asServer.CertificateExtensions.Add(names.Build());
        asServer.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)
        );
        using var server = asServer.Create(root, from, to, RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(RootFile, root.ExportCertificatePem());
        File.WriteAllText(CertificateFile, server.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public string RootFile => Path.Combine(folder, "root.pem");
    public string CertificateFile => Path.Combine(folder, "server.pem");
    public string KeyFile => Path.Combine(folder, "server.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
