import Core
import Foundation
import Logging
import Synchronization

/// The keys of `jwt.key_file`. The file is read again when it changes, so an issuer can replace its keys.
final class JWTKeyFile: Sendable {
    private let path: String
    private let algorithms: Set<String>
    private let log: Logger
    private let state: Mutex<State>

    private struct State {
        var keys: JWTKeySet
        /// The version of the file that was read last, also if it could not be used. Nil if there was no file.
        var version: FileVersion?
    }

    /// Reads the keys.
    ///
    /// - Throws: ``JWTKeyError`` with a sentence for the administrator.
    init(_ configuration: Configuration.JWT, log: Logger) throws(JWTKeyError) {
        path = configuration.keyFile
        algorithms = configuration.algorithms
        self.log = log
        // The version comes first. If the file changes meanwhile, it is read once more.
        let version = FileVersion(ofPath: path)
        do throws(JWTKeyError) {
            state = Mutex(State(keys: try Self.read(path, algorithms), version: version))
        } catch {
            throw JWTKeyError(Self.sentence(error, path))
        }
    }

    /// The current keys. If the file has changed into one that cannot be used, the earlier keys stay in effect.
    ///
    /// Only the first caller after a change reads the file. Others wait for it, so that no request is refused because
    /// its key is new.
    var current: JWTKeySet {
        state.withLock { state in
            let version = FileVersion(ofPath: path)
            guard version != state.version else { return state.keys }
            state.version = version
            do throws(JWTKeyError) {
                state.keys = try Self.read(path, algorithms)
                log.notice("the keys of JSON Web Tokens were read again", metadata: ["file": "\(path)"])
            } catch {
                log.error(
                    "the earlier keys of JSON Web Tokens stay in effect",
                    metadata: ["reason": "\(Self.sentence(error, path))"])
            }
            return state.keys
        }
    }

    private static func sentence(_ error: JWTKeyError, _ path: String) -> String {
        "jwt.key_file: The keys in \(path) cannot be used: \(error)."
    }

    private static func read(_ path: String, _ algorithms: Set<String>) throws(JWTKeyError) -> JWTKeySet {
        guard let data = FileManager.default.contents(atPath: path) else { throw JWTKeyError("it cannot be read") }
        guard !data.isEmpty else { throw JWTKeyError("it is empty") }
        return try Blocking.wait { () async throws(JWTKeyError) in try await JWTKeySet(data, accepting: algorithms) }
    }
}
