import Foundation
import Glibc

/// A start that was answered with an error although the store may have queued the execution.
extension JobFiles {
    /// STORAGE/jobs/UUID.refused: an empty file. Its execution never starts, even if the store has it.
    var refusal: String { "\(jobs)/\(uuid).refused" }

    /// Creates the file. On a full disk there is none, because the store could not have queued the execution either.
    ///
    /// - Parameter held: The lock of the job. The storage may have been moved, and the kernel knows where the lock is now;
    ///   proc(5), `/proc/self/fd`.
    func refuseStart(_ held: borrowing Descriptor) {
        let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(held.number)")
        let moved = place.flatMap { $0.hasSuffix(".lock") ? $0.dropLast("lock".count) + "refused" : nil }
        _ = try? Descriptor(opening: moved.map { String($0) } ?? refusal, O_WRONLY | O_CREAT)
    }

    /// Whether the start was answered with an error.
    var isStartRefused: Bool { access(refusal, F_OK) == 0 }

    /// Removes the file, after the execution was cancelled.
    func forgetRefusal() {
        unlink(refusal)
    }
}
