<?php

namespace App\Console\Commands;

use Illuminate\Console\Command;

class ForkCommand extends Command
{
    protected $signature = 'demo:fork {children=2 : How many}';
    protected $description = 'Start children that sleep, one of them in a session of its own, and wait for them';

    public function handle(): int
    {
        $processes = [];
        for ($i = 0; $i < (int) $this->argument('children'); $i++) {
            $command = $i === 0 ? ['setsid', 'sleep', '600'] : ['sleep', '600'];
            $processes[] = $process = proc_open($command, [STDIN, STDOUT, STDERR], $pipes);
            $this->line('child ' . proc_get_status($process)['pid']);
        }
        foreach ($processes as $process) {
            proc_close($process);
        }

        return 0;
    }
}
