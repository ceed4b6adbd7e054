import ArgumentParser
import Assembly
import Core

/// The UUID of a job on the command line, or its beginning.
struct JobReference: ExpressibleByArgument, CustomStringConvertible {
    private let prefix: JobUUIDPrefix

    /// Nil if it is neither a UUID nor the beginning of one, so that ArgumentParser refuses it.
    init?(argument: String) {
        guard let prefix = JobUUIDPrefix(argument) else { return nil }
        self.prefix = prefix
    }

    var description: String { prefix.description }

    /// The UUID, if it was given in full.
    var full: JobUUID? { JobUUID(prefix.description) }

    /// Number of jobs that an error names.
    private static let named = 10

    /// The job of the store, or one whose files are in the storage.
    ///
    /// - Throws: ``CommandError`` if there is none, or if there are several. `StoreError`.
    func uuid(in instance: Instance) throws -> JobUUID {
        if let full { return full }
        let stored = try instance.store.jobs(beginningWith: prefix, limit: Self.named + 1)
        return try only(of: stored.isEmpty ? withFiles(in: instance.storage) : stored)
    }

    /// The job with files in the storage, for a store that cannot be reached.
    func uuid(in storage: Storage) throws(CommandError) -> JobUUID {
        if let full { return full }
        return try only(of: withFiles(in: storage))
    }

    private func withFiles(in storage: Storage) -> [JobUUID] {
        // A directory that cannot be read has no job that this program could use.
        let all = (try? storage.jobsWithFiles()) ?? []
        return all.filter { prefix.matches($0.description) }.sorted { $0.description < $1.description }
    }

    private func only(of uuids: [JobUUID]) throws(CommandError) -> JobUUID {
        guard let first = uuids.first else { throw CommandError("There is no job \(prefix).", .notFound) }
        guard uuids.count == 1 else {
            let names = uuids.prefix(Self.named).map(\.description).joined(separator: ", ")
            let rest = uuids.count > Self.named ? " and more" : ""
            throw CommandError("Several jobs begin with \(prefix): \(names)\(rest). Give more digits.", .notFound)
        }
        return first
    }

    /// The error for a job that the store does not have.
    static func missing(_ uuid: JobUUID) -> CommandError { CommandError("There is no job \(uuid).", .notFound) }
}

/// The UUID of an instance among some, or its beginning.
///
/// - Parameter noun: What the UUIDs are, such as `instance`.
func instance(beginningWith text: String, among known: [String], _ noun: String = "instance") throws -> String {
    if known.contains(where: text.isExactly) { return text }
    // The original wrote any text there, so it need not be a UUID.
    let found = known.filter { text.count >= JobUUIDPrefix.minimum && $0.lowercased().hasPrefix(text.lowercased()) }
    guard let first = found.first else { throw CommandError("There is no \(noun) \(text.sanitized).", .notFound) }
    guard found.count == 1 else {
        let names = found.prefix(10).joined(separator: ", ")
        throw CommandError("Several \(noun)s begin with \(text): \(names). Give more digits.", .notFound)
    }
    return first
}
