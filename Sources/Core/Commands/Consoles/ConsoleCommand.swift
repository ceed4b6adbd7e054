/// A command as its console describes it.
struct ConsoleCommand: Sendable, Equatable, Codable {
    /// Its name there.
    let name: String
    let description: String
    let help: String
    /// How it is called: name, options, arguments.
    let usage: String
    /// By place, in order.
    let arguments: [Parameter]
    /// Its own options.
    let options: [Parameter]
    /// Options that every command of the console takes.
    let globalOptions: [Parameter]
}
