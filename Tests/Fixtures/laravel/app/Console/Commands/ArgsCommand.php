<?php

namespace App\Console\Commands;

use Illuminate\Console\Command;

class ArgsCommand extends Command
{
    protected $signature = 'demo:args {words?* : Anything}';
    protected $description = 'Print the process\'s arguments as JSON';

    public function handle(): int
    {
        $this->output->writeln(json_encode($_SERVER['argv'], JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE),
            \Symfony\Component\Console\Output\OutputInterface::OUTPUT_RAW);

        return 0;
    }
}
