using System.Text;

namespace Tenantry.Tests.Rules;

/// <summary>What nobody who means well would send, by the place that it is put in.</summary>
internal static class HostileValues
{
    public const string TooMuch = "more than 1 MiB";

    private const string TenThousand = "10k";

    private static readonly string Long = new('x', 10_000);

    /// <summary>In the place of a member's value: JSON as it goes over the wire, some of it none.</summary>
    public static readonly IReadOnlyList<string> Json =
    [
        "null", "true", "false", "\"\"", "\" \"", "[]", "{}", "[null]", "[[]]", "{\"a\":null}", "{\"\":1}", "[1,\"a\",{}]", "\"null\"", "\"true\"", "\"0\"",
        "0", "-1", "-0", "1", "1.5", "0.1", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999",
        "1e39", "1e40", "-1e39", "1e-38", "1e-41", "0e-400", "1e131071", "1e131072", "1e-16383", "1e-16384", "1e99999999999999999999", "-1e-99999999999999999999", "0.00000000000000000000000000000000000000001",
        "{\"a\":[1e131071]}", "{\"a\":{\"b\":1e-400}}", "[{\"a\":[{\"b\":1e99999}]}]", "{\"a\":{\"b\":[\"\\u0000\"]}}", "[[{\"a\":\"\\udc00\"}]]", "{\"a\":[{\"\\ud800b\":1}]}", "{\"a\":{\"b\\u0000\":{}}}",
        "1e3", "1e400", "-1e400", "1e-400", "01", "+1", "NaN", "Infinity", "0x10", "'a'", "undefined", "\"NaN\"",
        "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"a\\udc00b\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\uffff\"", "\"\\ufffe\"", "\"long enough \\ufffe\"", "\"a\\ufffe@example.com\"", "\"\\ufeff\"", "\"\\u0001\\u001f\\u007f\\u0085\"", "\"\\u2028\\u2029\"",
        "\"\u202Eevil\u202C\"", "\"a\u200Bb\u200D\"", "\"Z\u0335\u0321\u0322\u0347a\u0334l\u0337\"", "\"\u0130\u0131\u017F\u212A\"", "\"\u00C5\u0041\u030A\"",
        "{\"a\\u0000\":\"b\"}", "{\"a\":\"b\\u0000\"}", "{\"\\ud800\":1}", "{\"a\":\"\\ud800\"}", "[\"\\u0000\"]", "[\"\\ud800\"]", "{\"a\":1,\"a\":2}", "{\"a\":1e400}", "[\"a\",\"a\"]",
        "\"' OR '1'='1\"", "\"'; DROP TABLE users; --\"", "\"\\\\'; COPY users TO PROGRAM 'id' --\"", "\"%' ESCAPE '!\"", "\"%\"", "\"_\"", "\"\\\\\"", "\"a\\\\\"", "\"$1\"", "\"@p0\"",
        "\"a\\r\\nX-Injected: 1\"", "\"a\\r\\nBcc: b@example.com\"", "\"a@example.com\\r\\nRCPT TO:<b@example.com>\"", "\"a\\tb\"",
        "\"{{ 7 | times: 7 }}\"", "\"{{\"", "\"{% for i in (1..2000000000) %}x{% endfor %}\"", "\"{% include '/etc/passwd' %}\"", "\"{{ 'x' | append: 'y' | split: '' | join: '{{' }}\"", "\"{% raw %}\"", "\"${7*7}\"", "\"#{7*7}\"", "\"%s%n%x\"", "\"{0}\"",
        "\"../../../../etc/passwd\"", "\"..\\\\..\\\\windows\"", "\"/etc/passwd\"", "\"file:///etc/passwd\"", "\"http://169.254.169.254/\"", "\"a/b\"", "\".\"", "\"..\"", "\"CON\"", "\"a\\u202Egpj.exe\"",
        "\"<script>alert(1)</script>\"", "\"=cmd|' /C calc'!A0\"", "\"a@b\"", "\"a@b.c@d.e\"", "\"\\\"a b\\\"@example.com\"", "\"a@[127.0.0.1]\"", "\"a@xn--.example\"", "\"\u00E4@\u00F6.example\"", "\"+00000000000\"", "\"+999999999999999\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"9999-12-31T23:59:59-14:00\"", "\"2026-02-30T00:00:00Z\"", "\"infinity\"", "\"2026-01-01\"", "\"1\"",
        "\"00000000-0000-0000-0000-000000000000\"", "\"ffffffff-ffff-ffff-ffff-ffffffffffff\"", "\"{019a8f3e-5b00-7e21-a1b2-c3d4e5f60718}\"", "\"zz\"", "\"de-CH-x-\"", "\"xx-XX-xx-XX-xx\"", "\"i-default\"",
        Deep('[', ']', 40), Deep('[', ']', 1000), DeepObject(40), DeepObject(1000), $"\"{TenThousand}\"", $"[{TenThousand}]",
    ];

    /// <summary>Of the place of a member: written out late, as they are long.</summary>
    public static string Written(string json) => json switch
    {
        $"\"{TenThousand}\"" => $"\"{Long}\"",
        $"[{TenThousand}]" => "[" + string.Join(',', Enumerable.Range(0, 2000).Select(number => $"\"a{number}\"")) + "]",
        _ => json,
    };

    /// <summary>In a path or a query, as they go over the wire.</summary>
    public static readonly IReadOnlyList<string> InUrl =
    [
        "", "%20", "%00", "a%00b", "%", "%z", "%zz", "%1", "%ff", "%ff%fe", "%c0%ae%c0%ae%2f", "%ed%a0%80", "%f4%90%80%80", "%e2%80%ae", "%e2%80%8b", "%ef%bf%bf", "%ef%bf%be", "%f0%9f%98%80", "%c4%b0", "%u0041", "%252e%252e", "%0d%0aX-Injected:%201", "%0a", "%09", "%7f", "%1b%5b2J",
        "..", ".", "%2e%2e", "..%2f..%2fetc%2fpasswd", "..%5c..%5c", "%2e%2e%2f%2e%2e%2f", "/", "//", "a/b", "%2f", "%5c", ";a=b", "a;b", "*", "~", "!", "$1", "@p0", "|", "^", "`", "{}", "[]", "[0]", "a[]=b", "&&", "=", "a=b=c", "+", "a+b", "\"", "'", "<", ">",
        "%27%20OR%20%271%27=%271", "%27;%20DROP%20TABLE%20users;%20--", "%25", "%5f", "%5c%25", "%%%", "(*)", "a:*%20%26", "%7b%7b%207%20|%20times:%207%20%7d%7d", "$%7b7*7%7d",
        "0", "-1", "-0", "1", "1.5", "1e3", "1e400", "2147483648", "-2147483649", "9223372036854775808", "99999999999999999999999999999999", "NaN", "0x10", "%2b1", "%201", "1%20", "1,2", "\u0661".Escaped(), "true", "TRUE", "yes", "null", "undefined", "None",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "%7b019a8f3e-5b00-7e21-a1b2-c3d4e5f60718%7d", "019a8f3e5b007e21a1b2c3d4e5f60718", "(019a8f3e-5b00-7e21-a1b2-c3d4e5f60718)",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2b14:00", "infinity", "-infinity", "2026-02-30", "12", "2026-01-01T00:00:00", "01/02/03",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "tnr_", "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ", "tnf_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ", "eyJhbGciOiJub25lIn0.e30.", new string('a', 300), new string('1', 400), new string('x', 6000),
    ];

    /// <summary>In a header. Those that hold more than ASCII go as UTF-8, or as Latin-1 where the header's name is chosen for it.</summary>
    public static readonly IReadOnlyList<string> InHeader =
    [
        "", " ", "\t", "*", "\"", "\"\"", "W/\"", "W/\"1\"", "\"1\"", "\"1\",\"2\"", "\"" + new string('f', 500) + "\"", "1", "-1", "0", "99999999999999999999", "1.5", "NaN", ",", ",,,,", ";", "=", "a=b; c", "\"a", "a, b, c",
        "bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-0,1-1,2-2", "bytes=99999999999999999999-", "bytes=-99999999999999999999", "bytes=" + string.Join(',', Enumerable.Range(0, 300).Select(number => $"{number}-{number}")), "lines=1-2",
        "00-00000000000000000000000000000000-0000000000000000-00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "ff-zz-zz-zz", "00-4bf92f35", "a=1,b=2",
        "' OR '1'='1", "'; DROP TABLE users; --", "../../etc/passwd", "{{ 7 | times: 7 }}", "${jndi:ldap://a}", "%00", "%0d%0aX: 1", "\u202Eevil", "\u00E9\u00E8", "\u0130", "\u65E5\u672C", "\uD83D\uDE00", "a\u007Fb", "<b>",
        "de-CH-x-,;q=9", "xx;q=abc", "*;q=0", new string('d', 35) + "-x", "Bearer ", "Bearer a", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer " + new string('a', 9000), "Basic YTpi", "Basic !", "Digest a",
        "application/json", "text/html", "application/*;q=0", "*/*", "gzip", "gzip, br", "chunked", "identity", "localhost", "evil.example:99999", "[::1", "::1", "1.2.3.4, 5.6.7.8", "999.1.1.1", "https://evil.example", "null", "http://", "PUT", "TRACE", "cookie", "true",
        "filename d29ybGQ=", "filename !!!", "filename AA==", "filename " + Convert.ToBase64String("a\0b"u8), "metadata " + Convert.ToBase64String("{\"a\":\"\\u0000\"}"u8), "metadata " + Convert.ToBase64String("{"u8), "tags " + Convert.ToBase64String(",,\0"u8), "filename /w==", "sha1 AAAA", "sha1 !", "sha256 " + new string('A', 44), "md5",
        "00000000-0000-0000-0000-000000000000", "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718", "platform", "default", "no-such-tenant", new string('x', 300), new string('x', 7000),
    ];

    /// <summary>As names of the parts of a form, as they go over the wire.</summary>
    public static readonly IReadOnlyList<string> PartNames =
        ["\0", "\"a\0b\"", "\"file\0\"", "\"\"", "\"\\u0000\"", "\"\u00E9\"", "\"\uFFFD\"", "file*", "file; name=metadata", "\"" + new string('n', 300) + "\"", "metadata\0", "\"tags\t\""];

    /// <summary>A valid token with one thing changed: its length, a character, its case, its order, its kind. Its last bits are among them, which few readers look at.</summary>
    public static IEnumerable<string> Mutated(string valid)
    {
        var (middle, last) = (valid.Length / 2, Array.IndexOf(Base64Url, valid[^1]));
        string[] others =
        [
            valid[..^1], valid + "A", valid + "=", valid + "==", valid[..^1] + "=", valid[..middle] + " " + valid[middle..], new string([.. valid.Reverse()]), valid.ToUpperInvariant(), valid.ToLowerInvariant(), valid[4..], "tnx" + valid[3..],
            valid[..middle] + (valid[middle] == 'A' ? 'B' : 'A') + valid[(middle + 1)..], valid[..middle] + "\U0001F600" + valid[(middle + 2)..],
            .. new[] { '+', '/', '=', '.', ' ', '%', '\u00E4', '\uFF21', '\u0430' }.Select(other => valid[..middle] + other + valid[(middle + 1)..]),
            .. last < 0 ? Enumerable.Empty<string>() : new[] { last ^ 1, last ^ 2, last ^ 32 }.Select(other => valid[..^1] + Base64Url[other]),
        ];
        return others.Where(other => other != valid).Distinct(StringComparer.Ordinal);
    }

    private static readonly char[] Base64Url = [.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];

    /// <summary>The headers that something in the service, or in front of it, reads.</summary>
    public static readonly IReadOnlyList<string> Headers =
    [
        "X-Tenant", "If-Match", "If-None-Match", "If-Modified-Since", "If-Range", "Idempotency-Key", "Range", "traceparent", "tracestate", "baggage", "X-Request-Id", "Accept-Language", "Accept", "Accept-Encoding", "Authorization", "Cookie", "X-CSRF-Token", "X-Session-Mode",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Host", "Origin", "User-Agent", "Referer", "X-HTTP-Method-Override", "Content-Encoding", "Content-Type", "Content-Language", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum", "Upload-Concat", "Upload-Defer-Length", "Tus-Resumable", "Access-Control-Request-Method", "Forwarded", "Prefer", "Via",
    ];

    /// <summary>In the place of a whole body: with the type that it says it has.</summary>
    public static IEnumerable<(string Name, string? Type, Func<byte[]> Bytes)> Bodies(string valid)
    {
        const string json = "application/json";
        yield return ("nothing", json, () => []);
        yield return ("no type", null, () => Encoding.UTF8.GetBytes(valid));
        foreach (var other in new[] { "text/plain", "application/xml", "application/json; charset=utf-7", "application/json; charset=utf-16", "application/json; charset=\"", "application/merge-patch+json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "a", "/", "application/octet-stream" })
            yield return ("as " + other, other, () => Encoding.UTF8.GetBytes(valid));
        foreach (var text in new[] { "null", "[]", "{}", "0", "\"\"", "true", "[{}]", "{", "}", "[", "{\"a\"", "{\"a\":", "{,}", "{\"a\":1,}", "/**/{}", "{}{}", "{} x", "\u0000", "\uFEFF{}", "<a/>", "a=b", "{\"__proto__\":{\"is_admin\":true}}", Deep('[', ']', 1000), DeepObject(1000) })
            yield return ("text " + text[..Math.Min(text.Length, 20)], json, () => Encoding.UTF8.GetBytes(text));
        yield return ("cut off", json, () => Encoding.UTF8.GetBytes(valid[..(valid.Length / 2)]));
        yield return ("cut off at the end", json, () => Encoding.UTF8.GetBytes(valid[..Math.Max(0, valid.Length - 1)]));
        yield return ("one member more", json, () => Encoding.UTF8.GetBytes(valid.TrimEnd('}') + (valid.Length > 2 ? "," : "") + "\"is_admin\":true}"));
        yield return ("a member twice", json, () => Encoding.UTF8.GetBytes(valid.Length > 2 ? valid.TrimEnd('}') + "," + valid[1..] : "{\"a\":1,\"a\":1}"));
        yield return ("a name of NUL", json, () => Encoding.UTF8.GetBytes("{\"\\u0000\":1}"));
        yield return ("a name of half a pair", json, () => Encoding.UTF8.GetBytes("{\"\\ud800\":1}"));
        yield return ("no UTF-8", json, () => [.. Encoding.UTF8.GetBytes(valid.TrimEnd('}')), .. (byte[])[0x2C, 0x22, 0xFF, 0xFE, 0xC0, 0xAF, 0x22, 0x3A, 0x31, 0x7D]]);
        yield return ("no UTF-8 in a value", json, () => Encoding.Latin1.GetBytes(valid.Replace('e', '\u00E9')));
        yield return ("UTF-16", json, () => Encoding.Unicode.GetBytes(valid));
        yield return ("a string of 1 MB", json, () => Encoding.UTF8.GetBytes("{\"name\":\"" + new string('x', 1_000_000) + "\"}"));
        yield return (TooMuch, json, () => new byte[1024 * 1024 + 1]);
    }

    private static string Deep(char open, char close, int levels) => new string(open, levels) + new string(close, levels);

    private static string DeepObject(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);

    private static string Escaped(this string text) => Uri.EscapeDataString(text);
}
