import Glibc

/// The clocks of records and of the store.
package enum Clock {
    /// Milliseconds since 1970, CLOCK_REALTIME.
    package static func realtimeMilliseconds() -> Int64 {
        milliseconds(CLOCK_REALTIME)
    }

    /// Milliseconds since the machine started, including time in suspend, CLOCK_BOOTTIME.
    ///
    /// It is the same for all processes of one boot, and never goes back.
    package static func boottimeMilliseconds() -> Int64 {
        milliseconds(CLOCK_BOOTTIME)
    }

    /// Seconds since 1970.
    package static func seconds() -> Int64 {
        realtimeMilliseconds() / 1000
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
