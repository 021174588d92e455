/* What libconfuse says when it gives up, and what to do about it. It tells its troubles apart by nothing but
 * the texts below, which the reader has it say untranslated. */
#include "config/complaint.h"

static struct tolerated *find_tolerated(const struct tolerance *tolerance, const struct complaint *complaint)
{
        for (array_each(struct tolerated, tolerated, &tolerance->list))
                if (string_equal(tolerated->path, complaint->path) &&
                        string_equal(tolerated->name, complaint->name))
                        return tolerated;
        return NULL;
}

/* The complaint is about an unknown name: lets it pass, in the form that it seems to have. -1 when that is no
 * help. A section named "root" can't be let pass: freeing it, the parser would take it for its own and end
 * its lexer. */
int tolerate(struct tolerance *tolerance, const struct complaint *complaint)
{
        static const struct {
                const char *format;
                enum form before; /* FORMS: not tolerated so far */
                enum form after;
        } forms[] = {
                {"no such option '%s'", FORMS, FORM_LIST},
                {"missing equal sign after option '%s'", FORM_LIST, FORM_SECTION},
                {"missing opening brace for section '%s'", FORM_SECTION, FORM_TITLED},
        };
        struct tolerated *tolerated = complaint->format ? find_tolerated(tolerance, complaint) : NULL;

        for (size_t i = 0; complaint->format && i < sizeof(forms) / sizeof(forms[0]); i++) {
                if (strcmp(complaint->format, forms[i].format) != 0 ||
                        forms[i].before != (tolerated ? tolerated->form : FORMS) ||
                        (forms[i].after != FORM_LIST && strcmp(complaint->name, "root") == 0))
                        continue;
                if (!tolerated) {
                        tolerated = array_add(&tolerance->list);
                        tolerated->path = string_copy(complaint->path);
                        tolerated->name = string_copy(complaint->name);
                }
                tolerated->form = forms[i].after;
                return 0;
        }
        return -1;
}

void complaint_report(const struct complaint *complaint, const struct tolerance *tolerance, const char *file,
        struct problems *problems)
{
        static const struct {
                const char *format, *ours; /* one %s each, or none */
        } sentences[] = {
                {"no such option '%s'", "\"%.80s\" is not known here"},
                {"missing equal sign after option '%s'", "\"%.80s\" needs an = and a value after it"},
                {"missing opening brace for section '%s'", "the section %.80s needs a { here"},
                {"missing title for section '%s'", "the section %.80s needs a name in quotes before its {"},
                {"missing parenthesis for function '%s'", "%s needs parentheses: include(\"more.conf\")"},
                {"unexpected token '%s'",
                        "\"%.80s\" is out of place here: write KEY = VALUE, KEY = {\"A\", \"B\"}, or "
                        "SECTION \"NAME\" { ... }"},
                {"unexpected closing brace", "the } here closes nothing: remove it"},
                {"premature end of file", "the file ends in the middle of a setting"},
                {"bad escape sequence '%s'",
                        "\"%.80s\" is no escape: \\n, \\t, \\\\, \\\", \\ooo and \\xhh are"},
                {"invalid octal number '%s'", "\"%.80s\" is no octal escape: \\001 to \\377 are"},
        };
        struct place place = {.file = file, .line = complaint->line};

        if (complaint->format && find_tolerated(tolerance, complaint)) {
                problems_add(problems, &place, "\"%.80s\" is not known here", complaint->name);
                return;
        }
        for (size_t i = 0; complaint->format && i < sizeof(sentences) / sizeof(sentences[0]); i++) {
                if (strcmp(complaint->format, sentences[i].format) == 0) {
                        CLEANUP(string_free) char *text = string_format(sentences[i].ours, complaint->name);

                        problems_add(problems, &place, "%s", text);
                        return;
                }
        }
        problems_add(problems, &place, "%s",
                complaint->format ? complaint->text : "what stands here has no meaning: is a name empty?");
}

void complaint_done(struct complaint *complaint)
{
        free(complaint->format);
        free(complaint->text);
        free(complaint->name);
        free(complaint->path);
        *complaint = (struct complaint) {0};
}

void tolerance_done(struct tolerance *tolerance)
{
        for (array_each(struct tolerated, tolerated, &tolerance->list)) {
                free(tolerated->path);
                free(tolerated->name);
        }
        array_free(&tolerance->list);
}
