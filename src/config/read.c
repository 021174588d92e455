/* Text to tree: the only file that knows libconfuse.
 *
 * It is used for the syntax alone. What the keys mean, and which there are, is judged by us, because it stops
 * at the first surprise and gives values no line numbers:
 *
 *  - Every key is a list of strings, with a callback that notes the value and the line the parser is at.
 *  - A section is taken into our tree when it ends, and freed: so the parser can neither replace one by a
 *    later one of the same title, nor compare each with all before it.
 *  - A name that isn't in the schema ends the run: it is tolerated, and the text read again from the start.
 *  - The lexer is global and callbacks get no pointer of ours; so what they fill in is global here, too. */
#include <confuse.h>
#include <locale.h>

#include "base/text.h"
#include "config/complaint.h"
#include "config/config.h"
#include "config/read.h"
#include "config/schema.h"

#define MOST_ROUNDS   300                /* a round for each name that isn't known, two more for sections */
#define MOST_BYTES    (64 * 1024 * 1024) /* read in all rounds together */
#define MOST_SECTIONS 10000

/* In each section, never in a file: made with it, so that it keeps the line on which the section starts. */
#define START "\n"

/* A section that has not ended yet. */
struct open {
        const cfg_t *parsed;
        struct section section;
        struct open *outer;
};

static struct reading {
        const char *file;
        cfg_t *root;
        struct document *document;
        struct open *innermost;
        struct tolerance tolerance;
        struct complaint complaint;
        size_t sections;
} reading;

/* ---- what the parser calls ---- */

static struct place place_at(const cfg_t *parsed)
{
        return (struct place) {.file = reading.file, .line = (unsigned)parsed->line};
}

static unsigned start_line(cfg_t *parsed)
{
        const cfg_t *start = cfg_getsec(parsed, START);

        return (unsigned)(start ? start : parsed)->line;
}

/* Ours for the parser's: the innermost open one, or a new one. */
static struct section *section_of(cfg_t *parsed)
{
        struct open *open = reading.innermost;

        if (parsed == reading.root)
                return &reading.document->root;
        if (!open || open->parsed != parsed) {
                open = memory_new(1, sizeof(*open));
                open->parsed = parsed;
                open->section.name = string_copy(cfg_name(parsed));
                open->section.title = string_copy(cfg_title(parsed));
                open->section.place = (struct place) {.file = reading.file, .line = start_line(parsed)};
                open->outer = reading.innermost;
                reading.innermost = open;
        }
        return &open->section;
}

static struct setting *add_setting(cfg_t *parsed, const cfg_opt_t *option)
{
        struct setting *setting = array_add(&section_of(parsed)->settings);

        setting->name = string_copy(option->name);
        setting->place = place_at(parsed);
        return setting;
}

static struct setting *last_setting(const struct section *section, const char *name)
{
        for (size_t i = section->settings.count; i-- > 0;)
                if (string_equal(section->settings.items[i].name, name))
                        return &section->settings.items[i];
        return NULL;
}

/* A value; the first one of a list that starts anew is a setting of its own. */
static int note_value(cfg_t *parsed, cfg_opt_t *option, const char *text, void *ret_value)
{
        struct setting *setting = NULL;

        if (cfg_opt_size(option) > 1)
                setting = last_setting(section_of(parsed), option->name);
        if (!setting)
                setting = add_setting(parsed, option);
        strings_add(&setting->values, text);
        *(const char **)ret_value = ""; /* its own copy is of no use */
        return 0;
}

/* A list without values isn't given to note_value; only a flag tells it from one that isn't there. */
static void note_empty_lists(cfg_t *parsed)
{
        for (cfg_opt_t *option = parsed->opts; option->name; option++)
                if (option->type == CFGT_STR && (option->flags & CFGF_MODIFIED) && cfg_opt_size(option) == 0)
                        add_setting(parsed, option);
}

static cfg_t *last_section(const cfg_opt_t *option)
{
        return option->values[option->nvalues - 1]->section;
}

/* Moves a section that ended, the last of its option, from the parser's tree to ours. */
static void take_section(cfg_t *parent, cfg_opt_t *option, bool is_cut)
{
        cfg_t *parsed = last_section(option);
        struct open *open;

        if (!is_cut)
                note_empty_lists(parsed);
        section_of(parsed)->is_cut = is_cut;
        open = reading.innermost;
        reading.innermost = open->outer;
        *array_add(&section_of(parent)->sections) = open->section;
        free(open);
        cfg_free_value(option);
}

static int end_section(cfg_t *parent, cfg_opt_t *option)
{
        take_section(parent, option, false);
        return ++reading.sections <= MOST_SECTIONS ? 0 : -1;
}

static int note_include(cfg_t *parsed, cfg_opt_t *option, int count, const char **arguments)
{
        struct include *include;

        (void)option;
        (void)count; /* scan() saw to it that there is one */
        if (parsed != reading.root) {
                cfg_error(parsed, "include stands outside of sections only");
                return -1;
        }
        include = array_add(&reading.document->includes);
        include->file = string_copy(arguments[0]);
        include->place = place_at(parsed);
        return 0;
}

/* The section that the parser is in, inside this one; NULL when that is this one. */
static cfg_opt_t *open_option(const cfg_t *parsed)
{
        for (cfg_opt_t *option = parsed->opts; option->name; option++)
                if (option->type == CFGT_SEC && option->validcb && cfg_opt_size(option) > 0)
                        return option;
        return NULL;
}

static cfg_t *open_section(cfg_t *parsed)
{
        cfg_opt_t *option = open_option(parsed);

        return option ? last_section(option) : NULL;
}

static char *open_path(void)
{
        struct text path = {0};

        for (cfg_t *parsed = reading.root; (parsed = open_section(parsed));)
                text_format(&path, "/%s", cfg_name(parsed));
        return text_take(&path);
}

static void note_complaint(cfg_t *parsed, const char *format, va_list arguments)
{
        struct complaint *complaint = &reading.complaint;
        va_list again;

        if (complaint->format)
                return;
        va_copy(again, arguments);
        complaint->text = string_vformat(format, again);
        va_end(again);
        complaint->format = string_copy(format);
        complaint->name = string_copy(strstr(format, "%s") ? va_arg(arguments, const char *) : "");
        complaint->path = open_path();
        complaint->line = (unsigned)parsed->line;
}

/* ---- what the parser is given ---- */

static size_t table_size(const struct section_schema *section)
{
        size_t count = section ? section->key_count : 0;

        for (size_t i = 0; section && section->sections && section->sections[i]; i++)
                count++;
        return count + reading.tolerance.list.count + 3; /* include, START and the end */
}

static cfg_opt_t *make_table(const struct section_schema *section, const char *path);

static cfg_opt_t make_section(
        const char *name, bool has_title, const struct section_schema *schema, const char *path)
{
        CLEANUP(string_free) char *inner = string_format("%s/%s", path, name);

        return (cfg_opt_t) {
                .name = name,
                .type = CFGT_SEC,
                .flags = CFGF_MULTI | (has_title ? CFGF_TITLE : CFGF_NONE),
                .subopts = make_table(schema, inner),
                .validcb = end_section,
        };
}

static cfg_opt_t make_list(const char *name)
{
        return (cfg_opt_t) {.name = name, .type = CFGT_STR, .flags = CFGF_LIST, .parsecb = note_value};
}

/* The parser's table for a section of ours (NULL: an unknown one) and what is tolerated in it. */
static cfg_opt_t *make_table(const struct section_schema *section, const char *path)
{
        static cfg_opt_t nothing[] = {CFG_END()};
        cfg_opt_t *table = memory_new(table_size(section), sizeof(*table)), *next = table;

        for (size_t i = 0; section && i < section->key_count; i++)
                *next++ = make_list(section->keys[i].name);
        for (size_t i = 0; section && section->sections && section->sections[i]; i++)
                *next++ = make_section(
                        section->sections[i]->name, section->sections[i]->title, section->sections[i], path);
        for (array_each(struct tolerated, tolerated, &reading.tolerance.list))
                if (string_equal(tolerated->path, path))
                        *next++ = tolerated->form == FORM_LIST
                                          ? make_list(tolerated->name)
                                          : make_section(tolerated->name, tolerated->form == FORM_TITLED,
                                                    NULL, path);
        *next++ = (cfg_opt_t) {.name = "include", .type = CFGT_FUNC, .func = note_include};
        if (*path)
                *next++ = (cfg_opt_t) {.name = START, .type = CFGT_SEC, .subopts = nothing};
        return table;
}

static void free_table(cfg_opt_t *table)
{
        for (cfg_opt_t *option = table; option->name; option++)
                if (option->validcb)
                        free_table(option->subopts);
        free(table);
}

/* ---- rounds ---- */

/* Takes the sections that were open when the parser gave up, the innermost first. Returns the line it was at.
 */
static unsigned cut_sections(cfg_t *parsed)
{
        cfg_opt_t *option = open_option(parsed);
        unsigned line;

        if (!option)
                return (unsigned)parsed->line;
        line = cut_sections(last_section(option));
        take_section(parsed, option, true);
        return line;
}

static int read_once(const char *text)
{
        cfg_opt_t *table = make_table(&schema_root, "");
        int result;

        complaint_done(&reading.complaint);
        reading.sections = 0;
        reading.root = cfg_init(table, CFGF_NONE);
        free_table(table);
        cfg_set_error_function(reading.root, note_complaint);
        result = cfg_parse_buf(reading.root, text);
        if (result != CFG_SUCCESS) {
                unsigned line = cut_sections(reading.root);

                if (!reading.complaint.format)
                        reading.complaint.line = line;
        } else {
                note_empty_lists(reading.root);
        }
        cfg_free(reading.root); /* and its lexer */
        reading.root = NULL;
        return result == CFG_SUCCESS ? 0 : -1;
}

static void report(struct problems *problems)
{
        struct place place = {.file = reading.file, .line = reading.complaint.line};

        if (reading.sections > MOST_SECTIONS)
                problems_add(problems, &place,
                        "more than %d sections are no configuration: this is the first too many",
                        MOST_SECTIONS);
        else
                complaint_report(&reading.complaint, &reading.tolerance, reading.file, problems);
}

int read_text(const char *file, const char *text, size_t length, struct document *ret_document,
        struct problems *problems)
{
        locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(plain);
        size_t rounds = 0;
        int result;

        *ret_document = (struct document) {0};
        reading = (struct reading) {.file = file, .document = ret_document};
        while ((result = read_once(text)) < 0) {
                if (++rounds > MOST_ROUNDS || rounds * length > MOST_BYTES ||
                        tolerate(&reading.tolerance, &reading.complaint) < 0) {
                        report(problems);
                        break;
                }
                document_done(ret_document);
        }
        complaint_done(&reading.complaint);
        tolerance_done(&reading.tolerance);
        uselocale(before);
        freelocale(plain);
        return result;
}

const char *config_library_version(void)
{
        return confuse_version;
}
