import Glibc
import Logging

/// Runs a choice program and reads its choices.
struct ListChoices {
    /// Maximum run time in seconds.
    private static let timeout = 10
    /// Maximum length of its output in bytes.
    private static let limit = 4 << 20

    let storage: Storage
    let log: Logger

    /// Runs the program.
    ///
    /// - Parameter known: The earlier result; nil if there is none.
    /// - Returns: The new result, or the earlier one with the problem.
    /// - Throws: ``SystemError`` if the storage cannot be written.
    func list(
        _ program: ChoiceProgram, known: CatalogueFile.ChoiceResult?
    ) throws -> CatalogueFile.ChoiceResult {
        var entry = known ?? CatalogueFile.ChoiceResult(program: program, askedAt: 0)
        entry.askedAt = Clock.seconds()
        let errors = storage.directory + "/choices-errors.log"
        defer { unlink(errors) }
        do {
            let listing = try ChoiceListing(
                ProgramOutput.run(
                    program.run, in: program.directory,
                    environment: JobEnvironment.make(configured: program.environment), errors: errors,
                    seconds: Self.timeout, limit: Self.limit))
            entry.choices = listing.choices
            entry.ignoredLines = listing.ignoredLines
            entry.listedAt = Clock.seconds()
            entry.problem = nil
            if listing.ignoredLines > 0 {
                log.warning(
                    "invalid lines of a choice program were ignored",
                    metadata: ["program": "\(program.description)", "lines": "\(listing.ignoredLines)"])
            }
        } catch let error as SystemError where error.isOfStorage {
            throw error
        } catch {
            log.error(
                "choice program failed",
                metadata: ["program": "\(program.description)", "why": "\(error)"])
            entry.problem = "\(error)"
        }
        return entry
    }
}

extension SystemError {
    /// Whether the disk caused the error, not the program.
    var isOfStorage: Bool {
        [ENOSPC, EDQUOT, EIO, EROFS].contains(code)
    }
}
