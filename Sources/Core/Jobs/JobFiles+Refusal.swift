import Glibc

/// A start that was answered with an error although the store may have queued the execution.
extension JobFiles {
    /// STORAGE/jobs/UUID.refused: an empty file. Its execution never starts, even if the store has it.
    var refusal: String { "\(jobs)/\(uuid).refused" }

    /// Creates the file. On a full disk there is none, because the store could not have queued the execution either.
    func refuseStart() {
        _ = try? Descriptor(opening: refusal, O_WRONLY | O_CREAT)
    }

    /// Whether the start was answered with an error.
    var isStartRefused: Bool { access(refusal, F_OK) == 0 }

    /// Removes the file, after the execution was cancelled.
    func forgetRefusal() {
        unlink(refusal)
    }
}
