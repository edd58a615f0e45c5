using System.Diagnostics;
using System.Text;
using NSec.Cryptography;

namespace Tenantry.Floors;

/// <summary>NSec's Argon2id at the cost that the service has by default, on all cores at once and nothing else.</summary>
internal static class Hashes
{
    public static double PerSecond(TimeSpan time)
    {
        var argon2 = new Argon2id(
            new Argon2Parameters
            {
                DegreeOfParallelism = 1,
                MemorySize = 19456,
                NumberOfPasses = 2,
            }
        );
        var password = Encoding.UTF8.GetBytes("a bench needs one as well");
        long made = 0;
        var watch = Stopwatch.StartNew();
        var threads = Enumerable
            .Range(0, Environment.ProcessorCount)
            .Select(_ => new Thread(() =>
            {
                var salt = new byte[16];
                while (watch.Elapsed < time)
                {
                    argon2.DeriveBytes(password, salt, 32);
                    Interlocked.Increment(ref made);
                }
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return made / watch.Elapsed.TotalSeconds;
    }
}
