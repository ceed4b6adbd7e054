import Glibc
import Logging

/// Asks one program what there is to choose.
struct ListChoices {
    /// Seconds that a program may take.
    private static let timeout = 10
    /// Bytes that it may print.
    private static let limit = 4 << 20

    let storage: Storage
    let log: Logger

    /// What the program says; where it fails, what is known of it, and the problem.
    ///
    /// - Throws: ``SystemError`` where the storage itself cannot be written.
    func ask(
        _ program: ChoiceProgram, known: CatalogueCache.ChoiceEntry?
    ) throws -> CatalogueCache.ChoiceEntry {
        var entry = known ?? CatalogueCache.ChoiceEntry(program: program, askedAt: 0)
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
            entry.leftOut = listing.leftOut
            entry.listedAt = Clock.seconds()
            entry.problem = nil
            if listing.leftOut > 0 {
                log.warning(
                    "lines of a program of choices cannot be values",
                    metadata: ["program": "\(program.description)", "lines": "\(listing.leftOut)"])
            }
        } catch let error as SystemError where error.isOfStorage {
            throw error
        } catch {
            log.error(
                "a program of choices could not be asked",
                metadata: ["program": "\(program.description)", "why": "\(error)"])
            entry.problem = "\(error)"
        }
        return entry
    }
}

extension SystemError {
    /// Whether the disk is the reason, not the program.
    var isOfStorage: Bool {
        [ENOSPC, EDQUOT, EIO, EROFS].contains(code)
    }
}
