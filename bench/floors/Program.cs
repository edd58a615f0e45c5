// What the service is held against: the same work with nothing around it.
//   floors serve PORT                              /json, /me and /users, on the database in DATABASE_URL
//   floors hash SECONDS                            Argon2id hashes a second, on all cores
//   floors disk PORT FOLDER                        /files, a body into the folder and out of it
//   floors bucket put|get URL KEY SECRET FILE TIMES   milliseconds that a file takes into a bucket or out of it, by the SDK
using System.Globalization;
using Tenantry.Floors;

switch (args)
{
    case ["serve", var port]:
        await Reads.Serve(int.Parse(port, CultureInfo.InvariantCulture));
        return 0;
    case ["hash", var seconds]:
        Console.WriteLine(
            Hashes
                .PerSecond(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)))
                .ToString("0.00", CultureInfo.InvariantCulture)
        );
        return 0;
    case ["disk", var port, var folder]:
        await Stores.Disk(int.Parse(port, CultureInfo.InvariantCulture), folder);
        return 0;
    case ["bucket", var way, var url, var key, var secret, var file, var times]:
        await Stores.Bucket(way, url, key, secret, file, int.Parse(times, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: floors serve PORT | hash SECONDS | disk PORT FOLDER | bucket put|get URL KEY SECRET FILE TIMES"
        );
        return 2;
}
