@testable import Core

/// Reads what a console or a program of choices prints.
///
/// The first byte of the input says which: the list of a console, its help, its list of names, or choices.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzListings(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    guard size > 0 else { return 0 }
    let output = String(decoding: UnsafeBufferPointer(start: data, count: size).dropFirst(), as: UTF8.self)
    switch data[0] % 4 {
    case 0: checkList(output)
    case 1: checkHelp(output)
    case 2: checkNames(output)
    default: checkChoices(output)
    }
    return 0
}

private func checkList(_ output: String) {
    guard let commands = try? ConsoleListing.read(output) else { return }
    for command in commands {
        precondition(!command.name.isEmpty, "a command has no name")
        for parameter in command.arguments + command.options + command.globalOptions {
            precondition(!parameter.name.isEmpty, "a parameter has no name")
            precondition(parameter.shortcuts.allSatisfy { !$0.isEmpty }, "a shortcut is empty")
        }
        let globals = Set(command.globalOptions.map(\.name))
        precondition(command.options.allSatisfy { !globals.contains($0.name) }, "a global option is a command's own")
    }
}

private func checkHelp(_ output: String) {
    guard let listed = ConsoleListing.readHelp(output) else { return }
    let commands = ConsoleListing.commands([listed, listed])
    precondition(commands.allSatisfy { !$0.name.isEmpty }, "a command has no name")
}

private func checkNames(_ output: String) {
    for name in ConsoleListing.readNames(output) {
        precondition(!name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a name is not printable")
    }
}

private func checkChoices(_ output: String) {
    guard let listing = try? ChoiceListing(output) else { return }
    let values = listing.choices.map { Array($0.value.utf8) }
    precondition(Set(values).count == values.count, "two choices are the same")
    precondition(values.allSatisfy { !$0.isEmpty && $0.count <= ChoiceListing.maxLineLength }, "a choice is too long")
    let texts = listing.choices.flatMap { [$0.value, $0.label ?? ""] }
    precondition(texts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }, "a choice is not printable")
}
