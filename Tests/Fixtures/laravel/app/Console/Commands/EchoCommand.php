<?php

namespace App\Console\Commands;

use Illuminate\Console\Command;

class EchoCommand extends Command
{
    protected $signature = 'demo:echo {words* : What to print} {--u|upper : In capitals} {--times=1 : How often}';
    protected $description = 'Print the words';

    public function handle(): int
    {
        $line = implode(' ', $this->argument('words'));
        for ($i = 0; $i < (int) $this->option('times'); $i++) {
            $this->line($this->option('upper') ? mb_strtoupper($line) : $line);
        }

        return 0;
    }
}
