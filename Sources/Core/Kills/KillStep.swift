import Glibc
import Synchronization

/// The line in the log and the kill record, which are written before a step of a kill.
///
/// The step is in the record before it is taken. So a record without a step shows that no signal was sent before.
struct KillStep: Sendable {
    let files: JobFiles
    let record: KillRecord
    /// The line for the log; nil if the log has it.
    let line: String?
    /// The encoding of the log.
    let encoding: LogEncoding
    /// Whether the record survives a power cut once it is written. That of the first step does. A later record that is
    /// lost is no harm, because all steps belong to one boot.
    let isDurable: Bool
    let storage: Storage

    /// Records that are written at the same time. The file system joins their syncs.
    private static let writers = 32

    /// Writes steps at the same time, and then syncs their directory once for all.
    ///
    /// - Returns: The jobs whose record could not be written, and why. The step is taken all the same: a broken disk
    ///   must keep no job alive.
    static func write(_ steps: [KillStep]) -> [JobUUID: SystemError] {
        let errors = Mutex<[JobUUID: SystemError]>([:])
        Threads.forEach(steps, atOnce: writers) { step in
            do throws(SystemError) { try step.write() } catch {
                errors.withLock { $0[step.files.uuid] = error }
            }
        }
        let durable = steps.filter(\.isDurable)
        do throws(SystemError) {
            try ignoringFullDisk { () throws(SystemError) in try durable.first?.files.syncNames() }
        } catch {
            errors.withLock { errors in
                for step in durable { errors[step.files.uuid] = errors[step.files.uuid] ?? error }
            }
        }
        return errors.withLock { $0 }
    }

    private func write() throws(SystemError) {
        // The job to be killed probably fills the disk. It is stopped now, so it does not take what is given back here.
        storage.freeReserveIfFull()
        if let line {
            try Self.ignoringFullDisk { () throws(SystemError) in try files.appendToLog(line, in: encoding) }
        }
        try Self.ignoringFullDisk { () throws(SystemError) in
            try storage.retryingWithReserve { () throws(SystemError) in
                try isDurable ? files.write(record) : files.update(record)
            }
        }
    }

    /// Runs `body`, and ignores a full disk.
    static func ignoringFullDisk(_ body: () throws(SystemError) -> Void) throws(SystemError) {
        do throws(SystemError) { try body() } catch {
            guard error.isOfFullDisk else { throw error }
        }
    }
}
