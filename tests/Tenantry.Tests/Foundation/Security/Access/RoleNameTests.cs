using System.Text;
using CsCheck;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Tests.Foundation.Security.Access;

public sealed class RoleNameTests
{
    private static readonly IReadOnlyList<string> SystemNames =
    [
        .. SystemRoles.OfEveryTenant.Append(SystemRoles.OfThePlatform).Select(role => role.Name),
    ];

#if !MUTATION // a score must not depend on chance
    [Fact]
    public void Every_system_name_is_reserved_in_whatever_letters_case_and_spacing_it_is_written()
    {
        var looks = ConfusableLetters.Latin.ToLookup(pair => pair.Value, pair => pair.Key.ToString());
        var letter = (char wanted) =>
            OneOf([
                wanted.ToString(),
                char.ToUpperInvariant(wanted).ToString(),
                char.ToLowerInvariant(wanted).ToString(),
                .. looks[Rune.ToLowerInvariant(new Rune(wanted))],
                $"{wanted} ",
                $" {wanted}",
                $"{wanted}\u0301",
                $"{wanted}-",
                ((char)(wanted + 0xFEE0)).ToString(),
            ]);
        OneOf([.. SystemNames])
            .SelectMany(name =>
                name.Where(char.IsLetter)
                    .Aggregate(
                        (Gen<string>)Gen.Const(""),
                        (written, next) => Gen.Select(written, letter(next), (one, other) => one + other)
                    )
                    .Select(written => (name, written))
            )
            .Sample(one => RoleName.ReservedAs(one.written) == one.name, iter: 5_000);
    }
#endif

    private static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(n => texts[n]);

#if !MUTATION // a score must not depend on chance
    [Fact]
    public void Any_text_has_an_answer_and_reads_like_itself() =>
        Gen.String[Gen.Char['\0', '\uffff'], 0, 40]
            .Sample(
                text =>
                {
                    _ = RoleName.FaultOf(text);
                    _ = RoleName.ReservedAs(text);
                    RoleName.ReadsLike(text, text).ShouldBeTrue();
                },
                iter: 5_000
            );
#endif

    [Theory]
    [InlineData("Sales", "Support")]
    [InlineData("Team 1", "Team I")]
    [InlineData("Team 0", "Team O")]
    [InlineData("C", "C++")]
    [InlineData("Pr\u00fcfer", "Prufer")]
    [InlineData("\u7ba1\u7406", "\u7ba1\u7406\u8005")]
    public void Names_that_people_can_tell_apart_are_two_names(string one, string other) =>
        RoleName.ReadsLike(one, other).ShouldBeFalse();

    [Theory]
    [InlineData("Users")]
    [InlineData("Administration")]
    [InlineData("Admin assistant")]
    [InlineData("Reviewer")]
    [InlineData("Platform engineer")]
    public void A_name_that_only_holds_a_reserved_one_is_free(string name) => RoleName.ReservedAs(name).ShouldBeNull();

    [Fact]
    public void Imported_roles_must_follow_all_rules_for_roles()
    {
        Fault().ShouldBeNull();
        Fault(Own("Support"), Own("Sales")).ShouldBeNull();
        Fault(Own("admin"))!.ShouldContain("looks like the system role Admin");
        Fault(Own("Platform administrator"))!.ShouldContain("Platform administrator");
        Fault(Own("Sup\u200bport"))!.ShouldContain("invisible characters");
        Fault(Own("Support"), Own("SUPPORT"))!.ShouldContain("look alike");
        Fault(
                new Role
                {
                    Name = "Platform administrator",
                    IsSystemRole = true,
                    CreatedAt = default,
                    UpdatedAt = default,
                }
            )!
            .ShouldContain("does not have");
        Fault([.. Enumerable.Range(0, 7).Select(n => Own($"Role {n}"))])!
            .ShouldContain("11 roles; at most 10 are allowed");
        RoleRules.FaultOf(Chain(RoleRules.LongestChain), isPlatform: false, most: 100).ShouldBeNull();
        RoleRules
            .FaultOf(Chain(RoleRules.LongestChain + 1), isPlatform: false, most: 100)!
            .ShouldContain("chain of 17 roles");
        var own = Own("Round");
        Fault(
                new Role
                {
                    Id = own.Id,
                    Name = "Round",
                    ParentId = own.Id,
                    CreatedAt = default,
                    UpdatedAt = default,
                }
            )!
            .ShouldContain("cycle");
        Fault(
                new Role
                {
                    Name = "Loose",
                    ParentId = Guid.NewGuid(),
                    CreatedAt = default,
                    UpdatedAt = default,
                }
            )!
            .ShouldContain("does not exist");

        static string? Fault(params Role[] own)
        {
            var roles = new List<Role>();
            foreach (var role in SystemRoles.OfEveryTenant)
                roles.Add(
                    new Role
                    {
                        Name = role.Name,
                        IsSystemRole = true,
                        ParentId = roles.LastOrDefault()?.Id,
                        CreatedAt = default,
                        UpdatedAt = default,
                    }
                );
            return RoleRules.FaultOf(
                new RoleHierarchy([.. roles.Concat(own).Select(role => new RoleHierarchy.Row(role, []))]),
                isPlatform: false,
                most: 10
            );
        }

        static Role Own(string name) =>
            new()
            {
                Name = name,
                CreatedAt = default,
                UpdatedAt = default,
            };

        static RoleHierarchy Chain(int length)
        {
            var roles = new List<Role>();
            for (var i = 0; i < length; i++)
                roles.Add(
                    new Role
                    {
                        Name = $"Role {i}",
                        ParentId = roles.LastOrDefault()?.Id,
                        CreatedAt = default,
                        UpdatedAt = default,
                    }
                );
            return new RoleHierarchy([.. roles.Select(role => new RoleHierarchy.Row(role, []))]);
        }
    }
}
