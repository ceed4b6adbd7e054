<?php

namespace App\Console\Commands;

use Illuminate\Console\Command;

class SlowCommand extends Command
{
    protected $signature = 'demo:slow {seconds=10 : How long}';
    protected $description = 'Print a line a second';

    public function handle(): int
    {
        for ($i = 1; $i <= (int) $this->argument('seconds'); $i++) {
            $this->line("second $i");
            flush();
            sleep(1);
        }

        return 0;
    }
}
