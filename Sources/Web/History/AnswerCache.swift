import Core
import Glibc
import Synchronization

/// Answers that stay right until the store changes.
///
/// A page of the history is asked for by many people, and again and again. The store's change counter tells whether it
/// can be different now.
final class AnswerCache: Sendable {
    private struct Entry {
        let counter: Int64
        /// When it was made, in milliseconds of the boot clock.
        let madeAt: Int64
        let answer: [UInt8]
    }

    private struct State {
        var entries: [[UInt8]: Entry] = [:]
        var size = 0
    }

    /// Milliseconds for which an answer is used. It says whether an instance is gone, which depends on the time.
    static let lifetime: Int64 = 1000
    /// Maximum number of bytes of all answers and keys.
    static let limit = 1024 * 1024

    private let state = Mutex(State())

    /// Number of bytes of all answers and keys.
    var size: Int { state.withLock { $0.size } }

    /// The kept answer of a key, or a new one.
    ///
    /// - Parameters:
    ///   - key: Everything on which the answer depends beside the store.
    ///   - counter: The change counter of the store, read before the store is read; nil to keep nothing.
    ///   - now: Milliseconds of the boot clock.
    ///   - make: Makes the answer.
    func answer(
        for key: CacheKey, counter: Int64?, now: Int64 = Clock.boottimeMilliseconds(), make: () throws -> [UInt8]
    ) rethrows -> [UInt8] {
        guard let counter else { return try make() }
        let known = state.withLock { $0.entries[key.bytes] }
        if let known, known.counter == counter, now - known.madeAt < Self.lifetime { return known.answer }
        let answer = try make()
        let size = key.bytes.count + answer.count
        state.withLock { state in
            if state.size + size > Self.limit { state = State() }
            // A copy has no room for more bytes.
            let copy = [UInt8](unsafeUninitializedCapacity: answer.count) { room, count in
                count = room.initialize(fromContentsOf: answer)
            }
            let entry = Entry(counter: counter, madeAt: now, answer: copy)
            let replaced = state.entries.updateValue(entry, forKey: key.bytes)
            state.size += replaced.map { answer.count - $0.answer.count } ?? size
        }
        return answer
    }
}

/// What an answer depends on, byte for byte. Texts that Unicode takes for equal are different users and roles.
struct CacheKey {
    fileprivate(set) var bytes: [UInt8] = []

    /// The change counters of different threads cannot be compared.
    init() {
        add(UInt64(pthread_self()))
    }

    mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ text: String?) {
        guard let text else { return add(-1) }
        // With its length, so that no two lists of texts are the same bytes.
        add(text.utf8.count)
        bytes += text.utf8
    }

    /// A person with their rights.
    mutating func add(_ person: Person) {
        add(person.identifier)
        add(person.isSuperUser ? 1 : 0)
        add(person.roles.count)
        for role in person.roles.sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }) { add(role) }
    }
}
