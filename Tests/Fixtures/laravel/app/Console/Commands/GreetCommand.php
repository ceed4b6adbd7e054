<?php

namespace App\Console\Commands;

use App\Attributes\RemotisanRoles;
use Illuminate\Console\Command;

// Its roles stand here; the class of the attribute does not exist, and need not.
#[RemotisanRoles(['SUPPORT', 'NO_SUCH_ROLE'])]
class GreetCommand extends Command
{
    protected $signature = 'demo:greet {name=world} {--loud : In capitals}';
    protected $description = 'Greets, in colour';
    protected $help = 'A <info>green</info> greeting.';

    public function handle(): int
    {
        $greeting = "Hello, {$this->argument('name')}!";
        $this->info($this->option('loud') ? mb_strtoupper($greeting) : $greeting);
        return 0;
    }
}
