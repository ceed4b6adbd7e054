import Foundation

/// Reads the roles that an application gives to its commands by the attribute `#[RemotisanRoles([...])]` of their
/// classes.
///
/// PHP runs a small script before the console's `list`. When `list` has ended, the script reads the attributes of the
/// commands' classes. The application does not change, and does not need a class for the attribute.
enum ConsoleRoles {
    /// The argv of the console's `list` with the script, which writes to descriptor 3.
    static func argv(_ console: Console, script: String) -> [String] {
        console.argv(["list", "--format=json"], settings: ["auto_prepend_file=\(script)"])
    }

    /// Parses the script's output: roles by command. Nil if it is malformed.
    static func read(_ json: String) -> [String: [String]]? {
        try? JSONDecoder().decode([String: [String]].self, from: Data(json.utf8))
    }

    static let script = #"""
        <?php
        // remotisan-broker runs this script before a console's `list`. It reads the roles in the attribute
        // RemotisanRoles, in any namespace, of the commands' classes, and writes {"command": ["ROLE", …]} to
        // descriptor 3.
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
