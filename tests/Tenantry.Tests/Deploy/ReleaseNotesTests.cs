namespace Tenantry.Tests.Deploy;

/// <summary>The notes of a release are what the changelog says of it.</summary>
public sealed class ReleaseNotesTests : IDisposable
{
    private const string Changelog = """
        # Changelog

        ## Unreleased

        ### Added
        - what nobody has yet

        ## [1.10.0] - 2026-12-01

        ### Changed
        - the newer one

        ## 1.1.0 - 2026-11-26

        ### Added
        - one thing
        - ## no heading

        ### Fixed
        - another

        ## 1.0.0

        ## 0.9.0 - 2026-01-01
        - the first

        [1.10.0]: https://example.com/compare
        """;

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("1.1.0", "### Added\n- one thing\n- ## no heading\n\n### Fixed\n- another\n")]
    [InlineData("1.10.0", "### Changed\n- the newer one\n")]
    [InlineData("0.9.0", "- the first\n")]
    public async Task They_are_the_text_below_the_heading_of_the_version_and_no_other(string version, string notes)
    {
        var (status, output, errors) = await Notes(version);

        status.ShouldBe(0, errors);
        output.TrimEnd('\n').ShouldBe(notes.TrimEnd('\n'));
    }

    [Theory]
    [InlineData("1.0.0")] // a heading, and nothing below it
    [InlineData("1.1")]
    [InlineData("1.1.1")]
    [InlineData("1x1.0")]
    public async Task A_version_of_which_nothing_is_said_is_not_released(string version)
    {
        var (status, output, errors) = await Notes(version);

        status.ShouldBe(1);
        output.ShouldBeEmpty();
        errors.ShouldBe($"CHANGELOG.md says nothing of {version}.\n");
    }

    [Fact]
    public async Task The_changelog_of_the_repository_has_the_form_that_is_read() =>
        (await DeployFiles.Run("scripts/release-notes.sh", ["Unreleased"])).Output.ShouldStartWith("### Added\n");

    private async Task<(int Status, string Output, string Errors)> Notes(string version)
    {
        await File.WriteAllTextAsync(file, Changelog, TestContext.Current.CancellationToken);
        return await DeployFiles.Run("scripts/release-notes.sh", [version, file]);
    }
}
