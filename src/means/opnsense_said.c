/* What an OPNsense answers: an object of JSON, or why not, in a sentence. It has many ways of saying no, and most of them come
 * with status 200. */
#include "means/opnsense_parts.h"

#include <string.h>
#include <strings.h>

#define OK           200
#define REDIRECTED   300
#define BAD_REQUEST  400
#define UNAUTHORIZED 401
#define FORBIDDEN    403
#define NOT_FOUND    404

/* One line of what a server says, for people. */
static char *one_line(const char *text)
{
        char *line = string_copy(text ? text : "");

        for (char *c = line; *c; c++)
                if ((unsigned char)*c < ' ' || *c == 127)
                        *c = ' ';
        return line;
}

static int refuse(const char *name, const char *path, const struct web_answer *answer, struct error *error)
{
        CLEANUP(error_done) struct error why = {0}; /* a page instead of JSON says nothing of use */
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(string_free) char *said = NULL;
        const char *message;

        if (json_read(answer->body.data, answer->body.length, &json, &why) < 0)
                json = NULL;
        message = json_text_at(json, "errorMessage");
        said = one_line(message ? message : json_text_at(json, "message"));
        if (answer->status >= REDIRECTED && answer->status < BAD_REQUEST)
                return error_set(error, ERROR_REFUSED,
                        "OPNsense %s answers %s with another page (status %ld): url has to be that of its "
                        "web "
                        "interface itself, with its port",
                        name, path, answer->status);
        if (answer->status == UNAUTHORIZED)
                return error_set(error, ERROR_REFUSED,
                        "OPNsense %s doesn't know the key, or the secret is another's%s%s", name,
                        *said ? ": " : "", said);
        if (answer->status == FORBIDDEN)
                return error_set(error, ERROR_REFUSED,
                        "OPNsense %s doesn't let this key have %s: give its user the privilege for it "
                        "(System: Access: "
                        "Users)",
                        name, path);
        if (answer->status == NOT_FOUND)
                return error_set(error, ERROR_FAILED,
                        "OPNsense %s has no %s: the plugin that brings it isn't installed, or its version is "
                        "another "
                        "one",
                        name, path);
        return error_set(error, ERROR_FAILED, "OPNsense %s answers %s with status %ld%s%s", name, path,
                answer->status, *said ? ": " : "", said);
}

int opnsense_read_answer(const char *name, const char *path, const struct web_answer *answer,
        struct json **ret_json, struct error *error)
{
        if (answer->status != OK)
                return refuse(name, path, answer, error);
        if (answer->body.length == 0)
                return error_set(error, ERROR_FAILED,
                        "OPNsense %s answers %s with nothing, as it does where it has no such action", name,
                        path);
        if (json_read(answer->body.data, answer->body.length, ret_json, error) < 0)
                return error_prefix(error, "OPNsense %s answers %s with what isn't JSON", name, path);
        return 0;
}

/* ---- results ---- */

/* Blanks around it and capitals say nothing: the filter's is "OK\n\n". */
static bool says(const char *text, const char *wanted)
{
        size_t blanks = text ? strspn(text, " \t\r\n") : 0, length = strlen(wanted);

        return text && strncasecmp(text + blanks, wanted, length) == 0 &&
               text[blanks + length + strspn(text + blanks + length, " \t\r\n")] == '\0';
}

/* "server.address": "text", or a list of texts. */
static char *validations_words(const struct json *validations)
{
        CLEANUP(strings_done) struct strings names = {0}, words = {0};

        json_names(validations, &names);
        for (size_t i = 0; i < names.count; i++) {
                const struct json *texts = json_member(validations, names.items[i]);
                CLEANUP(string_free)
                char *text = one_line(json_text(texts) ? json_text(texts) : json_text(json_item(texts, 0)));

                strings_take(&words, string_format("%s: %s", names.items[i], text));
        }
        return words.count ? strings_join(&words, "; ") : NULL;
}

static int read_result(
        const char *name, const char *path, const struct json *json, const char *wanted, struct error *error)
{
        const char *result = json_text_at(json, "result"), *status = json_text_at(json, "status");
        CLEANUP(string_free) char *said = one_line(result ? result : status);
        CLEANUP(string_free) char *validations = validations_words(json_member(json, "validations"));

        if (says(result ? result : status, wanted))
                return 0;
        if (validations)
                return error_set(
                        error, ERROR_FAILED, "OPNsense %s doesn't take it (%s): %s", name, path, validations);
        if (says(said, "failed"))
                return error_set(error, ERROR_FAILED,
                        "OPNsense %s hasn't understood what %s was sent: its version may be another one",
                        name, path);
        return error_set(error, ERROR_FAILED, "OPNsense %s answers %s with \"%s\" instead of \"%s\"", name,
                path, said, wanted);
}

int opnsense_tell(struct session_with_opnsense *session, const char *path, const char *body,
        const char *wanted, int limit_s, struct deadline deadline, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;

        if (opnsense_ask(session, path, body, limit_s, deadline, &json, error) < 0)
                return -1;
        return read_result(session->config->name, path, json, wanted, error);
}
