/// Replaces secrets in a stream of bytes by `***`, also where a secret is split between two reads.
#ifndef REMOTISAN_MASK_H
#define REMOTISAN_MASK_H

#include <stddef.h>

/// The secrets, and the bytes of the stream that are not decided yet.
struct mask;

enum {
    MASK_CHUNK = 64 * 1024,  ///< maximum number of bytes for one call of mask_feed
    MASK_END_MIN = 4,        ///< minimum length of an incomplete secret at the end of the stream that is hidden
};

/// Returns the next of the records that remotisan-job gets on PRIVATE_FD, and advances `position`. NULL at the end, or
/// if a record is incomplete. A record is one byte for its kind, four bytes for its length (native order), and its
/// bytes.
const unsigned char *next_record(const unsigned char *records, size_t size, size_t *position, char *kind,
                                 size_t *length);

/// Creates a mask from all records of kind 'm' that are not empty. NULL with errno if memory is exhausted. `records`
/// must outlive the mask.
struct mask *mask_create(const unsigned char *records, size_t size);

/// Maximum number of bytes that one call writes to `output`.
size_t mask_output_max(const struct mask *mask);

/// Masks the next bytes of the stream, writes them to `output`, and returns the number of bytes written. Each run of
/// bytes that secrets cover becomes one `***`. Only a suffix that may be the beginning of a secret is held back.
size_t mask_feed(struct mask *mask, const unsigned char *bytes, size_t count, unsigned char *output);

/// Ends the stream: writes the bytes that were held back and returns their number. Later bytes begin a new stream.
size_t mask_end(struct mask *mask, unsigned char *output);

/// Maximum size of a saved state.
size_t mask_state_max(const struct mask *mask);

/// Saves what the mask knows of the stream to `state`, which has mask_state_max bytes.
void mask_save(const struct mask *mask, unsigned char *state);

/// Continues the stream of a saved state. The mask must have been created from the same records.
void mask_restore(struct mask *mask, const unsigned char *state);

/// Overwrites the held bytes of the stream and frees the mask.
void mask_free(struct mask *mask);

#endif
