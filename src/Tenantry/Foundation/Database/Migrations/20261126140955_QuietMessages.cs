using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>A message that somebody has sent wakes the instance that took it, which needs no notice.</summary>
    public partial class QuietMessages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // A transaction with a NOTIFY holds a lock of the whole database while it commits: those that accept messages would stand in line. The service's own mails are few, somebody
            // waits for each, and no code path may forget to tell of them: they keep their notice.
            migrationBuilder.Sql("""
                CREATE OR REPLACE TRIGGER tell_message AFTER INSERT ON notification_logs FOR EACH ROW WHEN (NEW.is_ready AND NEW.sent_by IS NULL) EXECUTE FUNCTION tell_message();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("CREATE OR REPLACE TRIGGER tell_message AFTER INSERT ON notification_logs FOR EACH ROW WHEN (NEW.is_ready) EXECUTE FUNCTION tell_message();");
    }
}
