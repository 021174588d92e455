/* What an OPNsense is logged in with: a key and its secret, which are put together in locked memory only. */
#include "means/opnsense_parts.h"

#include <string.h>

#define BLANKS " \t\r\n"

/* A piece of what was read. */
struct piece {
        const char *at; /* NULL: there is none */
        size_t length;
};

static struct piece trim(const char *at, size_t length)
{
        while (length > 0 && strchr(BLANKS, *at))
                at++, length--;
        while (length > 0 && strchr(BLANKS, at[length - 1]))
                length--;
        return (struct piece) {length ? at : NULL, length};
}

/* What stands behind "NAME=" in a line of its own. */
static struct piece find(const struct locked *content, const char *name)
{
        size_t length = strlen(name);

        for (const char *line = content->bytes; line && *line;) {
                size_t count = strcspn(line, "\n");

                if (count > length && strncmp(line, name, length) == 0 && line[length] == '=')
                        return trim(line + length + 1, count - length - 1);
                line += count + (line[count] == '\n');
        }
        return (struct piece) {0};
}

static struct piece find_alone(const struct locked *content)
{
        return trim(content->bytes, strlen(content->bytes));
}

static bool is_sound(struct piece piece)
{
        for (size_t i = 0; i < piece.length; i++)
                if (piece.at[i] <= ' ' || piece.at[i] > '~' || piece.at[i] == ':')
                        return false;
        return piece.length > 0;
}

static int join(struct piece key, struct piece secret, const char *key_file, const char *secret_file,
        struct locked *ret_login, struct error *error)
{
        if (!key.at || !is_sound(key))
                return error_set(error, ERROR_REFUSED, "%s has no key of its API in it", key_file);
        if (!secret.at || !is_sound(secret))
                return error_set(error, ERROR_REFUSED, "%s has no secret of its API in it", secret_file);
        *ret_login = locked_with_room(key.length + 1 + secret.length);
        locked_add(ret_login, key.at, key.length);
        locked_add_string(ret_login, ":");
        locked_add(ret_login, secret.at, secret.length);
        return 0;
}

int opnsense_read_login(const struct opnsense_config *config, struct locked *ret_login, struct error *error)
{
        CLEANUP(locked_done) struct locked first = {0}, second = {0};

        if (config->credentials) {
                if (locked_read(config->credentials, true, &first, error) < 0)
                        return -1;
                return join(find(&first, "key"), find(&first, "secret"), config->credentials,
                        config->credentials, ret_login, error);
        }
        if (locked_read(config->key, true, &first, error) < 0 ||
                locked_read(config->secret, true, &second, error) < 0)
                return -1;
        return join(find_alone(&first), find_alone(&second), config->key, config->secret, ret_login, error);
}

int opnsense_check_files(const struct opnsense_config *config, struct error *error)
{
        CLEANUP(locked_done) struct locked login = {0}, ca = {0};

        if (opnsense_read_login(config, &login, error) < 0)
                return -1;
        return config->ca ? locked_read(config->ca, false, &ca, error) : 0;
}
