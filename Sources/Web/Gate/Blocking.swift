import Foundation
import Synchronization

/// Waits for asynchronous work. JWTKit is asynchronous, and our threads are not.
enum Blocking {
    /// The value of asynchronous work. The calling thread does not belong to Swift's thread pool, so the pool is not
    /// blocked.
    static func wait<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Value, Failure>?>(nil)
        Task {
            let outcome: Result<Value, Failure>
            do throws(Failure) { outcome = .success(try await work()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            done.signal()
        }
        while true {
            done.wait()
            if let outcome = result.withLock({ $0 }) { return try outcome.get() }
        }
    }
}
