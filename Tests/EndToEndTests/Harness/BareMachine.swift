import Assembly
import Foundation
import Glibc
import TestSupport

@testable import Core

/// A directory with a configuration, and no program that runs.
struct BareMachine {
    let temporary: TemporaryDirectory
    var directory: String { temporary.path }
    var storage: String { directory + "/storage" }

    init(database: String? = nil) throws {
        temporary = try TemporaryDirectory()
        mkdir(storage, 0o750)
        var yaml = "storage: \(storage)\n"
        if let database { yaml += "database: \"\(database)\"\n" }
        try write(yaml, to: "remotisan.yaml")
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = directory + "/" + name
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    func broker(_ words: String...) throws -> (status: Int32, out: String, errors: String) {
        try broker(words)
    }

    /// Runs the broker with the configuration, unless one is given or `isConfigured` is false.
    func broker(
        _ words: [String], isConfigured: Bool = true
    ) throws -> (status: Int32, out: String, errors: String) {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: Places.programs + "/remotisan-broker")
        process.arguments = words + (isConfigured ? ["--config", directory + "/remotisan.yaml"] : [])
        let errors = directory + "/errors"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let out = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, out, try String(contentsOfFile: errors, encoding: .utf8))
    }

    func store() throws -> any ExecutionStore {
        let configuration = try ConfigurationReader(environment: [:]).read(directory + "/remotisan.yaml")
        let storage = try Storage(at: storage)
        return try configuration.database.open(in: storage, isMigrating: false).executions
    }
}
