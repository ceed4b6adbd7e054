#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

int system_is_listening(int socket_fd)
{
    int listening = 0;
    socklen_t length = sizeof listening;
    return getsockopt(socket_fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening;
}

int system_is_unix_socket(int socket_fd)
{
    int domain;
    socklen_t length = sizeof domain;
    return getsockopt(socket_fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX;
}

int system_is_peer_gone(int any_fd)
{
    struct pollfd waiting = {.fd = any_fd, .events = system_is_unix_socket(any_fd) ? 0 : POLLRDHUP};
    return poll(&waiting, 1, 0) == 1 && (waiting.revents & (POLLHUP | POLLERR | POLLRDHUP)) != 0;
}

long system_peer_uid(int socket_fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket_fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    return (long)peer.uid;
}

int system_is_loopback_peer(int socket_fd)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (getpeername(socket_fd, (struct sockaddr *)&peer, &length) != 0) return 0;
    if (peer.ss_family == AF_INET) return ntohl(((struct sockaddr_in *)&peer)->sin_addr.s_addr) >> 24 == 127;
    return peer.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&peer)->sin6_addr);
}

int system_accept(int listening_fd)
{
    return accept4(listening_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int system_set_nonblocking(int any_fd)
{
    int flags = fcntl(any_fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(any_fd, F_SETFL, flags | O_NONBLOCK);
}
