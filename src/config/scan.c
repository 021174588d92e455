/* A look over a file's raw text before the parser gets it. This knows words, strings, comments and brackets,
 * in libconfuse's own sense of them, and nothing of what they mean together: that is the parser's.
 *
 * Why each check is here: libconfuse ends a string at a NUL, replaces a variable that isn't set by nothing,
 * takes the end of the file for the end of every section, drops a lone '+' or '*', loses memory when a
 * function's arguments are wrong, and takes time that grows with the square of a token's length. */
#include <ctype.h>

#include "config/characters.h"
#include "config/scan.h"

#define LONGEST_LINE   (64 * 1024)
#define LONGEST_STRING (1024 * 1024)
#define NOT_IN_WORDS   " \t\r\n#\"'{}()=+,*" /* what ends an unquoted word */

enum include_argument { NOT_INCLUDE, WANTS_FILE, WANTS_END };

struct scanner {
        char *text;
        size_t length;
        size_t at;
        struct place place;
        enum include_argument argument;
        ARRAY(struct place) open; /* braces */
        struct problems *problems;
};

#define refuse(scanner, place, ...)                                          \
        ({                                                                   \
                problems_add_cause((scanner)->problems, place, __VA_ARGS__); \
                -1;                                                          \
        })

static char peek(const struct scanner *scanner, size_t ahead)
{
        if (scanner->length - scanner->at <= ahead)
                return '\0';
        return scanner->text[scanner->at + ahead];
}

/* Passes the bytes, counting lines. */
static void pass(struct scanner *scanner, size_t count)
{
        for (; count > 0 && scanner->at < scanner->length; count--)
                scanner->place.line += scanner->text[scanner->at++] == '\n';
}

/* Passes the bytes and leaves blanks in their place. */
static void blank(struct scanner *scanner, size_t count)
{
        for (; count > 0 && scanner->at < scanner->length; count--) {
                char *byte = scanner->text + scanner->at;

                pass(scanner, 1);
                if (*byte != '\n')
                        *byte = ' ';
        }
}

static int check_line(const char *line, size_t length, const struct place *place, struct problems *problems)
{
        for (size_t at = 0; (at += characters_plain(line + at, length - at)) < length; at++) {
                unsigned char byte = (unsigned char)line[at];

                if (byte == '\t' || (byte == '\r' && at + 1 == length))
                        continue;
                problems_add_cause(problems, place,
                        byte == 0 ? "a NUL byte (0x%02x) stands in it: this is not a text file"
                        : byte < 0x80
                                ? "a control character (byte 0x%02x) stands in it: remove it, or write it as "
                                  "an escape in double quotes"
                                : "the byte 0x%02x is no UTF-8 text, or a control character: save the "
                                  "file as UTF-8",
                        byte);
                return -1;
        }
        if (length > LONGEST_LINE) {
                problems_add_cause(
                        problems, place, "the line has %zu bytes: at most %d are read", length, LONGEST_LINE);
                return -1;
        }
        return 0;
}

static int check_bytes(const char *text, size_t length, const char *file, struct problems *problems)
{
        struct place place = {.file = file, .line = 1};

        for (size_t at = 0; at < length; place.line++) {
                const char *end = memchr(text + at, '\n', length - at);
                size_t line = end ? (size_t)(end - text) - at : length - at;

                if (check_line(text + at, line, &place, problems) < 0)
                        return -1;
                at += line + 1;
        }
        return 0;
}

static int line_comment(struct scanner *scanner)
{
        const char *rest = scanner->text + scanner->at,
                   *end = memchr(rest, '\n', scanner->length - scanner->at);

        blank(scanner, end ? (size_t)(end - rest) : scanner->length - scanner->at);
        return 0;
}

static int block_comment(struct scanner *scanner)
{
        struct place start = scanner->place;

        blank(scanner, 2);
        while (scanner->at < scanner->length && !(peek(scanner, 0) == '*' && peek(scanner, 1) == '/'))
                blank(scanner, 1);
        if (scanner->at >= scanner->length)
                return refuse(scanner, &start, "the comment that starts here has no end: write */ after it");
        blank(scanner, 2);
        return 0;
}

static bool is_variable_name(const char *name)
{
        if (!isalpha((unsigned char)*name) && *name != '_')
                return false;
        while (isalnum((unsigned char)*name) || *name == '_')
                name++;
        return *name == '\0';
}

/* ${NAME} or ${NAME:-default}; the parser puts the value there. */
static int variable(struct scanner *scanner)
{
        const char *start = scanner->text + scanner->at + 2;
        size_t length = scanner->length - scanner->at - 2;
        const char *line_end = memchr(start, '\n', length);
        const char *end = memchr(start, '}', line_end ? (size_t)(line_end - start) : length);
        CLEANUP(string_free) char *name = NULL;
        char *standard;

        if (!end)
                return refuse(scanner, &scanner->place,
                        "${ has no } on its line: write ${NAME} or ${NAME:-default}, "
                        "or \\${ for the characters themselves");
        name = string_copy_n(start, (size_t)(end - start));
        standard = strstr(name, ":-");
        if (standard)
                *standard = '\0';
        if (!is_variable_name(name))
                return refuse(scanner, &scanner->place,
                        "${%.80s} names no variable: write ${NAME} or ${NAME:-default}", name);
        if (!standard && !getenv(name))
                problems_add_cause(scanner->problems, &scanner->place,
                        "the environment variable %.80s is not set: set it, or write ${%.80s:-default}", name,
                        name);
        pass(scanner, (size_t)(end - start) + 3);
        return 0;
}

/* After a backslash in double quotes: a byte 0, as \0 or \x00, would end the string there. */
static int escape(struct scanner *scanner)
{
        size_t digits = 0;
        unsigned value = 0;

        if (peek(scanner, 1) == 'x' && isxdigit((unsigned char)peek(scanner, 2)))
                digits = isxdigit((unsigned char)peek(scanner, 3)) ? 2 : 1;
        if (digits > 0) {
                for (size_t i = 0; i < digits; i++)
                        value |= (unsigned)(peek(scanner, 2 + i) != '0');
                digits++;
        } else {
                while (digits < 3 && peek(scanner, 1 + digits) >= '0' && peek(scanner, 1 + digits) <= '7')
                        value |= (unsigned)(peek(scanner, 1 + digits++) != '0');
        }
        if (digits > 0 && value == 0)
                return refuse(scanner, &scanner->place,
                        "the escape \\%.*s stands for a NUL byte, which no value can hold", (int)digits,
                        scanner->text + scanner->at + 1);
        pass(scanner, digits > 0 ? 1 + digits : 2);
        return 0;
}

/* What a string holds, up to its end, in one step. */
static int string_step(struct scanner *scanner, char quote)
{
        char c = peek(scanner, 0);

        if (quote == '"' && c == '\\')
                return escape(scanner);
        if (quote == '"' && c == '$' && peek(scanner, 1) == '{')
                return variable(scanner);
        pass(scanner, c == '\\' ? 2 : 1);
        return 0;
}

static int string(struct scanner *scanner)
{
        struct place start = scanner->place;
        size_t start_at = scanner->at;
        char quote = peek(scanner, 0);

        pass(scanner, 1);
        while (scanner->at < scanner->length && peek(scanner, 0) != quote)
                if (string_step(scanner, quote) < 0)
                        return -1;
        if (scanner->at >= scanner->length)
                return refuse(
                        scanner, &start, "the string that starts here has no end: write %c after it", quote);
        if (scanner->at - start_at > LONGEST_STRING)
                return refuse(scanner, &start,
                        "the string that starts here has %zu bytes: at most %d are possible",
                        scanner->at - start_at, LONGEST_STRING);
        pass(scanner, 1);
        return 0;
}

static int word(struct scanner *scanner)
{
        if (peek(scanner, 0) == '$' && peek(scanner, 1) == '{')
                return variable(scanner);
        while (scanner->at < scanner->length && !strchr(NOT_IN_WORDS, peek(scanner, 0)))
                pass(scanner, 1);
        if (peek(scanner, 0) == '{' && scanner->text[scanner->at - 1] == '$')
                return refuse(
                        scanner, &scanner->place, "${ inside a word needs double quotes around all of it");
        return 0;
}

static int bracket(struct scanner *scanner)
{
        char c = peek(scanner, 0);

        pass(scanner, 1);
        if (c == '{')
                *array_add(&scanner->open) = scanner->place;
        else if (c == '}' && scanner->open.count > 0)
                scanner->open.count--;
        else if (c == '(')
                scanner->argument = WANTS_FILE;
        else if ((c == '+' && peek(scanner, 0) != '=') || c == '*')
                return refuse(scanner, &scanner->place,
                        "a lone %c stands here: remove it, or put quotes around it", c);
        return 0;
}

/* The one function is include, and it has one argument. */
static int check_argument(struct scanner *scanner)
{
        char c = peek(scanner, 0);
        bool is_word = !strchr("{}()=+,*", c);

        if (scanner->argument == WANTS_FILE && is_word)
                scanner->argument = WANTS_END;
        else if (scanner->argument == WANTS_END && c == ')')
                scanner->argument = NOT_INCLUDE;
        else if (scanner->argument != NOT_INCLUDE)
                return refuse(
                        scanner, &scanner->place, "parentheses hold one file's name: include(\"more.conf\")");
        return 0;
}

static int token(struct scanner *scanner)
{
        char c = peek(scanner, 0);

        if (strchr(" \t\r\n", c)) {
                pass(scanner, 1);
                return 0;
        }
        if (c == '#' || (c == '/' && peek(scanner, 1) == '/'))
                return line_comment(scanner);
        if (c == '/' && peek(scanner, 1) == '*')
                return block_comment(scanner);
        if (check_argument(scanner) < 0)
                return -1;
        if (c == '"' || c == '\'')
                return string(scanner);
        return strchr(NOT_IN_WORDS, c) ? bracket(scanner) : word(scanner);
}

static int tokens(struct scanner *scanner)
{
        while (scanner->at < scanner->length)
                if (token(scanner) < 0)
                        return -1;
        if (scanner->argument != NOT_INCLUDE)
                return refuse(scanner, &scanner->place, "the file ends after a ( without its )");
        if (scanner->open.count > 0)
                problems_add(scanner->problems, &scanner->open.items[scanner->open.count - 1],
                        "the { on this line is never closed: a } is missing after it");
        return 0;
}

int scan(char *text, size_t length, const char *file, struct problems *problems)
{
        struct scanner scanner = {
                .text = text,
                .length = length,
                .place = {.file = file, .line = 1},
                .problems = problems,
        };
        int result;

        if (check_bytes(text, length, file, problems) < 0)
                return -1;
        if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) /* a byte order mark */
                blank(&scanner, 3);
        result = tokens(&scanner);
        array_free(&scanner.open);
        return result;
}
