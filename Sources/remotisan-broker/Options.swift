import ArgumentParser
import Assembly
import Core
import Foundation
import Logging

/// What every subcommand takes.
struct Options: ParsableArguments {
    @Option(help: "The configuration (REMOTISAN_CONFIG, /etc/remotisan/remotisan.yaml).")
    var config: String?

    /// Reads the configuration.
    func configuration() throws -> Configuration {
        try explained {
            try ConfigurationReader(environment: ProcessInfo.processInfo.environment).read(config)
        }
    }

    /// Opens the instance.
    ///
    /// - Parameter isMigrating: Whether the tables of a shared database are brought up to date.
    func instance(isMigrating: Bool = false) throws -> Instance {
        let configuration = try configuration()
        return try explained {
            try Account.becomeOwner(of: configuration.storage)
            return try Instance(configuration, isMigrating: isMigrating, log: Self.log)
        }
    }

    /// Standard error: under cron that is a mail to the administrator, so only what needs one is said.
    static let log: Logger = {
        var log = Logger(label: "remotisan-broker") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .warning
        return log
    }()
}

/// Runs `body`; what it throws ends the program with its sentence and exit code 1.
func explained<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch {
        FileHandle.standardError.write(Data("remotisan-broker: \(error)\n".utf8))
        throw ExitCode(1)
    }
}

extension JobUUID: ExpressibleByArgument {
    /// Reads the UUID of a job from the command line.
    package init?(argument: String) {
        self.init(argument)
    }
}

/// Seconds of an age from the command line.
///
/// Other than in the configuration the unit must be said: who means days must not get seconds.
///
/// - Throws: `ValidationError`, which names the option.
func age(_ text: String, for option: String) throws -> Int64 {
    guard let milliseconds = Quantity.milliseconds(text), text.last.map({ !$0.isNumber }) ?? false else {
        throw ValidationError("\(option) takes an age with its unit, such as 90d, 12h or 30m.")
    }
    return milliseconds / 1000
}
