#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 8 };

int system_await(const int watched_fd[], int count, int milliseconds)
{
    struct pollfd pollers[DESCRIPTORS_MAX];
    if (count < 0 || count > DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < count; i++) pollers[i] = (struct pollfd){.fd = watched_fd[i], .events = POLLIN};
    int ready = poll(pollers, (nfds_t)count, milliseconds);
    if (ready < 0) return errno == EINTR ? 0 : -1;
    int readable = 0;
    // An error or a hangup counts as readable too, because the next read reports it.
    for (int i = 0; i < count; i++) readable |= (pollers[i].revents != 0) << i;
    return readable;
}

int system_await_either(int first_fd, int second_fd, int milliseconds)
{
    struct pollfd both[] = {{.fd = first_fd, .events = POLLIN}, {.fd = second_fd, .events = POLLIN}};
    int ready = poll(both, 2, milliseconds);
    if (ready <= 0) return ready;
    return both[1].revents != 0 ? 2 : 1;
}

int system_eventfd(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int system_eventfd_signal(int event_fd)
{
    return eventfd_write(event_fd, 1);
}

int system_waiter(int listening_fd, int stop_fd)
{
    int waiter_fd = epoll_create1(EPOLL_CLOEXEC);
    if (waiter_fd < 0) return -1;
    struct epoll_event connection = {.events = EPOLLIN | EPOLLEXCLUSIVE}, end = {.events = EPOLLIN};
    if (epoll_ctl(waiter_fd, EPOLL_CTL_ADD, listening_fd, &connection) == 0
        && epoll_ctl(waiter_fd, EPOLL_CTL_ADD, stop_fd, &end) == 0)
        return waiter_fd;
    int error = errno;
    close(waiter_fd);
    errno = error;
    return -1;
}

int system_wait(int waiter_fd)
{
    struct epoll_event event;
    return epoll_wait(waiter_fd, &event, 1, -1);
}

int system_epoll(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

int system_epoll_add(int epoll_fd, int watched_fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = watched_fd};
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watched_fd, &event);
}

int system_epoll_poll(int epoll_fd, int readable_fd[], int count)
{
    struct epoll_event events[64];
    int ready = epoll_wait(epoll_fd, events, count < 64 ? count : 64, 0);
    for (int i = 0; i < ready; i++) readable_fd[i] = events[i].data.fd;
    return ready;
}
