import Core
import Foundation
import Glibc

/// Shows on a terminal how far a move is, in one line of standard error that is removed at the end.
final class MoveProgress {
    private let isShown: Bool
    private var shownAt: Int64 = 0
    private var step: String?

    /// Milliseconds between two lines of the same step.
    private static let interval: Int64 = 100
    /// Returns to the beginning of the line and erases it (ECMA-48, Erase in Line).
    private static let erase = "\r\u{1B}[K"

    init() {
        let term = ProcessInfo.processInfo.environment["TERM"] ?? ""
        isShown = isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(term)
    }

    func show(_ progress: MoveStore.Progress) {
        guard isShown else { return }
        let (step, text) = Self.text(progress)
        let now = Clock.boottimeMilliseconds()
        guard step != self.step || now - shownAt >= Self.interval else { return }
        (self.step, shownAt) = (step, now)
        write(Self.erase + text)
    }

    /// Removes the line, so that what follows begins a new one.
    func end() {
        if step != nil { write(Self.erase) }
        step = nil
    }

    private static func text(_ progress: MoveStore.Progress) -> (step: String, text: String) {
        switch progress {
        case .moving(let table, let done, let total):
            ("moving \(table)", "moving \(table): \(done) of \(total) rows")
        case .checking(let table, let done, let total):
            ("checking \(table)", "checking \(table): \(done) of \(total) rows")
        case .indexing: ("indexing", "making the indexes of searches")
        }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
