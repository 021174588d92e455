/* What stands in the file. Times of a run are milliseconds since it began, on a clock that nobody sets; only when it
 * began is the time of day. */
#include "base/memory.h"
#include "state/schema.h"

const char *const schema_steps[] = {
        "CREATE TABLE run ("
        "  id INTEGER PRIMARY KEY AUTOINCREMENT, began_us INTEGER NOT NULL, took_ms INTEGER,"
        "  controller TEXT NOT NULL, user TEXT NOT NULL, pid INTEGER NOT NULL, command TEXT NOT NULL,"
        "  verb TEXT NOT NULL, phase TEXT NOT NULL, exit_status INTEGER,"
        "  hosts INTEGER NOT NULL, hosts_changed INTEGER NOT NULL, hosts_failed INTEGER NOT NULL);"

        "CREATE TABLE host ("
        "  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
        "  name TEXT NOT NULL, address TEXT NOT NULL, machine TEXT,"
        "  level TEXT NOT NULL, activity TEXT NOT NULL, why TEXT, until_us INTEGER, changed_us INTEGER NOT "
        "NULL,"
        "  began_ms INTEGER NOT NULL, took_ms INTEGER, steps_done INTEGER NOT NULL,"
        "  outcome TEXT, error TEXT, note TEXT,"
        "  UNIQUE (run, name));"
        "CREATE INDEX host_by_name ON host (name, address, run);"

        "CREATE TABLE phase ("
        "  id INTEGER PRIMARY KEY, host INTEGER NOT NULL REFERENCES host ON DELETE CASCADE,"
        "  name TEXT NOT NULL, began_ms INTEGER NOT NULL, took_ms INTEGER, steps_done INTEGER NOT NULL, "
        "outcome TEXT);"
        "CREATE INDEX phase_by_host ON phase (host);"

        "CREATE TABLE step ("
        "  id INTEGER PRIMARY KEY, host INTEGER NOT NULL REFERENCES host ON DELETE CASCADE,"
        "  phase TEXT NOT NULL, score TEXT NOT NULL, sentence TEXT NOT NULL, kind TEXT NOT NULL,"
        "  began_ms INTEGER NOT NULL, took_ms INTEGER, outcome TEXT, error TEXT, output TEXT);"
        "CREATE INDEX step_by_host ON step (host);"

        "CREATE TABLE note ("
        "  id INTEGER PRIMARY KEY, host INTEGER NOT NULL REFERENCES host ON DELETE CASCADE,"
        "  kind TEXT NOT NULL, phase TEXT, score TEXT, text TEXT NOT NULL, at_ms INTEGER NOT NULL);"
        "CREATE INDEX note_by_host ON note (host);"

        "CREATE TABLE owned ("
        "  machine TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,"
        "  run INTEGER NOT NULL, at_us INTEGER NOT NULL, is_made INTEGER NOT NULL, before TEXT,"
        "  PRIMARY KEY (machine, kind, name)) WITHOUT ROWID;"

        "CREATE TABLE deadline ("
        "  machine TEXT NOT NULL, key TEXT NOT NULL, lasts_s INTEGER NOT NULL,"
        "  end_us INTEGER NOT NULL, boot_id TEXT NOT NULL, boot_end_us INTEGER NOT NULL,"
        "  PRIMARY KEY (machine, key)) WITHOUT ROWID;",
};
const int64_t schema_step_count = sizeof(schema_steps) / sizeof(schema_steps[0]);

static void take_integer(void *context, const struct row *row)
{
        *(int64_t *)context = row_integer(row, 0);
}

int schema_format(struct database *database, int64_t *ret_format, struct error *error)
{
        return database_query(database, "PRAGMA user_version", NO_VALUES, take_integer, ret_format, error);
}

/* Within one transaction, for another process may be about the same. */
static int take_steps(
        struct database *database, const char *const *steps, int64_t step_count, struct error *error)
{
        int64_t format = 0;

        if (schema_format(database, &format, error) < 0)
                return -1;
        for (; format < step_count; format++) {
                CLEANUP(string_free) char *mark = string_format("PRAGMA user_version = %d", (int)format + 1);

                if (database_do(database, steps[format], NO_VALUES, error) < 0 ||
                        database_do(database, mark, NO_VALUES, error) < 0)
                        return -1;
        }
        return 0;
}

int schema_migrate(
        struct database *database, const char *const *steps, int64_t step_count, struct error *error)
{
        int64_t format = 0;

        if (schema_format(database, &format, error) < 0)
                return -1;
        if (format > step_count)
                return database_refuse_newer(database, format, step_count, error);
        if (format == step_count)
                return 0;
        if (database_begin(database, CARE_SYNCED, error) < 0 ||
                database_end(database, take_steps(database, steps, step_count, error), error) < 0)
                return -1;
        /* Last: until then everything goes into the file itself, which can be given another name. */
        return format == 0 ? database_do(database, "PRAGMA journal_mode = WAL", NO_VALUES, error) : 0;
}
