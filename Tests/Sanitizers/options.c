/// Options of the sanitizers. They are compiled in, because most programs get no environment from the tests.
/// SANITIZER_LOG is where reports go: standard error may belong to a job.

const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    // Programs end with what they hold, so leaks are not looked for. AttackMemoryTests and the soak watch growth. Some
    // tests measure memory, so little of what is freed may be kept.
    return "detect_leaks=0:quarantine_size_mb=16:log_path=" SANITIZER_LOG;
}

const char *__tsan_default_options(void)
{
    return "log_path=" SANITIZER_LOG;
}

const char *__ubsan_default_options(void)
{
    return "print_stacktrace=1:log_path=" SANITIZER_LOG;
}
