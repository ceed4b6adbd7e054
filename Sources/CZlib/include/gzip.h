/// Compression with zlib.
#ifndef REMOTISAN_CZLIB_H
#define REMOTISAN_CZLIB_H

#include <stddef.h>
#include <stdint.h>

/// The most bytes that the gzip form of `length` bytes has.
size_t gzip_bound(size_t length);

/// Writes the gzip form (RFC 1952) of `length` bytes to `compressed`, which has room for gzip_bound(length). Returns its
/// length; 0 if there is not enough memory.
size_t gzip_compress(const uint8_t *bytes, size_t length, uint8_t *compressed);

#endif
