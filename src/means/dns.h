/* One question of DNS and its answer, as bytes: the only file that knows the resolver's library. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "plan/names.h"

#define DNS_QUESTION_SIZE 512

/* Returns how long it is; 0: it can't be asked. It wishes for recursion, as clients do. */
size_t dns_question_write(
        const struct name_answer *question, unsigned id, uint8_t ret_message[static DNS_QUESTION_SIZE]);

/* Fills in status and values. ERROR_FAILED: it isn't the answer to the question of that number. */
int dns_answer_read(
        const uint8_t *message, size_t length, unsigned id, struct name_answer *answer, struct error *error);
