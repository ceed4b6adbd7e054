<?php

namespace App\Console\Commands;

use Illuminate\Console\Command;

class WarnCommand extends Command
{
    protected $signature = 'demo:warn';
    protected $description = 'Raise a PHP warning, shown on stderr, and succeed';

    public function handle(): int
    {
        // Laravel makes exceptions of warnings; code outside of its handler, an extension for instance, does not.
        set_error_handler(null);
        ini_set('display_errors', 'stderr');
        file_get_contents('/no/such/file');
        $this->line('Done all the same.');

        return 0;
    }
}
