import Core
import Foundation
import Synchronization

/// What SQLite said about damaged content of a database, and when the whole database was last checked.
///
/// A check reads the whole database, so `/health` makes one at most once a minute, and never two at the same time.
final class KnownDamage: Sendable {
    /// Milliseconds between two checks.
    static let interval: Int64 = 60_000

    private struct State {
        /// The words of SQLite; nil if it has found no damage.
        var words: String?
        /// When the last check began, in milliseconds of the boot clock; nil if there was none since the damage was
        /// found.
        var begunAt: Int64?
        /// When the last check ended, in Unix seconds.
        var checkedAt: Int64?
        var isChecking = false
    }

    private let state = Mutex(State())
    private let interval: Int64

    init(interval: Int64 = KnownDamage.interval) {
        self.interval = interval
    }

    /// Remembers damage.
    func found(_ words: String) {
        state.withLock { $0.words = words }
    }

    /// When the database was last checked, in Unix seconds; nil if no damage is known.
    var checkedAt: Int64? { state.withLock { $0.words == nil ? nil : $0.checkedAt } }

    /// Throws if damage is known, after a check if one is due. Damage that the check does not find is forgotten: a disk
    /// that fails once can look like damage to SQLite.
    ///
    /// - Parameter isDamaged: Checks the database.
    func require(_ isDamaged: () throws(StoreError) -> Bool) throws(StoreError) {
        let now = Clock.boottimeMilliseconds()
        let (words, isDue) = state.withLock { state -> (String?, Bool) in
            guard state.words != nil else { return (nil, false) }
            let isDue = !state.isChecking && state.begunAt.map { now - $0 >= interval } ?? true
            if isDue {
                state.isChecking = true
                state.begunAt = now
            }
            return (state.words, isDue)
        }
        guard let words else { return }
        if isDue {
            let result: Result<Bool, StoreError>
            do throws(StoreError) { result = .success(try isDamaged()) } catch { result = .failure(error) }
            state.withLock { state in
                state.isChecking = false
                if case .success(let isDamaged) = result {
                    state.checkedAt = Clock.seconds()
                    if !isDamaged { state = State() }
                }
            }
            guard try result.get() else { return }
        }
        throw .unusable(.malformed, words + checkText)
    }

    private var checkText: String {
        guard let checkedAt else { return "" }
        let time = Date(timeIntervalSince1970: TimeInterval(checkedAt)).formatted(.iso8601)
        return " (the whole database was checked at \(time), and is checked again after a minute)"
    }
}
