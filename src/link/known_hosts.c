/* Which keys known_hosts files hold for a host. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "link/helper.h"
#include "link/known_hosts.h"

#define LIMIT_S 10

struct inquiry {
        struct known_lookup *lookup;
        char *file;
        struct helper *helper; /* NULL: has ended */
};

struct known_lookup {
        struct loop *loop;
        ARRAY(struct inquiry *) inquiries;
        size_t open_count;
        struct known_keys keys;
        struct error error;
        struct job job;
        void (*done)(void *context, struct known_keys *keys, const struct error *error);
        void *context;
};

void known_keys_done(struct known_keys *keys)
{
        for (array_each(struct known_key, key, &keys->list)) {
                free(key->type);
                free(key->key);
                free(key->where);
        }
        array_free(&keys->list);
}

enum known_verdict known_keys_judge(
        const struct known_keys *keys, const char *base64, const struct known_key **ret_entry)
{
        enum known_verdict verdict = KNOWN_NOTHING;

        for (array_each(const struct known_key, key, &keys->list)) {
                bool is_same = strcmp(key->key, base64) == 0;

                if (is_same && key->marker == KNOWN_REVOKED) {
                        *ret_entry = key;
                        return KNOWN_BAD;
                }
                if (key->marker != KNOWN_KEY || verdict == KNOWN_SAME)
                        continue;
                verdict = is_same ? KNOWN_SAME : KNOWN_OTHER;
                *ret_entry = key;
        }
        return verdict;
}

void known_keys_types(const struct known_keys *keys, struct strings *types)
{
        for (array_each(const struct known_key, key, &keys->list))
                if (key->marker == KNOWN_KEY)
                        strings_add(types, key->type);
}

static char *take_word(const char **from)
{
        const char *start = *from + strspn(*from, " \t");
        size_t length = strcspn(start, " \t\r");

        *from = start + length;
        return string_copy_n(start, length);
}

static void parse_entry(const char *line, const char *file, const char *number, struct known_keys *keys)
{
        CLEANUP(string_free) char *first = take_word(&line);
        CLEANUP(string_free) char *type = NULL, *key = NULL;
        enum known_marker marker = KNOWN_KEY;
        struct known_key *entry;

        if (first[0] == '@') {
                marker = strcmp(first, "@revoked") == 0 ? KNOWN_REVOKED : KNOWN_AUTHORITY;
                free(take_word(&line)); /* the host's pattern */
        }
        type = take_word(&line);
        key = take_word(&line);
        if (!*key)
                return;
        entry = array_add(&keys->list);
        *entry = (struct known_key) {
                .marker = marker,
                .type = STEAL(type),
                .key = STEAL(key),
                .where = string_format("%s:%s", file, number),
        };
}

void known_keys_parse(const char *printed, const char *file, struct known_keys *keys)
{
        char number[16] = "?";

        for (const char *line = printed; *line;) {
                size_t length = strcspn(line, "\n");
                CLEANUP(string_free) char *copy = string_copy_n(line, length);
                const char *found = strstr(copy, " found: line ");

                if (copy[0] == '#' && found) { /* "# Host h found: line 3 CA" */
                        size_t digits = strspn(found + 13, "0123456789");

                        if (digits && digits < sizeof(number)) {
                                memcpy(number, found + 13, digits);
                                number[digits] = '\0';
                        }
                } else if (copy[0] != '#') {
                        parse_entry(copy, file, number, keys);
                }
                line += length + (line[length] == '\n');
        }
}

char *known_hosts_name(const char *host, unsigned port, const char *alias)
{
        char *name;

        if (alias)
                return string_copy(alias);
        name = port == 22 ? string_copy(host) : string_format("[%s]:%u", host, port);
        for (char *c = name; *c; c++)
                *c = (char)tolower((unsigned char)*c);
        return name;
}

static void lookup_free(struct known_lookup *lookup)
{
        loop_cancel(lookup->loop, &lookup->job);
        for (array_each(struct inquiry *, inquiry, &lookup->inquiries)) {
                helper_cancel((*inquiry)->helper);
                free((*inquiry)->file);
                free(*inquiry);
        }
        array_free(&lookup->inquiries);
        known_keys_done(&lookup->keys);
        error_done(&lookup->error);
        free(lookup);
}

static void finish(void *context)
{
        struct known_lookup *lookup = context;

        lookup->done(lookup->context, error_is_set(&lookup->error) ? NULL : &lookup->keys, &lookup->error);
        lookup_free(lookup);
}

static void inquiry_done(void *context, const struct helper_result *result)
{
        struct inquiry *inquiry = context;
        struct known_lookup *lookup = inquiry->lookup;

        inquiry->helper = NULL;
        if (result->out.length)
                known_keys_parse(result->out.data, inquiry->file, &lookup->keys);
        else if ((result->err.length || result->was_too_slow) && !error_is_set(&lookup->error))
                error_set(&lookup->error, ERROR_FAILED, "ssh-keygen -F could not read %s: %s", inquiry->file,
                        helper_complaint(result));
        if (--lookup->open_count == 0)
                finish(lookup);
}

static void inquire(struct known_lookup *lookup, const char *name, const char *file)
{
        const char *const argv[] = {"ssh-keygen", "-F", name, "-f", file, NULL};
        struct inquiry *inquiry = memory_new(1, sizeof(*inquiry));
        CLEANUP(error_done) struct error error = {0};

        *array_add(&lookup->inquiries) = inquiry;
        *inquiry = (struct inquiry) {.lookup = lookup, .file = string_copy(file)};
        if (helper_start(lookup->loop, argv, LIMIT_S, inquiry_done, inquiry, &inquiry->helper, &error) == 0)
                lookup->open_count++;
        else if (!error_is_set(&lookup->error))
                error_move(&lookup->error, &error);
}

struct known_lookup *known_hosts_look_up(struct loop *loop, const char *name, const struct strings *files,
        void (*done)(void *context, struct known_keys *keys, const struct error *error), void *context)
{
        struct known_lookup *lookup = memory_new(1, sizeof(*lookup));

        *lookup = (struct known_lookup) {.loop = loop, .done = done, .context = context};
        for (array_each(char *, file, files))
                if (access(*file, F_OK) == 0)
                        inquire(lookup, name, *file);
        if (!lookup->open_count)
                loop_post(loop, &lookup->job, finish, lookup);
        return lookup;
}

void known_lookup_cancel(struct known_lookup *lookup)
{
        if (lookup)
                lookup_free(lookup);
}

/* A lock that somebody keeps for long is no reason to wait: one write appends as a whole anyway. The lock is for
 * those who replace the file. */
static int open_locked(const char *file, struct error *error)
{
        CLEANUP(string_free) char *directory = string_copy(file);
        char *slash = strrchr(directory, '/');
        int fd;

        if (slash && slash != directory) {
                *slash = '\0';
                if (mkdir(directory, 0700) < 0 && errno != EEXIST)
                        return error_set_errno(error, ERROR_FAILED, "%s can't be made", directory);
        }
        fd = open(file, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
        if (fd < 0)
                return error_set_errno(error, ERROR_FAILED, "%s can't be written", file);
        flock(fd, LOCK_EX | LOCK_NB);
        return fd;
}

int known_hosts_add(
        const char *file, const char *name, const char *type, const char *base64, struct error *error)
{
        CLEANUP(string_free) char *line = NULL;
        CLEANUP(fd_close) int fd = open_locked(file, error);
        struct stat status;
        char last = '\n';
        ssize_t written;

        if (fd < 0)
                return -1;
        if (fstat(fd, &status) == 0 && status.st_size > 0 && pread(fd, &last, 1, status.st_size - 1) != 1)
                last = '\n';
        line = string_format("%s%s %s %s\n", last == '\n' ? "" : "\n", name, type, base64);
        written = write(fd, line, strlen(line));
        if (written != (ssize_t)strlen(line))
                return error_set_errno(error, ERROR_FAILED, "%s: the host's key was not written", file);
        return 0;
}
