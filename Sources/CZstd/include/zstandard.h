/// Compression with libzstd, which is loaded when it is first used, because many installations never need it.
#ifndef REMOTISAN_CZSTD_H
#define REMOTISAN_CZSTD_H

#include <stddef.h>
#include <stdint.h>

/// The most bytes that the Zstandard form of `length` bytes has; 0 if the library is not installed.
size_t zstandard_bound(size_t length);

/// Writes the Zstandard form (RFC 8878) of `length` bytes to `compressed`, which has room for zstandard_bound(length).
/// Returns its length; 0 if there is not enough memory.
size_t zstandard_compress(const uint8_t *bytes, size_t length, uint8_t *compressed);

#endif
