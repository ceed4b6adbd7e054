import Foundation
import Synchronization

/// A regular expression in ICU's syntax that has to match all of a text.
///
/// Swift's `Regex` is not used, because its search cannot be interrupted. An expression with nested repetitions, such
/// as `(\w+ ?)+`, takes practically forever on a text of forty letters that does not match.
struct TextPattern: Equatable {
    /// Maximum duration of a comparison.
    private static let timeout = Duration.milliseconds(200)

    private let pattern: String
    private let expression: NSRegularExpression

    enum Answer: Equatable {
        case match, mismatch
        /// The comparison timed out.
        case undecided
    }

    /// Compiles a pattern; nil if it is not a regular expression.
    init?(_ pattern: String) {
        // Compiled on its own first, because an extra parenthesis would close ours.
        guard (try? NSRegularExpression(pattern: pattern)) != nil,
            let expression = try? NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
        else { return nil }
        self.pattern = pattern
        self.expression = expression
    }

    static func == (left: Self, right: Self) -> Bool {
        left.pattern == right.pattern
    }

    /// Compares a text.
    func answer(for text: String) -> Answer {
        let deadline = ContinuousClock.now + Self.timeout
        let answer = Mutex(Answer.mismatch)
        let whole = NSRange(location: 0, length: text.utf16.count)
        expression.enumerateMatches(in: text, options: .reportProgress, range: whole) { match, _, stop in
            if match != nil {
                answer.withLock { $0 = .match }
                stop.pointee = true
            } else if ContinuousClock.now > deadline {
                answer.withLock { $0 = .undecided }
                stop.pointee = true
            }
        }
        return answer.withLock { $0 }
    }
}
