/// The steps of starting a job, shared by the supervisor and remotisan-as (C) and the launcher (Swift).
#ifndef REMOTISAN_START_STAGE_H
#define REMOTISAN_START_STAGE_H

/// The step at which a start failed. The supervisor reports "failed STAGE ERRNO" with these numbers.
enum start_stage {
    START_STAGE_FORK = 1,     ///< fork(2) of the supervisor or of the command
    START_STAGE_PIPE,         ///< pipe2(2)
    START_STAGE_DESCRIPTORS,  ///< putting the descriptors 0, 1 and 2 in place and closing all others
    START_STAGE_SESSION,      ///< setsid(2)
    START_STAGE_SUBREAPER,    ///< PR_SET_CHILD_SUBREAPER of prctl(2)
    START_STAGE_COLLECTOR,    ///< the process that moves the output into the log
    START_STAGE_LOG,          ///< opening the log
    START_STAGE_RECORD,       ///< reserving the exit record or writing the pid record
    START_STAGE_RELEASE,      ///< telling the child that it may become the command
    START_STAGE_GROUP,        ///< setpgid(2)
    START_STAGE_LIMITS,       ///< setrlimit(2)
    START_STAGE_DIRECTORY,    ///< chdir(2) to the command's directory
    START_STAGE_SECRETS,      ///< handing the command its input and its secret variables
    START_STAGE_EXEC,         ///< execve(2) of the command
    START_STAGE_USER,         ///< becoming the user of `run_as`, by remotisan-as
    START_STAGE_ENVIRONMENT,  ///< the variables of the command, which remotisan-as checks
    START_STAGE_ISOLATION,    ///< Landlock
};

/// Why a job could not be started: the step, and its errno. An errno of 0 means that nothing failed.
struct failure {
    enum start_stage stage;
    int error;
};

/// The word for a step in an error message.
static inline const char *start_stage_name(enum start_stage stage)
{
    switch (stage) {
    case START_STAGE_FORK: return "fork";
    case START_STAGE_PIPE: return "pipe";
    case START_STAGE_DESCRIPTORS: return "descriptors";
    case START_STAGE_SESSION: return "session";
    case START_STAGE_SUBREAPER: return "subreaper";
    case START_STAGE_COLLECTOR: return "collector";
    case START_STAGE_LOG: return "log";
    case START_STAGE_RECORD: return "record";
    case START_STAGE_RELEASE: return "release";
    case START_STAGE_GROUP: return "group";
    case START_STAGE_LIMITS: return "limits";
    case START_STAGE_DIRECTORY: return "directory";
    case START_STAGE_SECRETS: return "secrets";
    case START_STAGE_EXEC: return "exec";
    case START_STAGE_USER: return "user";
    case START_STAGE_ENVIRONMENT: return "environment";
    case START_STAGE_ISOLATION: return "isolation";
    }
    return "unknown step";
}

#endif
