/// Compares mask.c with a search that tries every pattern at every position of the whole text.
///
/// The input: number of patterns (1 byte); for each its length (1 byte) and its bytes; the rest is the text. A byte 0xFE
/// of the text ends a chunk, and 0xFF saves the state and restores it in a second mask.
#include "mask.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERNS_MAX = 6, TEXT_MAX = 4096, CUT = 0xFE, MOVE = 0xFF };

struct input {
    const uint8_t *patterns[PATTERNS_MAX];
    size_t lengths[PATTERNS_MAX];
    size_t count;
    unsigned char records[PATTERNS_MAX * (5 + 255)];
    size_t size;
    unsigned char text[TEXT_MAX];
    size_t length;
};

/// The longest suffix of the first `length` bytes that is the beginning of a pattern, but not all of it.
static size_t pending(const struct input *input, size_t length)
{
    size_t longest = 0;
    for (size_t i = 0; i < input->count; i++) {
        for (size_t n = 1; n < input->lengths[i] && n <= length; n++) {
            if (n > longest && memcmp(input->text + length - n, input->patterns[i], n) == 0) longest = n;
        }
    }
    return longest;
}

/// Masks the whole text. The patterns are searched in the first `known` bytes, the bytes from `hidden` on are covered,
/// and the first `count` bytes are written.
static size_t naive(const struct input *input, size_t known, size_t hidden, size_t count, unsigned char *output)
{
    static unsigned char covered[TEXT_MAX];
    for (size_t at = 0; at < known; at++) covered[at] = at >= hidden;
    for (size_t i = 0; i < input->count; i++) {
        const size_t length = input->lengths[i];
        for (size_t at = 0; at + length <= known; at++) {
            if (memcmp(input->text + at, input->patterns[i], length) == 0) memset(covered + at, 1, length);
        }
    }
    size_t put = 0;
    for (size_t at = 0; at < count; at++) {
        if (!covered[at]) {
            output[put++] = input->text[at];
        } else if (at == 0 || !covered[at - 1]) {
            memcpy(output + put, "***", 3);
            put += 3;
        }
    }
    return put;
}

/// Reads the patterns. Returns the rest of the input, which is the text.
static const uint8_t *read_patterns(struct input *input, const uint8_t *data, const uint8_t *end)
{
    const size_t wanted = data < end ? *data++ % (PATTERNS_MAX + 1) : 0;
    while (input->count < wanted && data < end) {
        size_t length = *data++;
        if (length > (size_t)(end - data)) length = end - data;
        if (length == 0) continue;
        const uint32_t number = length;
        input->records[input->size++] = 'm';
        memcpy(input->records + input->size, &number, sizeof number);
        memcpy(input->records + input->size + sizeof number, data, length);
        input->size += sizeof number + length;
        input->patterns[input->count] = data;
        input->lengths[input->count++] = length;
        data += length;
    }
    return data;
}

/// Continues with another mask, as the next collector does.
static struct mask *move(struct mask *mask, const struct input *input)
{
    unsigned char *state = malloc(mask_state_max(mask));
    struct mask *next = mask_create(input->records, input->size);
    mask_save(mask, state);
    mask_restore(next, state);
    free(state);
    mask_free(mask);
    return next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    struct input *input = calloc(1, sizeof *input);
    data = read_patterns(input, data, end);
    struct mask *mask = mask_create(input->records, input->size);
    const size_t max = mask_output_max(mask);
    // Exactly as large as the header says, so that the sanitizer sees a byte too many.
    unsigned char *output = malloc(max), *all = malloc(3 * TEXT_MAX + 3), *expected = malloc(3 * TEXT_MAX + 3);
    size_t put = 0;
    while (data < end && input->length < TEXT_MAX) {
        const size_t start = input->length;
        while (data < end && *data < CUT && input->length < TEXT_MAX) input->text[input->length++] = *data++;
        const size_t count = mask_feed(mask, input->text + start, input->length - start, output);
        memcpy(all + put, output, count);
        put += count;
        const size_t decided = input->length - pending(input, input->length);
        if (put != naive(input, input->length, input->length, decided, expected)) abort();
        if (memcmp(all, expected, put) != 0) abort();
        if (data < end && *data >= CUT && *data++ == MOVE) mask = move(mask, input);
    }
    const size_t count = mask_end(mask, output);
    memcpy(all + put, output, count);
    put += count;
    const size_t begun = pending(input, input->length);
    const size_t hidden = begun >= MASK_END_MIN ? input->length - begun : input->length;
    if (put != naive(input, input->length, hidden, input->length, expected)) abort();
    if (memcmp(all, expected, put) != 0) abort();
    mask_free(mask);
    free(output);
    free(all);
    free(expected);
    free(input);
    return 0;
}
