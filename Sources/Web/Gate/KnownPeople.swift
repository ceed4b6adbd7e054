import Core
import Synchronization

/// People whom the web server has identified before, by the variables that decide who they are. A page polls several
/// times a second with the same variables.
final class KnownPeople: Sendable {
    private let people = Mutex<[Key: Known]>([:])

    /// Maximum number of people. Each takes about a kilobyte.
    private static let limit = 1000

    /// The person with some variables; nil if they are not known yet.
    func person(_ variables: [UInt8]) -> Person? {
        let key = Key(variables)
        return people.withLock { $0[key] }?.person
    }

    func remember(_ person: Person, by variables: [UInt8]) {
        let (key, known) = (Key(variables), Known(person))
        people.withLock { people in
            if people.count >= Self.limit { people.removeAll() }
            people[key] = known
        }
    }

    /// Variables with their hash value, which is computed before the lock is taken.
    private struct Key: Hashable {
        private let variables: [UInt8]
        private let hash: Int

        init(_ variables: [UInt8]) {
            self.variables = variables
            hash = variables.hashValue
        }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }
    }

    /// A class, so that a thread copies one reference while it has the lock.
    private final class Known: Sendable {
        let person: Person

        init(_ person: Person) { self.person = person }
    }
}
