<?php

namespace App\Console;

use Illuminate\Foundation\Console\EnvironmentCommand;
use Illuminate\Foundation\Console\Kernel as ConsoleKernel;

class Kernel extends ConsoleKernel
{
    protected $commands = [
        EnvironmentCommand::class,
        Commands\ArgsCommand::class,
        Commands\EchoCommand::class,
        Commands\FailCommand::class,
        Commands\ForkCommand::class,
        Commands\GreetCommand::class,
        Commands\ProgressCommand::class,
        Commands\SlowCommand::class,
        Commands\WarnCommand::class,
    ];

    /** Laravel's own, but for the providers' cached manifest, which it would write into this directory. */
    protected $bootstrappers = [
        \Illuminate\Foundation\Bootstrap\LoadEnvironmentVariables::class,
        \Illuminate\Foundation\Bootstrap\LoadConfiguration::class,
        \Illuminate\Foundation\Bootstrap\HandleExceptions::class,
        \Illuminate\Foundation\Bootstrap\SetRequestForConsole::class,
        \Illuminate\Foundation\Bootstrap\BootProviders::class,
    ];
}
