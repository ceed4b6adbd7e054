/// The search of Knuth, Morris and Pratt (SIAM J. Comput. 6, 1977), for several patterns at once.
///
/// For each pattern, `matched` is the number of its first bytes with which the stream ends. The longest such end is not
/// decided yet and is held back. Only patterns that have begun cost time. The others are found by their first byte.

#define _GNU_SOURCE
#include "mask.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct pattern {
    const unsigned char *bytes;
    size_t length;
    size_t matched;    ///< number of its first bytes with which the stream ends; less than `length`
    uint32_t *border;  ///< [n]: length of the longest proper prefix of its first n bytes that is also their suffix
};

struct mask {
    struct pattern *patterns;  ///< ordered by first byte
    size_t count;
    size_t longest;
    size_t first[257];  ///< patterns with first byte b: from first[b] to first[b + 1]
    size_t *begun;      ///< patterns with `matched` > 0
    size_t begun_count;
    unsigned char *text;     ///< bytes that are not released yet
    unsigned char *covered;  ///< [n]: whether text[n] belongs to a secret
    size_t held;             ///< number of bytes in `text`
    int is_hiding;           ///< whether the last released byte belonged to a secret
};

const unsigned char *next_record(const unsigned char *records, size_t size, size_t *position, char *kind,
                                 size_t *length)
{
    uint32_t given;
    if (size - *position < 1 + sizeof given) return NULL;
    *kind = (char)records[*position];
    memcpy(&given, records + *position + 1, sizeof given);
    const size_t start = *position + 1 + sizeof given;
    if (size - start < given) return NULL;
    *length = given;
    *position = start + given;
    return records + start;
}

static int by_first_byte(const void *left, const void *right)
{
    return ((const struct pattern *)left)->bytes[0] - ((const struct pattern *)right)->bytes[0];
}

static int find_borders(struct pattern *pattern)
{
    pattern->border = calloc(pattern->length + 1, sizeof *pattern->border);
    if (pattern->border == NULL) return -1;
    uint32_t length = 0;
    for (size_t at = 1; at < pattern->length; at++) {
        while (length > 0 && pattern->bytes[length] != pattern->bytes[at]) length = pattern->border[length];
        if (pattern->bytes[length] == pattern->bytes[at]) length++;
        pattern->border[at + 1] = length;
    }
    return 0;
}

/// Counts the patterns among the records, and stores them if `patterns` is not NULL.
static size_t collect(const unsigned char *records, size_t size, struct pattern *patterns)
{
    size_t position = 0, count = 0, length;
    char kind;
    const unsigned char *bytes;
    while ((bytes = next_record(records, size, &position, &kind, &length)) != NULL) {
        if (kind != 'm' || length == 0) continue;
        if (patterns != NULL) patterns[count] = (struct pattern){.bytes = bytes, .length = length};
        count++;
    }
    return count;
}

struct mask *mask_create(const unsigned char *records, size_t size)
{
    struct mask *mask = calloc(1, sizeof *mask);
    if (mask == NULL) return NULL;
    mask->count = collect(records, size, NULL);
    mask->patterns = calloc(mask->count + 1, sizeof *mask->patterns);
    mask->begun = calloc(mask->count + 1, sizeof *mask->begun);
    if (mask->patterns == NULL || mask->begun == NULL) goto out_of_memory;
    collect(records, size, mask->patterns);
    qsort(mask->patterns, mask->count, sizeof *mask->patterns, by_first_byte);
    for (size_t i = 0; i < mask->count; i++) {
        struct pattern *pattern = &mask->patterns[i];
        if (find_borders(pattern) != 0) goto out_of_memory;
        if (pattern->length > mask->longest) mask->longest = pattern->length;
        mask->first[pattern->bytes[0] + 1]++;
    }
    for (size_t byte = 0; byte < 256; byte++) mask->first[byte + 1] += mask->first[byte];
    mask->text = malloc(mask->longest + MASK_CHUNK);
    mask->covered = calloc(mask->longest + MASK_CHUNK, 1);
    if (mask->text != NULL && mask->covered != NULL) return mask;
out_of_memory:
    mask_free(mask);
    return NULL;
}

void mask_free(struct mask *mask)
{
    for (size_t i = 0; mask->patterns != NULL && i < mask->count; i++) free(mask->patterns[i].border);
    if (mask->text != NULL) explicit_bzero(mask->text, mask->longest + MASK_CHUNK);
    free(mask->patterns);
    free(mask->begun);
    free(mask->text);
    free(mask->covered);
    free(mask);
}

size_t mask_output_max(const struct mask *mask)
{
    // In the worst case every second byte is a secret.
    return 2 * (mask->longest + MASK_CHUNK) + 3;
}

/// Continues the search with text[at].
static void advance(struct mask *mask, size_t at)
{
    const unsigned char byte = mask->text[at];
    // Patterns that begin here. If a pattern has begun already and begins again here, its border finds that.
    for (size_t i = mask->first[byte]; i < mask->first[byte + 1]; i++) {
        if (mask->patterns[i].matched == 0) mask->begun[mask->begun_count++] = i;
    }
    size_t kept = 0;
    for (size_t i = 0; i < mask->begun_count; i++) {
        struct pattern *pattern = &mask->patterns[mask->begun[i]];
        size_t matched = pattern->matched;
        while (matched > 0 && pattern->bytes[matched] != byte) matched = pattern->border[matched];
        if (pattern->bytes[matched] == byte) matched++;
        if (matched == pattern->length) {
            memset(mask->covered + at + 1 - matched, 1, matched);
            matched = pattern->border[matched];
        }
        pattern->matched = matched;
        if (matched > 0) mask->begun[kept++] = mask->begun[i];
    }
    mask->begun_count = kept;
}

/// Writes the first `count` held bytes to `output`, with secrets replaced. Returns the number of bytes written.
static size_t release(struct mask *mask, size_t count, unsigned char *output)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (!mask->covered[i]) {
            output[length++] = mask->text[i];
        } else if (!mask->is_hiding) {
            memcpy(output + length, "***", 3);
            length += 3;
        }
        mask->is_hiding = mask->covered[i];
    }
    mask->held -= count;
    memmove(mask->text, mask->text + count, mask->held);
    memmove(mask->covered, mask->covered + count, mask->held);
    memset(mask->covered + mask->held, 0, count);
    return length;
}

/// Length of the longest suffix of the stream that is a prefix of a secret.
static size_t undecided(const struct mask *mask)
{
    size_t length = 0;
    for (size_t i = 0; i < mask->begun_count; i++) {
        const size_t matched = mask->patterns[mask->begun[i]].matched;
        if (matched > length) length = matched;
    }
    return length;
}

size_t mask_feed(struct mask *mask, const unsigned char *bytes, size_t count, unsigned char *output)
{
    const size_t before = mask->held;
    memcpy(mask->text + before, bytes, count);
    mask->held += count;
    for (size_t at = before; at < mask->held; at++) advance(mask, at);
    return release(mask, mask->held - undecided(mask), output);
}

size_t mask_end(struct mask *mask, unsigned char *output)
{
    const size_t begun = undecided(mask);
    if (begun >= MASK_END_MIN) memset(mask->covered + mask->held - begun, 1, begun);
    for (size_t i = 0; i < mask->begun_count; i++) mask->patterns[mask->begun[i]].matched = 0;
    mask->begun_count = 0;
    return release(mask, mask->held, output);
}

/// The fixed part of a saved state. The held text, its marks, and (pattern, matched) for each begun pattern follow.
struct saved_state {
    size_t held;
    size_t begun_count;
    int is_hiding;
};

size_t mask_state_max(const struct mask *mask)
{
    return sizeof(struct saved_state) + 2 * mask->longest + 2 * mask->count * sizeof(size_t);
}

static unsigned char *put(unsigned char *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return to + size;
}

static const unsigned char *get(const unsigned char *from, void *to, size_t size)
{
    memcpy(to, from, size);
    return from + size;
}

void mask_save(const struct mask *mask, unsigned char *state)
{
    const struct saved_state fixed = {mask->held, mask->begun_count, mask->is_hiding};
    state = put(state, &fixed, sizeof fixed);
    state = put(state, mask->text, mask->held);
    state = put(state, mask->covered, mask->held);
    for (size_t i = 0; i < mask->begun_count; i++) {
        state = put(state, &mask->begun[i], sizeof mask->begun[i]);
        state = put(state, &mask->patterns[mask->begun[i]].matched, sizeof(size_t));
    }
}

void mask_restore(struct mask *mask, const unsigned char *state)
{
    struct saved_state fixed;
    state = get(state, &fixed, sizeof fixed);
    memset(mask->covered, 0, mask->longest + MASK_CHUNK);
    for (size_t i = 0; i < mask->count; i++) mask->patterns[i].matched = 0;
    mask->held = fixed.held;
    mask->begun_count = fixed.begun_count;
    mask->is_hiding = fixed.is_hiding;
    state = get(state, mask->text, mask->held);
    state = get(state, mask->covered, mask->held);
    for (size_t i = 0; i < mask->begun_count; i++) {
        state = get(state, &mask->begun[i], sizeof mask->begun[i]);
        state = get(state, &mask->patterns[mask->begun[i]].matched, sizeof(size_t));
    }
}
