/* What libconfuse says when it gives up, and what to do about it. */
#pragma once

#include "config/problems.h"

/* Its last words, as its error function got them. */
struct complaint {
        char *format; /* NULL: none; else untranslated, so that it can be told apart */
        char *text;
        char *name; /* the format's argument, or "" */
        char *path; /* of the section: "/network/lease" */
        unsigned line;
};

enum form { FORM_LIST, FORM_SECTION, FORM_TITLED, FORMS };

/* A name that isn't in the schema, and yet is to be read on. */
struct tolerated {
        char *path; /* of the section it stands in */
        char *name;
        enum form form;
};

struct tolerance {
        ARRAY(struct tolerated) list;
};

/* The complaint is about an unknown name: lets it pass from now on, in the form that it seems to have. -1
 * when that is no help. */
int tolerate(struct tolerance *tolerance, const struct complaint *complaint);
void tolerance_done(struct tolerance *tolerance);

/* The complaint as a problem of that file, in our words. */
void complaint_report(const struct complaint *complaint, const struct tolerance *tolerance, const char *file,
        struct problems *problems);
void complaint_done(struct complaint *complaint);
