<?php

namespace App\Console\Commands;

use Illuminate\Console\Command;

class FailCommand extends Command
{
    protected $signature = 'demo:fail {code=1 : The exit code}';
    protected $description = 'Print an error and end with the exit code';

    public function handle(): int
    {
        $this->error('It did not work out.');

        return (int) $this->argument('code');
    }
}
