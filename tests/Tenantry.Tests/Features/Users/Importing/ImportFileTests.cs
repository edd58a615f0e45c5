using System.Text;
using CsCheck;
using Tenantry.Features.Users.Importing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users.Importing;

/// <summary>The readers of imported files, on files of every form, broken and hostile ones too.</summary>
public sealed class ImportFileTests
{
    [Theory]
    [InlineData("""{"email":"a@example.com"}""", "tenantry, JSON Lines")]
    [InlineData("""[{"email":"a@example.com"}]""", "tenantry, JSON")]
    [InlineData("email,first_name\na@example.com,A", "tenantry, CSV")]
    [InlineData("\uFEFFemail;first_name\na@example.com;A", "tenantry, CSV")]
    [InlineData("email\tfirst_name\na@example.com\tA", "tenantry, CSV")]
    [InlineData("\uFEFF\r\n {\"email\":\"a@example.com\"}", "tenantry, JSON Lines")]
    [InlineData("""{"users":[{"localId":"1"}]}""", "firebase, JSON")]
    [InlineData("""{"realm":"r","id":"1","users":[{"username":"a","enabled":true}]}""", "keycloak, JSON")]
    [InlineData("""{"user_id":"auth0|1","email":"a@example.com"}""", "auth0, JSON Lines")]
    [InlineData("""{"model":"auth.user","pk":1,"fields":{}}""", "django, JSON Lines")]
    public async Task The_form_and_the_system_are_recognised(string text, string expected)
    {
        var file = await Open(Encoding.UTF8.GetBytes(text));

        $"{file.Source.Name}, {file.Container}".ShouldBe(expected);
        (await All(file)).ShouldHaveSingleItem().Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Users_of_a_realm_are_found_after_a_long_configuration()
    {
        var clients = string.Join(
            ',',
            Enumerable.Range(0, 20_000).Select(i => $$"""{"clientId":"c{{i}}","users":[]}""")
        );
        var realm = $$"""
            {"id":"1","realm":"acme","clients":[{{clients}}],"key":"{{new string('k', 300_000)}}",
            "users":[
            {"username":"a","email":"a@example.com"},

            {"username":"b","email":"b@example.com"}],
            "more":[{"users":[1]}]}
            """;

        var file = await Open(Encoding.UTF8.GetBytes(realm));

        file.Source.Name.ShouldBe("keycloak");
        (await All(file)).Select(record => record.Line).ShouldBe([3, 5]);
    }

    [Fact]
    public async Task Records_keep_their_lines_and_values_however_the_bytes_arrive()
    {
        foreach (
            var text in new[]
            {
                "[\n{\"email\":\"ä@example.com\",\n\"a\":[1,{\"b\":2}]}\n,\n{\"email\":\"b@example.com\"}]\n",
                "{\"email\":\"ä@example.com\"}\n\n{\"email\":\"b@example.com\"}",
                "email,first_name\r\nä@example.com,\"A\r\n\"\"B\"\"\"\r\nb@example.com,\r\n",
            }
        )
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var whole = await All(await Open(bytes));
            var slow = await All(
                await ImportFile.Open(new Trickle(bytes), null, FieldMap.None, TestContext.Current.CancellationToken)
            );

            slow.Select(Shown).ShouldBe(whole.Select(Shown));
            whole.Count.ShouldBe(2);
            whole
                .Select(record => record.Line)
                .ShouldBe(
                    text[0] == '{' ? [1, 3]
                    : text[0] == '[' ? [2, 5]
                    : [2, 4]
                );
        }
    }

    public static TheoryData<byte[], int, string> NotUtf8
    {
        get
        {
            byte[] bad = [0xE4]; // ä in Latin-1
            return new()
            {
                { [.. "{\"email\":\"a@example.com\"}\n{\"first_name\":\"J"u8, .. bad, .. "\"}"u8], 2, "is not UTF-8" },
                {
                    [.. "[{\"email\":\"a@example.com\"},\n\n{\"first_name\":\"J"u8, .. bad, .. "\"}]"u8],
                    3,
                    "is not UTF-8"
                },
                {
                    [.. "email,first_name\na@example.com,A\nb@example.com,J"u8, .. bad, .. "\n"u8],
                    3,
                    "column first_name is not UTF-8"
                },
            };
        }
    }

    [Theory]
    [MemberData(nameof(NotUtf8))]
    public async Task A_record_that_is_not_UTF8_is_refused_by_its_line(byte[] bytes, int line, string fault)
    {
        var records = await All(await Open(bytes));

        records[0].Fault.ShouldBeNull();
        records[1].Line.ShouldBe(line);
        records[1].Fault!.ShouldStartWith(fault);
    }

    public static TheoryData<string, string> Unreadable =>
        new()
        {
            { "", "It is empty" },
            { "email,\"first", "line 1" },
            { "email,email\na,b", "line 1: the header has two columns of the same name" },
            { "email,,x\na,b,c", "line 1: the header has a column without a name" },
            { string.Join(',', Enumerable.Range(0, 501).Select(i => $"c{i}")) + "\n", "more than 500 columns" },
            { "email\na@example.com\n\"" + new string('x', 100_000), "line 3: the row is longer than 65536" },
            { "email,password_hsh\na@example.com,x", "line 1: password_hsh is no known column" },
            { "[{\"a\":1},\n{\"a\":", "line 2: it is not well-formed JSON" },
            {
                "[{\"a\":1},\n{\"a\":\"" + new string('x', 100_000) + "\"}]",
                "line 2: a record or value is longer than"
            },
            { "[" + new string('[', 100) + "1", "not well-formed JSON" },
            { "{\"users\":[{\"localId\":\"1\"}]", "not well-formed JSON" },
            {
                "{\"realm\":\"r\",\"id\":\"1\",\"n\":\"" + new string('n', 2_000_000) + "\"}",
                "longer than 1048576 bytes"
            },
            { "{\"realm\":\"r\",\"id\":\"1\",\"n\":[" + new string(' ', 70_000) + "]}", "no list 'users'" },
            {
                "{\"email\":\"a@example.com\"}\n{\"email\":\"" + new string('x', 100_000) + "\"}",
                "line 2 is longer than"
            },
        };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task A_file_that_cannot_be_read_is_refused_with_the_line(string text, string message)
    {
        (
            await Should.ThrowAsync<UnreadableFileException>(async () =>
                await All(await Open(Encoding.UTF8.GetBytes(text)))
            )
        ).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "has the same member twice")]
    [InlineData(
        "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
        "is nested deeper than 32 levels"
    )]
    [InlineData("""{"\ud800":1}""", "has a member whose name contains a character that cannot be stored")]
    [InlineData("""[1]""", "must be a JSON object")]
    [InlineData("""{"a":}""", "body is not well-formed JSON (byte")]
    public async Task A_record_that_no_user_has_is_refused_alone(string record, string fault)
    {
        foreach (var text in new[] { "{\"email\":\"a@example.com\"}\n" + record, $"[{{}},\n{record}]" })
        {
            if (text[0] == '[' && record.Contains(":}", StringComparison.Ordinal))
                continue; // the rest of a document that is malformed cannot be read
            var records = await All(await Open(Encoding.UTF8.GetBytes(text)));

            records.Count.ShouldBe(2);
            records[1].Line.ShouldBe(2);
            records[1].Fault!.ShouldStartWith(fault);
        }
    }

    [Fact]
    public async Task A_record_has_at_most_five_thousand_members() =>
        (await All(await Open(Encoding.UTF8.GetBytes($$"""{"a":[{{string.Join(',', new int[5_001])}}]}"""))))
            .ShouldHaveSingleItem()
            .Fault.ShouldBe("has more than 5000 members and elements in total");

    /// <summary>Whatever the bytes are, the import ends with records and their faults, or refuses the file.</summary>
    [Fact]
    public async Task Broken_samples_never_end_in_another_exception()
    {
        var samples = Directory
            .GetFiles(Path.Combine(Repository.Root, "tests/fixtures/import"), "*-*")
            .Select(File.ReadAllBytes)
            .ToArray();
        var broken = Gen.Select(
            Gen.Int[0, samples.Length - 1],
            Gen.Select(Gen.Int[0, 20_000], Gen.Byte, Gen.Bool).Array[1, 8],
            (sample, changes) =>
            {
                var bytes = samples[sample].ToList();
                foreach (var (place, value, isInserted) in changes)
                {
                    if (isInserted)
                        bytes.Insert(place % bytes.Count, value);
                    else
                        bytes[place % bytes.Count] = value;
                }
                return bytes.ToArray();
            }
        );

        await broken.SampleAsync(
            async bytes =>
            {
                try
                {
                    var file = await ImportFile.Open(
                        new MemoryStream(bytes),
                        null,
                        FieldMap.None,
                        CancellationToken.None
                    );
                    await foreach (var record in file.Records)
                    {
                        if (record.Fault is null)
                            file.Source.Read(new FieldReader(record.Value, FieldMap.None, DateTimeOffset.UtcNow, []))
                                ?.Faults()
                                .Count();
                    }
                }
                catch (UnreadableFileException) { }
            },
            iter: 2_000
        );
    }

    private static string Shown(SourceRecord record) =>
        $"{record.Line} {(record.Fault ?? record.Value.GetRawText()).Replace("\n", " ", StringComparison.Ordinal)}";

    private static Task<ImportFile> Open(byte[] bytes) =>
        ImportFile.Open(new MemoryStream(bytes), null, FieldMap.None, TestContext.Current.CancellationToken);

    private static async Task<List<SourceRecord>> All(ImportFile file)
    {
        var records = new List<SourceRecord>();
        await foreach (var record in file.Records)
            records.Add(record);
        return records;
    }

    /// <summary>A pipe from which one byte arrives at a time.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
