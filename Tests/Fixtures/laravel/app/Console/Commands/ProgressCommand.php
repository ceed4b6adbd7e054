<?php

namespace App\Console\Commands;

use Illuminate\Console\Command;

class ProgressCommand extends Command
{
    protected $signature = 'demo:progress {steps=20 : How many} {--delay=50 : Milliseconds for each}';
    protected $description = 'Draw a progress bar';

    public function handle(): int
    {
        $bar = $this->output->createProgressBar((int) $this->argument('steps'));
        foreach ($bar->iterate(range(1, (int) $this->argument('steps'))) as $_) {
            usleep(1000 * (int) $this->option('delay'));
        }
        $this->newLine();

        return 0;
    }
}
