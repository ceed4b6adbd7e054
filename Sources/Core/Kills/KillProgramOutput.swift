import CSystem
import Glibc

/// Copies the output of a ``KillProgram`` to the log of the job.
///
/// The program gets a pipe, and not the log itself: with the log it could empty it (`echo x >/dev/stderr` truncates a
/// file), and one that prints without end would fill the disk.
struct KillProgramOutput: ~Copyable {
    /// Bytes that the log gets. The rest is read and discarded, so that the program can go on.
    static let limit = 1 << 20

    private let pipe: Descriptor
    private let log: Descriptor
    private var copied = 0
    private var hasEnded = false

    init(from pipe: consuming Descriptor, to log: consuming Descriptor) {
        self.pipe = pipe
        self.log = log
    }

    /// Copies until the program has ended or the deadline, in milliseconds of the boot clock, has come.
    ///
    /// - Returns: Whether the program has ended. Its own children may go on and keep the pipe open.
    mutating func copy(until process: borrowing Descriptor, before deadline: Int64) -> Bool {
        while true {
            let left = deadline - Clock.boottimeMilliseconds()
            guard left > 0 else { return false }
            let ready = system_await([process.number, pipe.number], hasEnded ? 1 : 2, Int32(clamping: left))
            // What it printed before its end is in the pipe. At the limit, its children do not keep us here.
            if ready == 1 || ready & 1 == 1 && copied > Self.limit { return true }
            if ready > 1 { copyOnce() }
        }
    }

    /// Copies what is in the pipe. A log that cannot be written does not stop a kill.
    private mutating func copyOnce() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let got = Glibc.read(pipe.number, &buffer, buffer.count)
        guard got > 0 else {
            hasEnded = got == 0 || errno != EINTR
            return
        }
        let room = Self.limit - copied
        if room >= 0 {
            try? log.write(buffer.prefix(min(got, room)), to: "the log")
            if got > room {
                try? log.write("\n[the rest of the kill program's output is left out here]\n".utf8, to: "the log")
            }
        }
        // Above the limit it stays the same, so it cannot overflow.
        copied = min(copied + got, Self.limit + 1)
    }
}
