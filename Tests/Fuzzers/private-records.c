/// Reads the records that the supervisor gets on its private descriptor.
#include "mask.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // A copy of exactly this size, so that the sanitizer sees a byte too many.
    unsigned char *records = malloc(size + (size == 0));
    if (size > 0) memcpy(records, data, size);
    size_t position = 0, length, last = 0;
    char kind;
    const unsigned char *bytes;
    volatile unsigned char sum = 0;
    while ((bytes = next_record(records, size, &position, &kind, &length)) != NULL) {
        if (position <= last || position > size || bytes + length != records + position) abort();
        for (size_t i = 0; i < length; i++) sum += bytes[i];
        last = position;
    }
    struct mask *mask = mask_create(records, size);
    if (mask == NULL) abort();
    mask_free(mask);
    free(records);
    return 0;
}
