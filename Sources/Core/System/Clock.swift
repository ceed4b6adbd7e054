import CSystem
import Glibc

/// The clocks of records and of the store.
package enum Clock {
    /// Milliseconds since 1970, CLOCK_REALTIME. It may jump, so it decides nothing within a boot.
    package static func realtimeMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// Milliseconds since the machine started, including time in suspend, CLOCK_BOOTTIME.
    ///
    /// It is the same for all processes of one boot, also in time namespaces, and never goes back.
    package static func boottimeMilliseconds() -> Int64 {
        system_boottime_ms()
    }

    /// A start time of `/proc/PID/stat` by the kernel's own clock, in clock ticks. A time namespace of this process
    /// shows another one, time_namespaces(7).
    static func ticks(_ shown: UInt64) -> UInt64 {
        UInt64(clamping: Int64(clamping: shown) - system_boot_offset_ticks())
    }

    /// How far the wall clock is ahead of the boot clock, in milliseconds. It changes when the wall clock is set.
    package static func offset() -> Int64 {
        realtimeMilliseconds() - boottimeMilliseconds()
    }

    /// Seconds since 1970.
    package static func seconds() -> Int64 {
        realtimeMilliseconds() / 1000
    }
}
