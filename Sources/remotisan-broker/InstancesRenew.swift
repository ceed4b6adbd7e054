import ArgumentParser
import Core

extension Instances {
    /// `instances renew`.
    struct Renew: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "renew",
            abstract: "Gives a copied storage a UUID and a secret of its own.",
            discussion: """
                Run it in the copy, not in the original. The executions in the store stay with the original. A \
                running responder notices the new UUID by itself.
                """)

        @OptionGroup var options: Options

        @Flag(help: "Renew it even if no other living instance has its UUID, or if jobs run here.")
        var force = false

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                let old = instance.storage.serverUUID
                if !force {
                    let heartbeat = instance.heartbeat
                    try heartbeat.check()
                    guard heartbeat.conflict != nil else {
                        throw CommandError(
                            "No other living instance has the UUID \(old). Its executions would have no owner. Use "
                                + "--force if this storage is a copy nevertheless.", .refused)
                    }
                    let jobs = try instance.storage.runningJobs()
                    guard jobs.isEmpty else {
                        throw CommandError(
                            "\(counted(jobs.count, "job")) of this storage run here, such as \(jobs[0]). Wait for "
                                + "their end, or use --force to give them up.", .refused)
                    }
                }
                print("\(old) is \(try instance.storage.renew()) now.")
            }
        }
    }
}
