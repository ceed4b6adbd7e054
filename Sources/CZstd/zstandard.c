#include "zstandard.h"

#include <dlfcn.h>
#include <pthread.h>
#include <zstd.h>

/// The page becomes 7 % smaller than by gzip's best level, in half the time. Level 19 takes ten times as long for 8 %.
enum { LEVEL = 12 };

static struct {
    __typeof__(&ZSTD_compressBound) bound;
    __typeof__(&ZSTD_compress) compress;
    __typeof__(&ZSTD_isError) is_error;
} library;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded;

static void load(void)
{
    // The name without a version is installed by the -dev package only.
    void *handle = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    library.bound = (__typeof__(library.bound))dlsym(handle, "ZSTD_compressBound");
    library.compress = (__typeof__(library.compress))dlsym(handle, "ZSTD_compress");
    library.is_error = (__typeof__(library.is_error))dlsym(handle, "ZSTD_isError");
    is_loaded = library.bound && library.compress && library.is_error;
}

size_t zstandard_bound(size_t length)
{
    pthread_once(&once, load);
    if (!is_loaded) return 0;
    const size_t bound = library.bound(length);
    return library.is_error(bound) ? 0 : bound;
}

size_t zstandard_compress(const uint8_t *bytes, size_t length, uint8_t *compressed)
{
    const size_t room = zstandard_bound(length);
    if (room == 0) return 0;
    const size_t size = library.compress(compressed, room, bytes, length, LEVEL);
    return library.is_error(size) ? 0 : size;
}
