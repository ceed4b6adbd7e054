// The upper limit for any libfcgi program: `bare SOCKET THREADS` answers every request with 20 bytes.
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int listener_fd;

static void *answer(void *unused)
{
    (void)unused;
    FCGX_Request request;
    FCGX_InitRequest(&request, listener_fd, 0);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutS("Content-Type: text/plain\r\nContent-Length: 20\r\n\r\ntwenty bytes of text", request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bare SOCKET THREADS\n");
        return 2;
    }
    FCGX_Init();
    listener_fd = FCGX_OpenSocket(argv[1], 1024);
    if (listener_fd < 0) {
        perror(argv[1]);
        return 1;
    }
    pthread_t thread;
    for (int i = 1; i < atoi(argv[2]); i++) pthread_create(&thread, NULL, answer, NULL);
    answer(NULL);
}
