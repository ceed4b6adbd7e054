/// Finds secrets in a stream of bytes, wherever it is cut, and puts `***` in their place.
#ifndef REMOTISAN_MASK_H
#define REMOTISAN_MASK_H

#include <stddef.h>

/// Texts to look for, and what of the stream is not decided yet.
struct mask;

enum {
    MASK_CHUNK = 64 * 1024,  ///< bytes that one call of mask_feed takes at the most
    MASK_END_MIN = 4,        ///< at the end of the stream, so many bytes that begin a secret are hidden like one
};

/// Records as remotisan-job gets them: a byte that says what it is, four of length (the machine's order), its bytes.
/// Returns the next one and moves `position`; NULL at the end, or where a record is cut.
const unsigned char *next_record(const unsigned char *records, size_t size, size_t *position, char *kind,
                                 size_t *length);

/// A mask of all records of kind 'm'; empty ones are left out. NULL with errno if there is no memory.
/// `records` must outlive it.
struct mask *mask_create(const unsigned char *records, size_t size);

/// Room that the output of one call takes at the most.
size_t mask_output_max(const struct mask *mask);

/// Takes the next bytes of the stream. Whatever can no longer be part of a secret goes to `output`, each run of bytes
/// that secrets cover as one `***`; held back is only an end that begins a secret. The number of bytes put out.
size_t mask_feed(struct mask *mask, const unsigned char *bytes, size_t count, unsigned char *output);

/// The stream has ended: what was held back. The number of bytes put out. More bytes would begin a new stream.
size_t mask_end(struct mask *mask, unsigned char *output);

/// Overwrites what the mask remembers of the stream, and frees it.
void mask_free(struct mask *mask);

#endif
