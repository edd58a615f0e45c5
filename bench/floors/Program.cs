// What the service is held against: the same work with nothing around it.
//   floors serve PORT                              /json, /me and /users, on the database in DATABASE_URL
//   floors hash SECONDS                            Argon2id hashes a second, on all cores
//   floors disk put|get FOLDER FILE TIMES          milliseconds that a file takes to the disk and is safe there, or off it
//   floors bucket put|get URL KEY SECRET FILE TIMES   the same with a bucket, by the SDK
using System.Globalization;
using Tenantry.Floors;

switch (args)
{
    case ["serve", var port]:
        await Reads.Serve(int.Parse(port, CultureInfo.InvariantCulture));
        return 0;
    case ["hash", var seconds]:
        Console.WriteLine(Hashes.PerSecond(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))).ToString("0.00", CultureInfo.InvariantCulture));
        return 0;
    case ["disk", var way, var folder, var file, var times]:
        await Stores.Disk(way, folder, file, int.Parse(times, CultureInfo.InvariantCulture));
        return 0;
    case ["bucket", var way, var url, var key, var secret, var file, var times]:
        await Stores.Bucket(way, url, key, secret, file, int.Parse(times, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: floors serve PORT | hash SECONDS | disk put|get FOLDER FILE TIMES | bucket put|get URL KEY SECRET FILE TIMES");
        return 2;
}
