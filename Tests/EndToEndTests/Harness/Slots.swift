/// Limits the number of installations at the same time, because all tests start together and a machine has few cores.
actor Slots {
    static let shared = Slots(4)

    private let count: Int
    private var free: Int
    private var waiting: [(wanted: Int, continuation: CheckedContinuation<Void, Never>)] = []

    private init(_ count: Int) {
        self.count = count
        free = count
    }

    /// Runs `body` when a slot is free. With `alone` no other installation runs meanwhile.
    nonisolated func run(alone: Bool, _ body: () async throws -> Void) async throws {
        let wanted = alone ? count : 1
        await acquire(wanted)
        do {
            try await body()
        } catch {
            await release(wanted)
            throw error
        }
        await release(wanted)
    }

    private func acquire(_ wanted: Int) async {
        if waiting.isEmpty, free >= wanted {
            free -= wanted
            return
        }
        await withCheckedContinuation { waiting.append((wanted, $0)) }
    }

    private func release(_ number: Int) {
        free += number
        while let next = waiting.first, next.wanted <= free {
            waiting.removeFirst()
            free -= next.wanted
            next.continuation.resume()
        }
    }
}
