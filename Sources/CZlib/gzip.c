#include "gzip.h"

#include <zlib.h>

/// Adding 16 to the bits of the window asks for a gzip header (zlib.h, deflateInit2).
enum { WINDOW_BITS = 15 + 16, MEMORY_LEVEL = 8, HEADER_SIZE = 18 };

size_t gzip_bound(size_t length)
{
    return compressBound(length) + HEADER_SIZE;
}

size_t gzip_compress(const uint8_t *bytes, size_t length, uint8_t *compressed)
{
    z_stream stream = {.next_in = (Bytef *)bytes, .next_out = compressed};
    if (length > UINT32_MAX || gzip_bound(length) > UINT32_MAX) return 0;
    stream.avail_in = (uInt)length;
    stream.avail_out = (uInt)gzip_bound(length);
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    int result = deflate(&stream, Z_FINISH);
    size_t size = stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? size : 0;
}
