import Glibc

/// Kills a job by its files alone, if the store cannot be used. The kill record says who did it, and a broker settles
/// the execution when the store is back.
package struct KillByFiles {
    private let storage: Storage
    private let kills: ActiveKills
    private let catalogue: Catalogue
    private let plan: KillPlan

    /// - Parameters:
    ///   - storage: The directory of the instance.
    ///   - configuration: The signals, and the settings of the command that the start record of the job names.
    package init(in storage: Storage, _ configuration: Configuration) {
        self.storage = storage
        kills = ActiveKills(reader: ProcessReader(), storage: storage)
        catalogue = Catalogue(configuration, storage: storage)
        plan = configuration.kill
    }

    /// How a kill ended.
    package enum Outcome: Sendable, Equatable {
        /// No process of the job is left.
        case killed
        /// The job had ended before.
        case ended
        /// Another broker is killing it.
        case underway
        /// These processes survived.
        case survived([String])
    }

    /// Kills a job and waits until no process of it is left, or all signals were sent.
    ///
    /// - Returns: nil if there is no such job.
    /// - Throws: ``SystemError``.
    package func kill(_ uuid: JobUUID, by requester: KillRequester) throws -> Outcome? {
        let files = JobFiles(uuid, in: storage)
        if try files.exitRecord() != nil, try !files.isLocked() { return .ended }
        guard try files.isLocked() || files.pidRecord() != nil else { return nil }
        let command = try files.startRecord().flatMap { catalogue[$0.command] }
        let method = KillMethod(command, default: plan)
        guard try kills.begin(uuid, for: requester, by: method) else { return .underway }
        while true {
            switch try kills.advance([uuid])[uuid]?.get() {
            case .finished: return .killed
            case .stuck(let survivors): return .survived(survivors)
            // The other processes of the job still get every signal, and the refused ones may end by themselves.
            case .active, .refused: usleep(20_000)
            // Another broker has taken the kill over, because this process was stopped for some time.
            case nil: return .underway
            }
        }
    }
}
