/* What the parts of the probe share: probe_script.c asks, probe_read.c knows the sections of what comes back,
 * and probe_texts.c what stands in files. */
#pragma once

#include "base/array.h"
#include "plan/answers.h"

/* A small file of the machine, printed line by line behind its path, and who reads its lines. */
struct text_source {
        char *path;
        const char *name; /* print only what stands there about this name; NULL: all */
        void (*read_line)(struct answers *answers, void *state, char *line);
        void *state;
};

struct text_sources {
        ARRAY(struct text_source) sources;
};

/* Those that the survey asks for, in the order in which they are to be printed. answers must have its states
 * of kernel settings, and they must stay where they are. */
void text_sources_init(struct text_sources *sources, const struct survey *survey, struct answers *answers);
void text_sources_done(struct text_sources *sources);

/* "PATH:LINE"; false when it is of none of them. */
bool text_sources_read(const struct text_sources *sources, struct answers *answers, char *line);

/* Adds a state to answers for everything that is asked by name, packages excepted: not there. */
void probe_prepare(const struct survey *survey, struct answers *answers);

/* One line of what stat or sha256sum printed; false when it makes no sense. *file is the one that a line
 * named; the lines behind that are about it. */
bool file_state_read(struct answers *answers, struct file_state **file, char *line);
bool file_sum_read(struct answers *answers, char *line);

/* Fills in what a machine without an os-release is called, and says whether all is there that every machine
 * has. */
bool machine_is_known(struct machine_facts *machine);
