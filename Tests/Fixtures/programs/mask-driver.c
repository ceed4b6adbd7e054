/// Runs mask.c on the cases that it reads from standard input. All numbers are four bytes in native order.
///
/// A case: size of the records, the records, number of chunks, and for each chunk its size and its bytes. The answer:
/// for each chunk the number of bytes written, then their total, and the bytes.
#include "mask.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int number(uint32_t *value)
{
    return fread(value, sizeof *value, 1, stdin) == 1;
}

int main(void)
{
    uint32_t size;
    while (number(&size)) {
        uint32_t chunks, count;
        unsigned char *records = malloc(size + 1);
        if (fread(records, 1, size, stdin) != size || !number(&chunks)) return 2;
        struct mask *mask = mask_create(records, size);
        if (mask == NULL) return 3;
        unsigned char *output = malloc(mask_output_max(mask)), *chunk = malloc(MASK_CHUNK), *all = NULL;
        size_t length = 0;
        for (uint32_t i = 0; i <= chunks; i++) {
            size_t put;
            if (i < chunks) {
                if (!number(&count) || count > MASK_CHUNK || fread(chunk, 1, count, stdin) != count) return 2;
                put = mask_feed(mask, chunk, count, output);
                uint32_t out = (uint32_t)put;
                fwrite(&out, sizeof out, 1, stdout);
            } else {
                put = mask_end(mask, output);
            }
            all = realloc(all, length + put + 1);
            for (size_t byte = 0; byte < put; byte++) all[length + byte] = output[byte];
            length += put;
        }
        uint32_t total = (uint32_t)length;
        fwrite(&total, sizeof total, 1, stdout);
        fwrite(all, 1, length, stdout);
        mask_free(mask);
        free(records);
        free(output);
        free(chunk);
        free(all);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
