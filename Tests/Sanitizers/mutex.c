/// Tells ThreadSanitizer how threads that wait pass on a Synchronization.Mutex.
///
/// Its quick ways to lock and unlock are compiled into our programs, where ThreadSanitizer sees their atomic operations.
/// While a thread waits, the kernel passes the lock on (FUTEX_LOCK_PI, futex(2)), called by Swift's library, where it
/// sees nothing. Without this, everything that such a lock protects is reported as a race.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SELF __attribute__((swift_context)) void *mutex
/// `_MutexHandle._lockSlow(_:)` and `_MutexHandle._unlockSlow()`.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void lock_slow(uint32_t thread, SELF);
typedef __attribute__((swiftcall)) void unlock_slow(SELF);

void __tsan_acquire(void *address);
void __tsan_release(void *address);

__attribute__((swiftcall)) void mutex_lock_slow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
__attribute__((swiftcall)) void mutex_unlock_slow(SELF) __asm__(UNLOCK_SLOW);

/// The function of Swift's library.
static void *library(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL) abort();
    return function;
}

__attribute__((swiftcall)) void mutex_lock_slow(uint32_t thread, SELF)
{
    lock_slow *lock = (lock_slow *)library(LOCK_SLOW);
    lock(thread, mutex);
    __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void mutex_unlock_slow(SELF)
{
    unlock_slow *unlock = (unlock_slow *)library(UNLOCK_SLOW);
    __tsan_release(mutex);
    unlock(mutex);
}
