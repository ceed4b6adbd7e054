import Glibc

/// Holds the output of running jobs that is not in their logs yet. Belongs to one thread.
///
/// The kernel keeps the bytes in a FIFO as long as a process has it open. Supervisor and collector do. If both are
/// ended together and the command ends, too, this broker still has the FIFO, and starts a collector.
struct HeldOutputs {
    private let storage: Storage
    private var held: [JobUUID: HeldOutput] = [:]
    /// Jobs that have no output to hold, and get none.
    private var without: Set<JobUUID> = []
    /// The jobs at the last check, and when the next check is due, in milliseconds of the boot clock.
    private var looked: Set<JobUUID> = []
    private(set) var dueAt = Int64.min
    /// Milliseconds between two searches for outputs that have ended. Each checks the FIFO of every job.
    private static let interval: Int64 = 30_000
    /// The same if the output of a job may not be made yet.
    private static let firstInterval: Int64 = 2000
    /// Maximum number of jobs. Each needs two descriptors, and half of the descriptors are for other things.
    private let limit: Int

    init(_ storage: Storage) {
        self.storage = storage
        limit = (DescriptorLimit.current ?? 0) / 4
    }

    /// Holds the output of these jobs, and of no others. Looks only if the jobs are others than before, or it is time.
    mutating func hold(_ uuids: Set<JobUUID>, isForced: Bool) {
        let now = Clock.boottimeMilliseconds()
        guard isForced || uuids != looked || now >= dueAt else { return }
        (looked, dueAt) = (uuids, now + Self.interval)
        held = held.filter { uuids.contains($0.key) && access(JobFiles($0.key, in: storage).output, F_OK) == 0 }
        without.formIntersection(uuids)
        for uuid in uuids where held[uuid] == nil && !without.contains(uuid) && held.count < limit {
            let files = JobFiles(uuid, in: storage)
            held[uuid] = HeldOutput(files)
            guard held[uuid] == nil else { continue }
            // The FIFOs are made before the record.
            if let _ = try? files.pidRecord() { without.insert(uuid) } else { dueAt = now + Self.firstInterval }
        }
    }
}

/// Open FIFOs of one job.
private final class HeldOutput {
    private let output: Descriptor
    private let pipe: Descriptor

    /// Nil if the job has none: its output has ended, is a terminal, or has secrets, which no later collector knows.
    init?(_ files: JobFiles) {
        // Reading ends, because a writing end would hide the end of the output from the collector.
        guard let output = try? Descriptor(opening: files.output, O_RDONLY | O_NONBLOCK),
            let pipe = try? Descriptor(opening: files.heldOutput, O_RDONLY | O_NONBLOCK)
        else { return nil }
        self.output = output
        self.pipe = pipe
    }
}
