import Foundation

/// Reads which roles an application itself gives to its commands: the attribute `#[RemotisanRoles([...])]` of their
/// classes.
///
/// PHP prepends a small script of ours to the console's own run of `list`; when that is over, the script looks at the
/// classes of the commands. The application is not changed, and need not have a class for the attribute.
enum ConsoleRoles {
    /// Whether PHP runs this console, so that it can be asked.
    static func areReadable(of console: Console) -> Bool {
        let program = console.run.first.map { $0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...] }
        return program?.hasPrefix("php") ?? false
    }

    /// The console's `list` with our script in front of it. It writes to descriptor 3.
    static func argv(_ console: Console, script: String) -> [String] {
        console.run.prefix(1) + ["-d", "auto_prepend_file=\(script)"] + console.run.dropFirst()
            + ["list", "--format=json"]
    }

    /// Roles by the console's names of commands, from what the script wrote; nil if that is nothing we know.
    static func read(_ json: String) -> [String: [String]]? {
        try? JSONDecoder().decode([String: [String]].self, from: Data(json.utf8))
    }

    /// The script.
    static let script = #"""
        <?php
        // Put in front of a console's `list` by remotisan-broker: tells which roles its commands' classes name in an
        // attribute RemotisanRoles, in whatever namespace. Writes {"command": ["ROLE", …]} to descriptor 3.
        register_shutdown_function(static function (): void {
            $commands = [];
            foreach ($GLOBALS as $value) {
                if ($value instanceof Illuminate\Contracts\Console\Kernel
                    || $value instanceof Symfony\Component\Console\Application) {
                    try {
                        $commands += $value->all();
                    } catch (Throwable $unreadable) {
                        fwrite(STDERR, $unreadable->getMessage() . "\n");
                    }
                }
            }
            $roles = [];
            foreach ($commands as $name => $command) {
                try {
                    $lazy = 'Symfony\Component\Console\Command\LazyCommand';
                    if ($command instanceof $lazy) {
                        $command = $command->getCommand();
                    }
                    for ($class = new ReflectionClass($command); $class; $class = $class->getParentClass()) {
                        foreach (method_exists($class, 'getAttributes') ? $class->getAttributes() : [] as $attribute) {
                            $parts = explode('\\', $attribute->getName());
                            if (end($parts) !== 'RemotisanRoles') {
                                continue;
                            }
                            foreach ($attribute->getArguments() as $argument) {
                                foreach ((array) $argument as $role) {
                                    $roles[(string) $name][] = (string) $role;
                                }
                            }
                        }
                    }
                } catch (Throwable $unreadable) {
                    fwrite(STDERR, "$name: " . $unreadable->getMessage() . "\n");
                }
            }
            file_put_contents('php://fd/3', json_encode((object) $roles));
        });

        """#
}
