<?php

// The least that a package of Laravel does for each poll: boot, find the route, read the log, answer.

$app = require $_SERVER['BENCH_LARAVEL'] . '/bootstrap/app.php';
$app->instance('config', new Illuminate\Config\Repository(['app' => require $_SERVER['BENCH_LARAVEL'] . '/config/app.php']));
$app->register(Illuminate\Routing\RoutingServiceProvider::class);
$app['router']->get('/original', function () {
    return ['content' => explode("\n", file_get_contents($_SERVER['BENCH_LOG'])), 'isEnded' => false];
});
$app->boot();
$app['router']->dispatch(Illuminate\Http\Request::capture())->send();
