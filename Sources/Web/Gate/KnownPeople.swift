import Core
import Synchronization

/// People whom the web server has identified before, by the variables that decide who they are. A page polls several
/// times a second with the same variables.
final class KnownPeople: Sendable {
    private let people = Mutex<[[UInt8]: Person]>([:])

    /// Maximum number of people. Each takes about a kilobyte.
    private static let limit = 1000

    /// The person with some variables; nil if they are not known yet.
    func person(_ variables: [UInt8]) -> Person? {
        people.withLock { $0[variables] }
    }

    func remember(_ person: Person, by variables: [UInt8]) {
        people.withLock { people in
            if people.count >= Self.limit { people.removeAll() }
            people[variables] = person
        }
    }
}
