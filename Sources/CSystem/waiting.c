#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
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

int system_eventfd(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int system_eventfd_signal(int event_fd)
{
    return eventfd_write(event_fd, 1);
}

int system_timer(void)
{
    return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

int system_timer_set(int timer_fd, int64_t milliseconds)
{
    struct itimerspec once = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000}};
    return timerfd_settime(timer_fd, 0, &once, NULL);
}

void system_timer_clear(int timer_fd)
{
    uint64_t times;
    while (read(timer_fd, &times, sizeof times) < 0 && errno == EINTR) continue;
}

int system_epoll(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

int system_epoll_add(int epoll_fd, int watched_fd, uint64_t number)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = number};
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watched_fd, &event);
}

int system_epoll_arm(int epoll_fd, int watched_fd, uint64_t number, bool for_writing, bool is_new)
{
    struct epoll_event event = {.events = (for_writing ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT, .data.u64 = number};
    return epoll_ctl(epoll_fd, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, watched_fd, &event);
}

int system_epoll_remove(int epoll_fd, int watched_fd)
{
    return epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watched_fd, NULL);
}

int system_epoll_wait(int epoll_fd, uint64_t numbers[], int count, int milliseconds)
{
    struct epoll_event events[64];
    int ready = epoll_wait(epoll_fd, events, count < 64 ? count : 64, milliseconds);
    if (ready < 0) return errno == EINTR ? 0 : -1;
    for (int i = 0; i < ready; i++) numbers[i] = events[i].data.u64;
    return ready;
}
