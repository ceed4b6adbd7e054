// Prints a number for each byte that it reads from a FIFO, and its time. It never flushes its output: without a
// terminal nothing would be printed before its end.
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    FILE *steps = fopen(argv[1], "r");
    if (steps == NULL) return 1;
    struct timespec now;
    for (int number = 0; fgetc(steps) != EOF; number++) {
        clock_gettime(CLOCK_REALTIME, &now);
        printf("number %d %lld.%09ld\n", number, (long long)now.tv_sec, now.tv_nsec);
    }
    return 0;
}
