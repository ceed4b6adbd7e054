// The lower limit for POST /execute: one durable insert, then posix_spawn of /bin/true and waiting for it.
// `spawn_insert DATABASE COUNT` prints microseconds: the mean and the median of both together, and the medians of the
// insert and of the spawn.
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(sqlite3 *database, int result)
{
    if (result != SQLITE_OK && result != SQLITE_DONE) {
        fprintf(stderr, "spawn_insert: %s\n", sqlite3_errmsg(database));
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int count = argc == 3 ? atoi(argv[2]) : 0;
    if (count < 1) {
        fprintf(stderr, "usage: spawn_insert DATABASE COUNT\n");
        return 2;
    }
    sqlite3 *database = NULL;
    check(database, sqlite3_open(argv[1], &database));
    check(database,
          sqlite3_exec(database,
                       "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "CREATE TABLE IF NOT EXISTS execution (id INTEGER PRIMARY KEY, uuid TEXT UNIQUE, command TEXT)",
                       NULL, NULL, NULL));
    sqlite3_stmt *insert;
    check(database,
          sqlite3_prepare_v2(database, "INSERT INTO execution (uuid, command) VALUES (hex(randomblob(16)), 'true')", -1,
                             &insert, NULL));

    double *took = calloc(count, sizeof *took), *inserting = calloc(count, sizeof *took),
           *spawning = calloc(count, sizeof *took), sum = 0;
    if (took == NULL || inserting == NULL || spawning == NULL) return 1;
    for (int i = 0; i < count; i++) {
        double start = microseconds();
        check(database, sqlite3_step(insert));
        check(database, sqlite3_reset(insert));
        inserting[i] = microseconds() - start;
        pid_t child;
        char *words[] = {"true", NULL};
        if (posix_spawn(&child, "/bin/true", NULL, NULL, words, environ) != 0) {
            perror("/bin/true");
            return 1;
        }
        waitpid(child, NULL, 0);
        sum += took[i] = microseconds() - start;
        spawning[i] = took[i] - inserting[i];
    }
    qsort(took, count, sizeof *took, ascending);
    qsort(inserting, count, sizeof *took, ascending);
    qsort(spawning, count, sizeof *took, ascending);
    printf("%.0f %.0f %.0f %.0f\n", sum / count, took[count / 2], inserting[count / 2], spawning[count / 2]);
    sqlite3_close(database);
}
