/* opnsense: a firewall that is told what to do over its API, and by what it is known. */
#include "config/section.h"

ADD(opnsenses)

static int parse_url(const struct value *value, void *target, struct error *error)
{
        struct https_server server = {0};

        if (https_server_parse(value->text, &server, error) < 0)
                return -1;
        https_server_done(target);
        *(struct https_server *)target = server;
        return 0;
}

static void judge(const struct subject *subject, void *object)
{
        bool has_key = subject_has(subject, "key"), has_secret = subject_has(subject, "secret");

        (void)object;
        if (subject_has(subject, "credentials") && (has_key || has_secret))
                subject_problem(subject, "credentials",
                        "credentials has both the key and the secret in it: remove %s",
                        has_key && has_secret ? "key and secret"
                        : has_key             ? "key"
                                              : "secret");
        else if (!subject_has(subject, "credentials") && !(has_key && has_secret))
                subject_problem(subject, "",
                        "%s is missing: add credentials = \"FILE\" with what OPNsense has handed out "
                        "(System: Access: "
                        "Users), or key = \"FILE\" and secret = \"FILE\"",
                        has_key      ? "secret"
                        : has_secret ? "key"
                                     : "what it is logged in with");
}

static const struct key opnsense_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct opnsense_config, name),
};

static const struct key opnsense_keys[] = {
        {.name = "url",
                .parse = parse_url,
                .offset = offsetof(struct opnsense_config, server),
                .form = "\"https://192.168.150.254\"",
                .is_required = true},
        {.name = "credentials",
                .parse = value_local_path,
                .offset = offsetof(struct opnsense_config, credentials),
                .form = "\"fw1_apikey.txt\""},
        {.name = "key",
                .parse = value_local_path,
                .offset = offsetof(struct opnsense_config, key),
                .form = "\"fw1.key\""},
        {.name = "secret",
                .parse = value_local_path,
                .offset = offsetof(struct opnsense_config, secret),
                .form = "\"fw1.secret\""},
        {.name = "ca",
                .parse = value_local_path,
                .offset = offsetof(struct opnsense_config, ca),
                .form = "\"fw1.pem\""},
        {.name = "pin",
                .parse = value_pin,
                .offset = offsetof(struct opnsense_config, pin),
                .form = "\"sha256//...\""},
        HOSTS(struct opnsense_config),
};

const struct section_schema section_opnsense = {
        .name = "opnsense",
        .title = &opnsense_title,
        .keys = opnsense_keys,
        .key_count = COUNT(opnsense_keys),
        .add = add_opnsenses,
        .judge = judge,
};
