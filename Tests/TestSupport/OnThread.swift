import Foundation

/// Does work that waits for asynchronous work, on a thread of its own as the responder has them: on one of the
/// runtime's few threads it could wait for itself.
///
/// - Throws: What the work throws.
package func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
