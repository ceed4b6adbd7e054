<?php

namespace App;

use Illuminate\Foundation\Exceptions\Handler;
use Throwable;

class ExceptionHandler extends Handler
{
    /** Shown on the console by the kernel; there is no log to write to. */
    public function report(Throwable $e): void
    {
    }
}
