import ArgumentParser
import Core
import Glibc

/// `settle`: settles one job. A supervisor starts this when its job ends and no broker is on watch.
struct Settle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle",
        abstract: "Settles one job, and starts executions that were queued behind it.")

    @OptionGroup var options: Options

    @Option(
        help: ArgumentHelp(
            "A descriptor with a lock, which a supervisor has passed. The program watches for a moment then.",
            visibility: .hidden))
    var settleLock: Int32?

    @Argument(help: "The UUID of the job, or its first digits, at least 4.", completion: Completions.unended)
    var job: JobReference

    func run() throws {
        if let settleLock { return try reportingErrors { try watch(closing: settleLock) } }
        let instance = try options.instance(mustExist: true)
        let settled = try reportingErrors {
            try instance.requireOwnPlace()
            let uuid = try job.uuid(in: instance)
            let settled = try SettleExecutions(store: instance.store, storage: instance.storage, log: instance.log)
                .settle(uuid)
            // Room may be free for a queued execution, and no broker is on watch to start it.
            if settled { try instance.startQueued().start() }
            return settled
        }
        if !settled {
            print("\(job) is still running, or is not a job of this instance.")
            throw ExitStatus.unsettled.code
        }
    }

    /// Watches for a moment: settles this job, and others that end meanwhile.
    private func watch(closing settleLock: Int32) throws {
        let opened = try options.open(mustExist: true)
        let instance = opened.instance
        try ChildProcess.reapInherited()
        try instance.requireOwnPlace()
        // Also an execution that the store has lost.
        _ = try SettleExecutions(store: instance.store, storage: instance.storage, log: instance.log)
            .settle(job.uuid(in: instance))
        let mark = try instance.storage.markSettler()
        // Before the watch begins. A job whose supervisor found the lock held is in the first pass of this watch, or in
        // the last pass of the broker that is on watch instead.
        close(settleLock)
        _ = try instance.watch(for: BrokerWatch.settlingDuration, following: opened.live, isSettler: true)
        _ = consume mark
    }
}

extension Settle {
    /// What a supervisor starts at the end of its job.
    static func ended(_ job: JobReference, config: String, settleLock: Int32) -> Settle {
        var settle = Settle()
        settle.options = .named(config)
        settle.settleLock = settleLock
        settle.job = job
        return settle
    }
}
