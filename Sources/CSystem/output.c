#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <wchar.h>

/// Forgets what is buffered, so that the same failure is not met again at the end of the program.
static int failed(int code)
{
    __fpurge(stdout);
    clearerr(stdout);
    errno = code ? code : EIO;
    return -1;
}

int system_write_output(const void *bytes, size_t count)
{
    errno = 0;
    return fwrite(bytes, 1, count, stdout) == count ? 0 : failed(errno);
}

int system_flush_output(void)
{
    errno = 0;
    // A write before this one may have failed.
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : failed(errno);
}

int system_terminal_width(const uint32_t characters[], int count)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (locale == (locale_t)0) return count;
    locale_t before = uselocale(locale);
    int width = 0;
    for (int i = 0; i < count; i++) {
        int own = wcwidth((wchar_t)characters[i]);
        if (own > 0) width += own;
    }
    uselocale(before);
    freelocale(locale);
    return width;
}
