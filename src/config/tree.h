/* A configuration as it stands in the files: sections, and settings whose values are still text. */
#pragma once

#include "config/config.h"

struct setting {
        char *name;
        struct place place;
        struct strings values;
        bool is_bad; /* a value wasn't understood, so that nothing can be concluded from it */
};

struct section {
        char *name;
        char *title; /* or NULL */
        struct place place;
        bool is_cut; /* a syntax error stands in it: what is missing may have followed */
        ARRAY(struct setting) settings;
        ARRAY(struct section) sections;
};

struct include {
        char *file; /* as written */
        struct place place;
};

/* One file. */
struct document {
        struct section root;
        ARRAY(struct include) includes;
};

/* The first setting, or section inside, of that name; NULL when there is none. */
struct setting *section_setting(const struct section *section, const char *name);
struct section *section_section(const struct section *section, const char *name);

/* network "lab", or the name alone; owned by the caller. */
char *section_label(const struct section *section);

void section_done(struct section *section);
void document_done(struct document *document);
