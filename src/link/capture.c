/* Output that is kept up to a limit. */
#include <string.h>

#include "link/capture.h"

static void cut_tail(struct capture *capture, size_t most)
{
        struct text *tail = &capture->tail;

        if (tail->length <= most)
                return;
        memmove(tail->data, tail->data + tail->length - most, most + 1);
        tail->length = most;
}

void capture_add(struct capture *capture, const char *bytes, size_t count)
{
        size_t first = capture->keep / 2, last = capture->keep - first;
        size_t to_head = first - capture->head.length < count ? first - capture->head.length : count;

        capture->total += count;
        text_add_n(&capture->head, bytes, to_head);
        bytes += to_head;
        count -= to_head;
        if (count > last) {
                bytes += count - last;
                count = last;
        }
        if (count)
                text_add_n(&capture->tail, bytes, count);
        if (capture->tail.length > 2 * last)
                cut_tail(capture, last);
}

void capture_take(struct capture *capture, struct text *ret_text, size_t *ret_dropped)
{
        cut_tail(capture, capture->keep - capture->keep / 2);
        text_add_n(&capture->head, text_string(&capture->tail), capture->tail.length);
        *ret_dropped = capture->total - capture->head.length;
        *ret_text = capture->head;
        capture->head = (struct text) {0};
        capture_done(capture);
}

void capture_done(struct capture *capture)
{
        text_done(&capture->head);
        text_done(&capture->tail);
        capture->total = 0;
}
