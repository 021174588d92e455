/* Whom ssh's configuration speaks of.
 *
 * ssh itself says which files it has read, so nothing is known here of where they are or what Include leads to. And
 * its lines aren't parsed as ssh parses them: what doesn't begin with a bare word is taken for a line that chooses. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/config_scope.h"

#define LONGEST_LOG  65536
#define LONGEST_FILE 65536
#define LONGEST_PATH 200 /* of a longer one ssh says only the beginning */

#define BLANK " \t"
#define WORD  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Options that say something about a host's name, or depend on it without a %. */
static const char *const choosing[] = {"HostName", "ProxyJump" /* is refused where it leads to itself */,
        "CanonicalizeHostname", "CanonicalizePermittedCNAMEs"};

/* "unix/a-b", ".host": systemd's names for what is no host, in a file that it brings along. */
static bool pattern_is_for_nobody(const char *pattern, size_t length)
{
        return pattern[0] == '.' || memchr(pattern, '/', length);
}

static bool patterns_are_for_nobody(const char *patterns)
{
        while (*(patterns += strspn(patterns, BLANK))) {
                size_t length = strcspn(patterns, BLANK);

                if (!pattern_is_for_nobody(patterns, length))
                        return false;
                patterns += length;
        }
        return true;
}

static bool option_is_for_everybody(const char *keyword, const char *argument)
{
        for (size_t i = 0; i < sizeof(choosing) / sizeof(choosing[0]); i++)
                if (strcasecmp(keyword, choosing[i]) == 0)
                        return false;
        return !strchr(argument, '%');
}

/* *is_for_nobody: the line stands in a block that no host is meant by; or begins one. */
static bool words_are_for_everybody(const char *keyword, const char *argument, bool *is_for_nobody)
{
        if (strcasecmp(keyword, "Host") == 0) {
                *is_for_nobody = strcmp(argument, "*") != 0;
                return !*is_for_nobody || patterns_are_for_nobody(argument);
        }
        if (strcasecmp(keyword, "Match") == 0) {
                *is_for_nobody = false;
                return strcmp(argument, "all") == 0 || strcmp(argument, "final all") == 0; /* Fedora's */
        }
        return *is_for_nobody || option_is_for_everybody(keyword, argument);
}

/* "  Keyword = argument", with white space around it. */
static bool line_is_for_everybody(const char *line, size_t length, bool *is_for_nobody)
{
        CLEANUP(string_free) char *keyword = NULL, *argument = NULL;
        size_t blank = strspn(line, BLANK), word;

        while (length && strchr(BLANK "\r\f", line[length - 1]))
                length--;
        if (blank >= length || line[blank] == '#')
                return true;
        line += blank;
        length -= blank;
        word = strspn(line, WORD);
        if (!word || word >= length || !strchr(BLANK "=", line[word]))
                return false;
        keyword = string_copy_n(line, word);
        word += strspn(line + word, BLANK);
        word += line[word] == '=';
        word += strspn(line + word, BLANK);
        if (word >= length)
                return false;
        argument = string_copy_n(line + word, length - word);
        return words_are_for_everybody(keyword, argument, is_for_nobody);
}

bool config_text_is_for_everybody(const char *text)
{
        bool is_for_nobody = false;

        while (*text) {
                size_t length = strcspn(text, "\n");

                if (!line_is_for_everybody(text, length, &is_for_nobody))
                        return false;
                text += length + (text[length] == '\n');
        }
        return true;
}

static bool file_is_for_everybody(const char *path)
{
        /* Non-blocking: it may be a pipe. */
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        CLEANUP(string_free) char *text = NULL;
        struct stat status;
        ssize_t count;

        if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > LONGEST_FILE)
                return false;
        text = memory_new(LONGEST_FILE + 2, 1);
        count = read(fd, text, LONGEST_FILE + 1);
        return count >= 0 && count <= LONGEST_FILE && strlen(text) == (size_t)count &&
               config_text_is_for_everybody(text);
}

bool config_log_is_for_everybody(const struct text *log)
{
        static const char reading[] = "debug1: Reading configuration data ";
        const char *line = text_string(log);
        size_t label = strncmp(line, "debug1: ", 8) == 0 ? 8 : 0; /* since version 10 */

        if (strncmp(line + label, "OpenSSH_", 8) != 0 || log->length > LONGEST_LOG ||
                strlen(line) != log->length)
                return false;
        while ((line = strstr(line, reading))) {
                size_t length = strcspn(line += sizeof(reading) - 1, "\r\n");
                CLEANUP(string_free) char *path = string_copy_n(line, length);

                if (length >= LONGEST_PATH || !file_is_for_everybody(path))
                        return false;
        }
        return true;
}

static bool is_binary(const char *path)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        char magic[4];

        return fd >= 0 && read(fd, magic, sizeof(magic)) == sizeof(magic) && memcmp(magic, "\177ELF", 4) == 0;
}

bool config_program_is_binary(const char *name)
{
        const char *path = getenv("PATH");

        for (const char *at = path ? path : ""; *at;) {
                size_t length = strcspn(at, ":");
                CLEANUP(string_free)
                char *program = string_format("%.*s/%s", (int)length, length ? at : ".", name);

                if (access(program, X_OK) == 0)
                        return is_binary(program);
                at += length + (at[length] == ':');
        }
        return false;
}

bool config_host_is_plain(const char *host)
{
        return *host && *host != '.' && !host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.:_-")];
}
