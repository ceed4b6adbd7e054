import Foundation
import Synchronization

/// A regular expression that the whole of a text must match, in ICU's syntax.
///
/// Not Swift's `Regex`: its search cannot be ended, and one with repetitions within repetitions, such as `(\w+ ?)+`, takes
/// longer than anybody lives on a text of forty letters that does not fit.
struct TextPattern {
    /// For how long a text is compared.
    private static let patience = Duration.milliseconds(200)

    private let expression: NSRegularExpression

    /// Whether a text matches.
    enum Answer: Equatable {
        case match, mismatch
        /// It could not be told in time.
        case undecided
    }

    /// The pattern; nil if it is no regular expression.
    init?(_ pattern: String) {
        // By itself first: a parenthesis too many would close ours.
        guard (try? NSRegularExpression(pattern: pattern)) != nil,
            let expression = try? NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
        else { return nil }
        self.expression = expression
    }

    /// Compares a text, scalar by scalar.
    func answer(for text: String) -> Answer {
        let deadline = ContinuousClock.now + Self.patience
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
